// SPDX-License-Identifier: MIT
#include "lockstep/session/disk_reserve.h"

#include <fcntl.h>

namespace lockstep {
namespace {

/// A manifest with many holes, the verdict and its page.
constexpr off_t kReserveBytes = 512 << 10;

}  // namespace

DiskReserve::DiskReserve(const std::filesystem::path& folder)
    : file_(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600)) {
  if (file_.valid() && ::posix_fallocate(file_.get(), 0, kReserveBytes) != 0) file_.reset();
}

}  // namespace lockstep

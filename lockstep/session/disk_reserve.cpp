// SPDX-License-Identifier: MIT
#include "lockstep/session/disk_reserve.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "lockstep/base/files.h"

namespace lockstep {
namespace {

/// A manifest with many holes, the verdict and its page.
constexpr off_t kReserveBytes = 512 << 10;

/// Leaves the file as long as `content`; 0, or the reason.
int overwrite(int fd, std::string_view content) {
  const auto bytes = static_cast<off_t>(content.size());
  for (off_t at = 0; at < bytes;) {
    const ssize_t n = ::pwrite(fd, content.data() + at, static_cast<size_t>(bytes - at), at);
    if (n < 0 && errno != EINTR) return errno;
    if (n > 0) at += n;
  }
  if (::ftruncate(fd, bytes) != 0) return errno;
  return ::fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
}

/// Gives a file without a name this one; what had it before is gone. 0, or the reason.
int take_name(int fd, const std::filesystem::path& path) {
  const std::string open_file = fmt::format("/proc/self/fd/{}", fd);
  const std::string beside = fmt::format("{}.{}-last.tmp", path.string(), ::getpid());
  if (::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, beside.c_str(), AT_SYMLINK_FOLLOW) != 0)
    return errno;
  if (::rename(beside.c_str(), path.c_str()) == 0) return 0;
  const int reason = errno;
  ::unlink(beside.c_str());
  return reason;
}

}  // namespace

DiskReserve::DiskReserve(const std::filesystem::path& folder)
    : file_(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666)) {
  if (file_.valid() && ::posix_fallocate(file_.get(), 0, kReserveBytes) != 0) file_.reset();
}

Result<void> DiskReserve::replace(const std::filesystem::path& path, std::string_view content) {
  const UniqueFd file = std::move(file_);
  int reason = ENOSPC;
  if (file.valid() && content.size() <= static_cast<size_t>(kReserveBytes)) {
    reason = overwrite(file.get(), content);
    if (reason == 0) reason = take_name(file.get(), path);
  }
  if (reason != 0) return error_from_errno(reason, "cannot write", path);
  return sync_folder_of(path);
}

}  // namespace lockstep

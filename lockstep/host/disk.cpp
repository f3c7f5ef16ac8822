// SPDX-License-Identifier: MIT
#include "lockstep/host/disk.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "lockstep/base/files.h"
#include "lockstep/base/unique_fd.h"

namespace lockstep {
namespace {

// The nearest folder on the way up that exists already.
Result<std::filesystem::path> existing_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::path at = std::filesystem::absolute(path, error);
  if (error) return error_from_errno(error.value(), "cannot find", path);
  while (true) {
    if (std::filesystem::is_directory(at, error)) return at;
    // A file in the way of a folder is the caller's mistake, not a reason to look further up.
    if (std::filesystem::exists(at, error) && at != std::filesystem::absolute(path, error)) {
      return Error{Errc::not_found, fmt::format("{} is a file, so {} cannot be made in it",
                                                at.string(), path.string())};
    }
    if (!at.has_relative_path()) break;
    at = at.parent_path();
  }
  return Error{Errc::not_found, fmt::format("no folder on the way to {} exists", path.string())};
}

}  // namespace

Result<DiskSpace> disk_space(const std::filesystem::path& path) {
  const auto at = existing_folder(path);
  if (!at) return at.error();
  struct statvfs info {};
  if (statvfs(at->c_str(), &info) != 0)
    return error_from_errno(errno, "cannot read the free space of", *at);
  return DiskSpace{static_cast<uint64_t>(info.f_bavail) * info.f_frsize,
                   static_cast<uint64_t>(info.f_blocks) * info.f_frsize, *at};
}

Result<void> check_writable(const std::filesystem::path& folder) {
  const auto at = existing_folder(folder);
  if (!at) return at.error();
  // access() answers by permission bits alone; only a real file proves it. A nameless one leaves no
  // trace.
  const UniqueFd nameless(::open(at->c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  if (nameless.valid()) return {};
  if (errno != EOPNOTSUPP && errno != EISDIR)
    return error_from_errno(errno, "cannot write in", *at);
  if (::access(at->c_str(), W_OK | X_OK) == 0) return {};
  return error_from_errno(errno, "cannot write in", *at);
}

}  // namespace lockstep

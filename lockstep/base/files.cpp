// SPDX-License-Identifier: MIT
#include "lockstep/base/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "lockstep/base/unique_fd.h"

namespace lockstep {
namespace {

Result<void> write_all(int fd, std::string_view content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error_from_errno(errno, "cannot write", path);
    content.remove_prefix(static_cast<size_t>(n));
  }
  if (::fsync(fd) != 0 && errno != EINVAL) return error_from_errno(errno, "cannot write", path);
  return {};
}

// rename() replaces; link() refuses an existing name, which is what keeps two writers apart.
Result<void> take_name(const std::filesystem::path& temporary, const std::filesystem::path& path,
                       ExistingFile existing) {
  if (existing == ExistingFile::replace) {
    if (::rename(temporary.c_str(), path.c_str()) == 0) return {};
    return error_from_errno(errno, "cannot write", path);
  }
  const int linked = ::link(temporary.c_str(), path.c_str());
  const int reason = errno;
  ::unlink(temporary.c_str());
  if (linked == 0) return {};
  if (reason == EEXIST) {
    return Error{Errc::already_exists,
                 fmt::format("{} is there already and is not overwritten: choose another name",
                             path.string())};
  }
  return error_from_errno(reason, "cannot write", path);
}

}  // namespace

Error error_from_errno(int error_number, std::string_view what, const std::filesystem::path& path) {
  const Errc code = error_number == ENOSPC || error_number == EDQUOT ? Errc::no_space
                    : error_number == ENOENT                         ? Errc::not_found
                    : error_number == EEXIST                         ? Errc::already_exists
                                                                     : Errc::io;
  return {code, fmt::format("{} {}: {}", what, path.string(),
                            std::generic_category().message(error_number))};
}

Result<std::string> read_text_file(const std::filesystem::path& path, size_t limit) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return error_from_errno(errno, "cannot read", path);
  std::string content;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error_from_errno(errno, "cannot read", path);
    if (n == 0) return content;
    content.append(buffer, static_cast<size_t>(n));
    if (content.size() > limit) {
      return Error{
          Errc::unusable_input,
          fmt::format("{} is larger than {} bytes, the most that is read", path.string(), limit)};
    }
  }
}

Result<void> write_file_whole(const std::filesystem::path& path, std::string_view content,
                              ExistingFile existing) {
  std::string temporary = path.string() + ".XXXXXX";
  const UniqueFd fd(::mkstemp(temporary.data()));
  if (!fd.valid()) return error_from_errno(errno, "cannot write", path);
  // mkstemp makes the file private; a report is as readable as any other file of the user.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(fd.get(), 0666 & ~mask);
  if (auto written = write_all(fd.get(), content, path); !written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return take_name(temporary, path, existing);
}

}  // namespace lockstep

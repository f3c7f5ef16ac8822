// SPDX-License-Identifier: MIT
#include "lockstep/base/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <unistd.h>

#include <atomic>
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
  return {};
}

// A file beside the target that nobody else has, with the rights of any other file of the user.
Result<UniqueFd> create_beside(const std::filesystem::path& path, std::string& temporary) {
  static std::atomic<unsigned> serial{0};
  for (;;) {
    temporary = fmt::format("{}.{}-{}.tmp", path.string(), ::getpid(), serial.fetch_add(1));
    UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (fd.valid()) return fd;
    if (errno != EEXIST) return error_from_errno(errno, "cannot write", path);
  }
}

// RENAME_NOREPLACE refuses an existing name in one step, which is what keeps two writers apart;
// file systems without it get a link, and those without links a look before the rename.
int rename_to_new_name(const char* from, const char* to) {
  if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (::link(from, to) == 0) {
    ::unlink(from);
    return 0;
  }
  if (errno == EEXIST || ::access(to, F_OK) == 0) return EEXIST;
  return ::rename(from, to) == 0 ? 0 : errno;
}

Result<void> take_name(const std::string& temporary, const std::filesystem::path& path,
                       ExistingFile existing) {
  const int reason = existing == ExistingFile::refuse
                         ? rename_to_new_name(temporary.c_str(), path.c_str())
                     : ::rename(temporary.c_str(), path.c_str()) == 0 ? 0
                                                                      : errno;
  if (reason == 0) return {};
  ::unlink(temporary.c_str());
  if (reason == EEXIST) return already_there(path);
  return error_from_errno(reason, "cannot write", path);
}

}  // namespace

std::filesystem::path without_trailing_slash(const std::filesystem::path& path) {
  return path.has_filename() || !path.has_relative_path() ? path : path.parent_path();
}

Error already_there(const std::filesystem::path& path, std::string_view mend) {
  return {Errc::already_exists,
          fmt::format("{} is there already and is not overwritten: {}", path.string(), mend)};
}

Error error_from_errno(int error_number, std::string_view what, const std::filesystem::path& path) {
  const Errc code = error_number == ENOSPC || error_number == EDQUOT ? Errc::no_space
                    : error_number == ENOENT                         ? Errc::not_found
                    : error_number == EEXIST                         ? Errc::already_exists
                                                                     : Errc::io;
  return {code, fmt::format("{} {}: {}", what, path.string(),
                            std::generic_category().message(error_number))};
}

Result<void> sync_folder_of(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return error_from_errno(errno, "cannot open the folder", folder);
  // Some file systems cannot flush a folder; their names are as safe as they make them.
  if (::fsync(fd.get()) != 0 && errno != EINVAL && errno != ENOTSUP) {
    return error_from_errno(errno, "cannot flush the folder", folder);
  }
  return {};
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

Result<WholeFile> WholeFile::begin(const std::filesystem::path& path) {
  std::string temporary;
  auto fd = create_beside(path, temporary);
  if (!fd) return std::move(fd).error();
  return WholeFile(path, std::move(temporary), *std::move(fd));
}

WholeFile::WholeFile(WholeFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      fd_(std::move(other.fd_)),
      size_(other.size_) {}

WholeFile& WholeFile::operator=(WholeFile&& other) noexcept {
  if (this == &other) return *this;
  remove();
  path_ = std::move(other.path_);
  temporary_ = std::exchange(other.temporary_, {});
  fd_ = std::move(other.fd_);
  size_ = other.size_;
  return *this;
}

void WholeFile::remove() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
}

Result<void> WholeFile::write(std::string_view piece) {
  if (auto written = write_all(fd_.get(), piece, path_); !written) return written;
  size_ += piece.size();
  return {};
}

Result<void> WholeFile::finish(ExistingFile existing) {
  if (::fsync(fd_.get()) != 0 && errno != EINVAL)
    return error_from_errno(errno, "cannot write", path_);
  if (auto named = take_name(std::exchange(temporary_, {}), path_, existing); !named) return named;
  return sync_folder_of(path_);
}

Result<void> write_file_whole(const std::filesystem::path& path, std::string_view content,
                              ExistingFile existing) {
  auto file = WholeFile::begin(path);
  if (!file) return std::move(file).error();
  if (auto written = file->write(content); !written) return written;
  return file->finish(existing);
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/mkv/byte_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <vector>

#include "lockstep/base/unique_fd.h"

namespace lockstep::mkv {
namespace {

/// Names that the open file has in its file system; -1 when it cannot be told.
int64_t names_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? static_cast<int64_t>(status.st_nlink) : -1;
}

Error cannot_create(int reason, const std::filesystem::path& path) {
  if (reason == EEXIST) return already_there(path);
  Error error = error_from_errno(reason, "cannot create", path);
  if (reason == ENOENT) error.message += ": make its folder first";
  if (reason == EISDIR || reason == ENOTDIR) error.message += ": name a file in a folder";
  if (reason == EACCES || reason == EPERM || reason == EROFS) {
    error.message += ": choose a folder that you may write in";
  }
  return error;
}

class FileSink final : public ByteSink {
 public:
  FileSink(UniqueFd fd, std::filesystem::path path)
      : fd_(std::move(fd)), path_(std::move(path)), had_name_(names_of(fd_.get()) > 0) {}

  Result<void> write_at(uint64_t offset, std::span<const ByteView> pieces) override {
    vectors_.clear();
    for (const ByteView& piece : pieces) {
      // pwritev does not write through the pointer; iovec just has no const form.
      vectors_.push_back({const_cast<std::byte*>(piece.data()), piece.size()});
    }
    size_t first = 0;
    while (first < vectors_.size()) {
      const auto count = static_cast<int>(std::min<size_t>(vectors_.size() - first, IOV_MAX));
      const ssize_t written =
          ::pwritev(fd_.get(), &vectors_[first], count, static_cast<off_t>(offset));
      if (written < 0) {
        if (errno == EINTR) continue;
        return error_from_errno(errno, "cannot write", path_);
      }
      offset += static_cast<uint64_t>(written);
      const size_t before = first;
      first = skip_written(first, static_cast<size_t>(written));
      if (written == 0 && first == before) return error_from_errno(ENOSPC, "cannot write", path_);
    }
    return {};
  }

  Result<void> sync() override {
    while (::fdatasync(fd_.get()) != 0) {
      // EINVAL, EROFS: a kind of file that cannot be synced (a pipe, say); nothing is lost by that.
      if (errno == EINVAL || errno == EROFS) break;
      if (errno != EINTR) return error_from_errno(errno, "cannot flush to disk", path_);
    }
    // Writing to a file without a name succeeds, and everything is gone when it is closed.
    if (had_name_ && names_of(fd_.get()) == 0) {
      return Error{Errc::io, path_.string() +
                                 " was removed while it was being written: what was in it is gone; "
                                 "record again, and leave its folder alone meanwhile"};
    }
    return {};
  }

  Result<void> truncate(uint64_t size) override {
    while (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) {
      if (errno != EINTR) return error_from_errno(errno, "cannot shorten", path_);
    }
    return {};
  }

 private:
  /// Moves past `written` bytes; returns the first vector that still has some.
  size_t skip_written(size_t first, size_t written) {
    while (first < vectors_.size() && written >= vectors_[first].iov_len) {
      written -= vectors_[first++].iov_len;
    }
    if (first < vectors_.size() && written > 0) {
      vectors_[first].iov_base = static_cast<std::byte*>(vectors_[first].iov_base) + written;
      vectors_[first].iov_len -= written;
    }
    return first;
  }

  UniqueFd fd_;
  std::filesystem::path path_;
  bool had_name_;  // some file systems do not count names
  std::vector<iovec> vectors_;
};

}  // namespace

Result<std::unique_ptr<ByteSink>> create_file_sink(const std::filesystem::path& path,
                                                   ExistingFile existing) {
  const bool is_new = existing == ExistingFile::refuse;
  UniqueFd fd(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | (is_new ? O_EXCL : O_TRUNC), 0666));
  if (!fd.valid()) return cannot_create(errno, path);
  if (auto named = sync_folder_of(path); !named) {
    if (is_new) ::unlink(path.c_str());  // it would stand in the way of the next try
    return named.error();
  }
  return std::unique_ptr<ByteSink>(std::make_unique<FileSink>(std::move(fd), path));
}

}  // namespace lockstep::mkv

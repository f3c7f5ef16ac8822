// SPDX-License-Identifier: MIT
#include "lockstep/mkv/byte_sink.h"

#include <fcntl.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <vector>

#include "lockstep/base/files.h"
#include "lockstep/base/unique_fd.h"

namespace lockstep::mkv {
namespace {

class FileSink final : public ByteSink {
 public:
  FileSink(UniqueFd fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}

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
  std::vector<iovec> vectors_;
};

}  // namespace

Result<std::unique_ptr<ByteSink>> create_file_sink(const std::filesystem::path& path,
                                                   CreateMode mode) {
  const int extra = mode == CreateMode::refuse_existing ? O_EXCL : O_TRUNC;
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | extra, 0644));
  if (!fd.valid()) {
    if (errno == EEXIST) {
      return Error{Errc::already_exists,
                   path.string() + " is there already and is not overwritten: choose another name"};
    }
    return error_from_errno(errno, "cannot create", path);
  }
  return std::unique_ptr<ByteSink>(std::make_unique<FileSink>(std::move(fd), path));
}

}  // namespace lockstep::mkv

// SPDX-License-Identifier: MIT
#include "lockstep/mkv/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lockstep/base/files.h"
#include "lockstep/base/unique_fd.h"

namespace lockstep::mkv {
namespace {

class FileSource final : public ByteSource {
 public:
  FileSource(UniqueFd fd, uint64_t size, std::filesystem::path path)
      : fd_(std::move(fd)), size_(size), path_(std::move(path)) {}

  [[nodiscard]] uint64_t size() const override { return size_; }

  Result<size_t> read_at(uint64_t offset, std::span<std::byte> into) override {
    size_t done = 0;
    while (done < into.size()) {
      const ssize_t got = ::pread(fd_.get(), into.data() + done, into.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0) {
        if (errno == EINTR) continue;
        return error_from_errno(errno, "cannot read", path_);
      }
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

 private:
  UniqueFd fd_;
  uint64_t size_;
  std::filesystem::path path_;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(ByteView bytes) : bytes_(bytes) {}

  [[nodiscard]] uint64_t size() const override { return bytes_.size(); }

  Result<size_t> read_at(uint64_t offset, std::span<std::byte> into) override {
    if (offset >= bytes_.size() || into.empty()) return size_t{0};
    const size_t count = std::min<size_t>(into.size(), bytes_.size() - offset);
    std::memcpy(into.data(), bytes_.data() + offset, count);
    return count;
  }

 private:
  ByteView bytes_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path) {
  // A pipe without a writer must not hold up who looks at it.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) {
    if (errno == ENOENT) {
      return Error{Errc::not_found, path.string() + " does not exist: check the name"};
    }
    return error_from_errno(errno, "cannot open", path);
  }
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return error_from_errno(errno, "cannot look at", path);
  if (!S_ISREG(status.st_mode)) {
    return Error{Errc::unusable_input,
                 path.string() +
                     " is not a file but a folder, a pipe or a device: name the .mkv "
                     "file of one camera"};
  }
  const auto size = static_cast<uint64_t>(status.st_size);
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(std::move(fd), size, path));
}

std::unique_ptr<ByteSource> memory_source(ByteView bytes) {
  return std::make_unique<MemorySource>(bytes);
}

}  // namespace lockstep::mkv

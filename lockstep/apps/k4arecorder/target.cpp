// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/target.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "lockstep/host/disk.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

Error cannot_create(const fs::path& file, const std::string& why) {
  return {Errc::io, fmt::format("cannot create the recording {}: {}", file.string(), why)};
}

fs::path old_name(const fs::path& file, int number) {
  const std::string suffix = number == 1 ? ".old" : fmt::format(".old{}", number);
  return file.parent_path() / (file.stem().string() + suffix + file.extension().string());
}

/// Whether the file of that name is still the open one.
bool is_still(int fd, const fs::path& file) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(fd, &opened) == 0 && ::stat(file.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/// The open file of that name, made if it is not there, and locked. flock() takes one that may only
/// be read, too: it is moved aside.
Result<UniqueFd> lock_file(const fs::path& file) {
  constexpr int kRounds = 100;  // of others who remove it or move it aside meanwhile
  for (int round = 0; round < kRounds; ++round) {
    UniqueFd fd(::open(file.c_str(), O_CREAT | O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0666));
    if (!fd.valid()) return cannot_create(file, std::generic_category().message(errno));
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      return Error{Errc::busy,
                   fmt::format("cannot create the recording {}: another recorder has that name: "
                               "give this one another",
                               file.string())};
    if (is_still(fd.get(), file)) return fd;
  }
  return cannot_create(file, "others make and remove it all the time");
}

}  // namespace

Result<Target> Target::reserve(const fs::path& file) {
  std::error_code ignored;
  const auto there = fs::status(file, ignored);
  if (fs::exists(there) && !fs::is_regular_file(there))
    return cannot_create(file, fs::is_directory(there) ? "it is a folder" : "it is no plain file");
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, ignored))
    return cannot_create(file, fmt::format("there is no folder {}", folder.string()));
  if (fs::exists(there)) {  // it is moved aside
    if (auto writable = check_writable(folder); !writable)
      return cannot_create(file, writable.error().message);
  }
  auto lock = lock_file(file);
  if (!lock) return std::move(lock).error();
  return Target(file, *std::move(lock));
}

Target::~Target() {
  if (lock_.valid() && !begun_ && !holds_something()) ::unlink(file_.c_str());
}

bool Target::holds_something() const {
  struct stat opened {};
  return ::fstat(lock_.get(), &opened) != 0 || opened.st_size > 0;
}

Result<fs::path> Target::begin() {
  if (holds_something()) {
    int number = 1;
    std::error_code failed;
    while (fs::exists(fs::symlink_status(old_name(file_, number), failed))) ++number;
    const fs::path aside = old_name(file_, number);
    fs::rename(file_, aside, failed);
    if (failed)
      return cannot_create(file_, "a file of that name cannot be moved aside: " + failed.message());
    auto lock = lock_file(file_);
    if (!lock) {
      if (!fs::exists(fs::symlink_status(file_, failed))) fs::rename(aside, file_, failed);
      return std::move(lock).error();
    }
    lock_ = *std::move(lock);
    aside_ = aside;
  }
  begun_ = true;
  return aside_;
}

bool Target::give_back() {
  if (!begun_ || !is_still(lock_.get(), file_)) return false;
  std::error_code failed;
  if (aside_.empty()) {
    fs::remove(file_, failed);
    return false;
  }
  fs::rename(aside_, file_, failed);  // takes the place of the new one
  return !failed;
}

}  // namespace lockstep

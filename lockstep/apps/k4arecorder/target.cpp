// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/target.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "lockstep/base/unique_fd.h"
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

}  // namespace

Result<void> check_target(const fs::path& file) {
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
    return {};
  }
  // Nothing else proves it, for root and on every file system.
  const UniqueFd made(::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666));
  if (!made.valid()) return cannot_create(file, std::generic_category().message(errno));
  ::unlink(file.c_str());
  return {};
}

Result<fs::path> move_aside(const fs::path& file) {
  std::error_code failed;
  if (!fs::exists(file, failed)) return fs::path();
  int number = 1;
  while (fs::exists(fs::symlink_status(old_name(file, number), failed))) ++number;
  const fs::path aside = old_name(file, number);
  fs::rename(file, aside, failed);
  if (failed)
    return cannot_create(file, "a file of that name cannot be moved aside: " + failed.message());
  return aside;
}

}  // namespace lockstep

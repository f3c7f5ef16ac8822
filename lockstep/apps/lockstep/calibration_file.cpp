// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/calibration_file.h"

#include <fmt/core.h>

#include <algorithm>

#include "lockstep/apps/common/terminal.h"
#include "lockstep/base/new_files.h"
#include "lockstep/geometry/rig_calibration.h"
#include "lockstep/host/disk.h"
#include "lockstep/take/manifest.h"

namespace lockstep {
namespace {

constexpr uint64_t kLeastFreeBytes = 1'000'000;  // a calibration and its page have less

}  // namespace

Result<void> check_is_take(const std::string& take) {
  std::error_code ignored;
  if (!std::filesystem::exists(take, ignored))
    return Error{Errc::not_found, take + " does not exist: check the name"};
  if (!std::filesystem::is_directory(take, ignored)) {
    return Error{Errc::unusable_input, take +
                                           " is one file, and cameras are compared with each "
                                           "other: name the folder of a take"};
  }
  if (!is_take_folder(take)) return no_take(take);
  return {};
}

Result<void> check_new_file(const std::filesystem::path& file) {
  if (auto absent = check_new(file); !absent) return absent;
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  if (auto writable = check_writable(folder); !writable)
    return Error{Errc::io, writable.error().message};
  const auto space = disk_space(folder);
  if (!space) return space.error();
  // What knows no size of its own, as some network disks, is not full for it.
  if (space->total_bytes == 0 || space->free_bytes >= kLeastFreeBytes) return {};
  return Error{Errc::no_space, file.string() +
                                   ": the disk is full: free some space, or name a file on another "
                                   "disk with -o"};
}

Result<std::filesystem::path> new_calibration_file(const std::string& take,
                                                   const std::string& output) {
  std::filesystem::path file = output.empty() ? std::filesystem::path(take) / kRigCalibrationFile
                                              : std::filesystem::path(output);
  if (file.extension() != ".json") {
    const bool other_kind = file.extension() == ".html" || file.extension() == ".txt";
    return Error{
        Errc::invalid_argument,
        fmt::format("a calibration is JSON: call it {}",
                    (other_kind ? file.replace_extension(".json") : file += ".json").string())};
  }
  if (auto absent = check_new_file(file); !absent) return std::move(absent).error();
  return file;
}

void say_mishaps(const std::vector<std::string>& mishaps,
                 const std::vector<std::string>& left_out) {
  for (const std::string& mishap : mishaps)
    say("warning: " + mishap + ", and another one was started");
  constexpr size_t kMostSaid = 5;
  for (size_t i = 0; i < std::min(left_out.size(), kMostSaid); ++i)
    say("warning: left out: " + left_out[i]);
  if (left_out.size() > kMostSaid)
    say(fmt::format("warning: and {} more", left_out.size() - kMostSaid));
}

}  // namespace lockstep

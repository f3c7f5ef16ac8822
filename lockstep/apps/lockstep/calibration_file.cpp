// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/calibration_file.h"

#include <fmt/core.h>

#include <algorithm>

#include "lockstep/apps/common/terminal.h"
#include "lockstep/export/exported.h"
#include "lockstep/geometry/rig_calibration.h"

namespace lockstep {

Result<std::filesystem::path> new_calibration_file(const std::string& take,
                                                   const std::string& output) {
  std::filesystem::path file = output.empty() ? std::filesystem::path(take) / kRigCalibrationFile
                                              : std::filesystem::path(output);
  if (file.extension() != ".json") {
    return Error{Errc::invalid_argument,
                 fmt::format("a calibration is JSON: call it {}.json", file.string())};
  }
  if (auto absent = check_new(file); !absent) return std::move(absent).error();
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

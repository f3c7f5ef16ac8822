// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/calibrate_scene.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/common/watched_job.h"
#include "lockstep/apps/lockstep/calibration_file.h"
#include "lockstep/apps/lockstep/footage_options.h"
#include "lockstep/apps/lockstep/rig_session.h"
#include "lockstep/take/manifest.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

Result<fs::path> calibration_file(const SceneRequest& request) {
  if (const fs::path named = request.calibration; !named.empty()) {
    std::error_code ignored;
    fs::path in_it = named / kRigCalibrationFile;
    return fs::exists(in_it, ignored) ? in_it : named;  // a folder without one is refused as such
  }
  fs::path own = fs::path(request.take) / kRigCalibrationFile;
  std::error_code ignored;
  if (fs::exists(own, ignored)) return own;
  return Error{Errc::invalid_argument,
               fmt::format("{} has no {} of its own: name the one to compare with, such as "
                           "--calibration takes/corner-007/{}",
                           request.take, kRigCalibrationFile, kRigCalibrationFile)};
}

Result<GatheredScene> gather(const SceneRequest& request, const RigCalibration& calibration) {
  WatchedJob job("looking at the scene");
  GatherSceneOptions options;
  options.most_ticks = request.ticks;
  options.progress = job.progress();
  return gather_scene(request.take, calibration, options);
}

/// The axis that a direction is nearest to: 0, 1 or 2.
Eigen::Index nearest_axis(const Eigen::Vector3d& way) {
  Eigen::Index axis = 0;
  way.cwiseAbs().maxCoeff(&axis);
  return axis;
}

}  // namespace

Result<CalibratedScene> look_at_scene(const SceneRequest& request) {
  CalibratedScene all;
  if (names_rig(request.take)) {
    return Error{Errc::invalid_argument,
                 fmt::format("{} is a rig, and what is looked at is a take of it: record one first "
                             "(`lockstep record {} -l 1`)",
                             request.take, request.take)};
  }
  // First of all, since what is no take has no calibration either.
  if (auto is = check_is_take(request.take); !is) return std::move(is).error();
  if (const auto take = read_manifest(request.take); !take) return take.error();
  auto file = calibration_file(request);
  if (!file) return std::move(file).error();
  all.file = *std::move(file);
  auto calibration = read_rig_calibration(all.file);
  if (!calibration) return std::move(calibration).error();
  all.calibration = *std::move(calibration);
  auto scene = gather(request, all.calibration);
  if (!scene) return std::move(scene).error();
  all.scene = *std::move(scene);
  say_lost_ticks(request.take, all.scene.ticks_of_take, all.scene.ticks_recorded);
  for (const std::string& name : all.scene.uncalibrated)
    say(fmt::format("warning: camera '{}' is not in {}", name, all.file.string()));
  for (const std::string& name : all.scene.absent)
    say(fmt::format("warning: camera '{}' of {} is not in the take", name, all.file.string()));
  return all;
}

std::string directions_in_words(const std::vector<Eigen::Vector3d>& shifts,
                                const std::vector<Eigen::Vector3d>& turns) {
  constexpr const char* kWays[] = {"sideways", "up or down", "forward or back"};
  constexpr const char* kTurns[] = {"nodding", "panning", "rolling"};
  std::vector<std::string> words;
  for (const Eigen::Vector3d& way : shifts) words.emplace_back(kWays[nearest_axis(way)]);
  for (const Eigen::Vector3d& axis : turns) words.emplace_back(kTurns[nearest_axis(axis)]);
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    if (std::find(words.begin(), words.begin() + static_cast<ptrdiff_t>(i), words[i]) ==
        words.begin() + static_cast<ptrdiff_t>(i))
      text += (text.empty() ? "" : ", ") + words[i];
  }
  return text;
}

}  // namespace lockstep

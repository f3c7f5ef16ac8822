// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/calibrate/scene_camera.h"
#include "lockstep/geometry/rig_calibration.h"

// A take to what its cameras saw of a scene that stands still, under a calibration of the rig.

namespace lockstep {

struct GatherSceneOptions {
  /// Ticks looked at, spread evenly over the take; fewer where it has fewer.
  int64_t most_ticks = 300;
  /// Called with how many ticks are done and how many there are; false ends it.
  std::function<bool(int64_t done, int64_t all)> progress;
};

struct GatheredScene {
  std::vector<SceneCamera> cameras;         ///< of the take, those that the calibration has
  std::vector<std::string> serials;         ///< of the same
  std::vector<std::string> uncalibrated;    ///< names of cameras of the take that it does not have
  std::vector<std::string> absent;          ///< names of cameras of it that the take does not have
  int64_t ticks_of_take = 0;                ///< common to all cameras
  std::optional<int64_t> ticks_recorded{};  ///< so many, by its manifest
  int64_t ticks_looked_at = 0;
  bool simulated = false;
  std::string take;  ///< its name
};

/// The mean depth of what stood still before each camera of a take. Holds one capture set and a few
/// numbers for each pixel, not the take. Errors: those of SetReader and camera_of_take();
/// unusable_input where a lens of the calibration is not what the take's factory calibration and
/// its correction come to, where the calibration has fewer than two of the take's cameras, or where
/// a camera recorded no depth; cancelled where progress says so.
Result<GatheredScene> gather_scene(const std::filesystem::path& take_folder,
                                   const RigCalibration& calibration,
                                   const GatherSceneOptions& options = {});

}  // namespace lockstep

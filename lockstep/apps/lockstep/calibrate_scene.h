// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "lockstep/base/result.h"
#include "lockstep/take/gather_scene.h"

// What `lockstep calibrate` does with a scene instead of a board: --check and --refine.

namespace lockstep {

struct SceneRequest {
  std::string take;
  std::string calibration;  ///< file; empty: that of the take
  std::string output;       ///< of --refine; empty: calibration.json of the take
  int64_t ticks = 300;
  bool json = false;
};

/// A calibration and what the take's cameras see under it.
struct CalibratedScene {
  std::filesystem::path file;
  RigCalibration calibration;
  GatheredScene scene;
};

/// Reads both; shows its progress and says what was left out. Errors: those of
/// read_manifest(), read_rig_calibration() and gather_scene(); invalid_argument where no
/// calibration is named and the take has none; cancelled by Ctrl-C.
Result<CalibratedScene> look_at_scene(const SceneRequest& request);

/// "forward or back, panning" for directions of shifts and axes of turns in a camera's frame: the
/// axes that they are nearest to. Empty for none.
[[nodiscard]] std::string directions_in_words(const std::vector<Eigen::Vector3d>& shifts,
                                              const std::vector<Eigen::Vector3d>& turns);

/// Says whether cameras moved since the calibration; the exit code.
int run_check(const SceneRequest& request);
/// Writes a calibration whose poses the scene improved; the exit code.
int run_refine(const SceneRequest& request);

}  // namespace lockstep

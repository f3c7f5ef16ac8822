// SPDX-License-Identifier: MIT
// Links: geometry calibrate
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "lockstep/calibrate/pose_check.h"
#include "lockstep/geometry/rig_calibration.h"

// Reads any text as the calibration of a rig and as a lens. What is accepted writes and reads back
// as itself, and says of a scene that all cameras see alike what can be told of it: no verdict
// comes from numbers that are none.

namespace {

using namespace lockstep;  // NOLINT(google-build-using-namespace)

/// A wall two metres away, as a small camera sees it.
SceneDepth wall(const CameraModel& lens) {
  const auto pixels = static_cast<size_t>(lens.width_px) * static_cast<size_t>(lens.height_px);
  SceneDepth scene{lens.width_px, lens.height_px, 1, {}, {}};
  scene.depth_m.assign(pixels, 2.0F);
  scene.sigma_m.assign(pixels, 0.001F);
  return scene;
}

void check_moves(const RigCalibration& calibration) {
  constexpr size_t kMostCameras = 3;
  CameraModel factory;
  factory.width_px = 40;
  factory.height_px = 36;
  factory.fx_px = factory.fy_px = 32;
  factory.cx_px = 19.5;
  factory.cy_px = 17.5;
  factory.metric_radius = 1.7;
  std::vector<SceneCamera> cameras;
  for (const CalibratedCamera& camera : calibration.cameras) {
    if (calibration.find(camera.serial) != &camera) std::abort();
    if (cameras.size() == kMostCameras) break;
    const CameraModel depth = in_mode(camera.depth, factory);
    cameras.push_back({camera.name, depth, camera.rig_from_depth, camera.depth_offset_m,
                       camera.covariance, wall(depth)});
  }
  const auto check = check_poses(cameras);
  if (check.ok() != (cameras.size() >= 2)) std::abort();
  for (size_t i = 0; check && i < cameras.size(); ++i) {
    const CameraMove& move = check->cameras[i];
    if (move.verdict == MoveVerdict::cannot_tell) continue;
    if (!move.shift_m.allFinite() || !move.turn_rad.allFinite() || !std::isfinite(move.chi_square))
      std::abort();
    const PoseCheckOptions asked;
    if (move.verdict == MoveVerdict::stayed &&
        !(move.least_shift_m <= asked.shift_m && move.least_turn_rad <= asked.turn_rad))
      std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto lens = parse_lens(text)) {
    if (const auto again = parse_lens(write_lens(*lens)); !again) std::abort();
  } else if (lens.error().message.empty()) {
    std::abort();
  }
  const auto calibration = parse_rig_calibration(text);
  if (!calibration) {
    if (calibration.error().message.empty()) std::abort();
    return 0;
  }
  const std::string written = write_rig_calibration(*calibration);
  const auto again = parse_rig_calibration(written);
  if (!again || write_rig_calibration(*again) != written) std::abort();
  check_moves(*calibration);
  return 0;
}

// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/geometry/calibration.h"
#include "lockstep/geometry/rigid.h"
#include "lockstep/rig/rig.h"
#include "lockstep/sensor/modes.h"
#include "lockstep/virtual/ray_scene.h"
#include "lockstep/virtual/rendered_pictures.h"
#include "lockstep/virtual/scene.h"

namespace lockstep {

/// Distance along the optical axis of what the middle of each pixel sees, in millimetres, rows from
/// the top; 0: nothing. Blocks for tens of milliseconds and uses all processors.
[[nodiscard]] std::vector<float> true_depth_mm(const RayScene& world, const CameraModel& lens,
                                               const RigidTransform& world_from_camera);

/// What is true of the world of a virtual rig, for tests and benchmarks: lenses, poses, surfaces
/// and what each camera would measure without any error. A frame is one picture of the world, 0 ..
/// frames() - 1; a camera shows frame `world_tick % frames()`. Immutable; any number of threads may
/// ask.
class WorldTruth {
 public:
  /// Of a rig with a world. Errors: invalid_argument (without one), unusable_input (a scene that
  /// does not exist).
  static Result<WorldTruth> make(const Rig& rig);

  [[nodiscard]] int frames() const { return jobs_[0].frames(); }
  /// The lenses of a camera as they are, not as its blob says.
  [[nodiscard]] const FactoryCalibration& lenses(int camera) const { return job(camera).lenses; }
  /// What its blob says.
  [[nodiscard]] const FactoryCalibration& blob(int camera) const { return job(camera).blob; }
  /// Where it is, its nudge included.
  [[nodiscard]] const RigidTransform& world_from_depth(int camera) const {
    return job(camera).pose.world_from_depth;
  }
  /// It measures so much too far, along its optical axis.
  [[nodiscard]] double depth_bias_m(int camera) const { return job(camera).depth_bias_m; }
  /// Nothing in a world without a board.
  [[nodiscard]] std::optional<RigidTransform> world_from_board(int frame) const;

  /// Every surface at a frame, in the world.
  [[nodiscard]] Mesh surface(int frame) const;
  /// true_depth_mm() in the depth camera's or the colour camera's view. Neither noise nor bias nor
  /// the sensor's reach.
  [[nodiscard]] std::vector<float> depth_mm(int camera, DepthMode mode, int frame) const;
  [[nodiscard]] std::vector<float> color_depth_mm(int camera, ColorResolution resolution,
                                                  int frame) const;

 private:
  explicit WorldTruth(std::vector<RenderJob> jobs, Scene scene)
      : jobs_(std::move(jobs)), scene_(std::move(scene)) {}
  [[nodiscard]] const RenderJob& job(int camera) const {
    return jobs_[static_cast<size_t>(camera)];
  }
  std::vector<RenderJob> jobs_;
  Scene scene_;
};

}  // namespace lockstep

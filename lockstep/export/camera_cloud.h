// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/export/ros_messages.h"
#include "lockstep/fuse/fusion_camera.h"
#include "lockstep/transform/ray_table.h"
#include "lockstep/transform/transformation.h"

namespace lockstep {

/// Depth images of one camera as points in the frame of its depth camera, coloured where its colour
/// camera looks. One object is used by one thread at a time.
class CameraCloud {
 public:
  /// Borrows `camera`, which has a depth lens.
  explicit CameraCloud(const FusionCamera& camera);

  /// A point for every reading; without colour (0) where `bgra` is empty or shows nothing. Both
  /// have the sizes of their lenses. Errors: those of Transformation.
  Result<std::vector<RosPoint>> points(std::span<const uint16_t> depth_mm,
                                       std::span<const uint8_t> bgra) const;

 private:
  const FusionCamera& camera_;
  RayTable rays_;
  Transformation transformation_;
};

}  // namespace lockstep

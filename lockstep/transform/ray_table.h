// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/geometry/camera_model.h"
#include "lockstep/transform/kernels.h"

namespace lockstep {

/// The ray (x, y, 1) of every pixel of a camera, row-major. Where the lens model has none, x is NaN
/// and y 0.
struct RayTable {
  int width_px = 0;
  int height_px = 0;
  std::vector<float> x, y;
};

/// Unprojects every pixel, in double precision.
[[nodiscard]] RayTable make_ray_table(const Kernels& kernels, const CameraModel& camera);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/geometry/camera_model.h"
#include "lockstep/geometry/rigid.h"
#include "lockstep/transform/kernels.h"

namespace lockstep {

template <typename Number>
Lens<Number> lens_of(const CameraModel& camera) {
  Lens<Number> lens;
  lens.fx = static_cast<Number>(camera.fx_px);
  lens.fy = static_cast<Number>(camera.fy_px);
  lens.cx = static_cast<Number>(camera.cx_px);
  lens.cy = static_cast<Number>(camera.cy_px);
  for (size_t i = 0; i < camera.k.size(); ++i) lens.k[i] = static_cast<Number>(camera.k[i]);
  lens.p1 = static_cast<Number>(camera.p1);
  lens.p2 = static_cast<Number>(camera.p2);
  lens.cod_x = static_cast<Number>(camera.center_of_distortion.x());
  lens.cod_y = static_cast<Number>(camera.center_of_distortion.y());
  lens.radius2 = static_cast<Number>(camera.metric_radius * camera.metric_radius);
  lens.cross = camera.lens == LensModel::brown_conrady ? 2 : 1;
  return lens;
}

/// With lengths in `units_per_m`.
template <typename Number>
Motion<Number> motion_of(const RigidTransform& transform, double units_per_m) {
  Motion<Number> motion;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      motion.rotation[3 * row + column] = static_cast<Number>(transform.rotation(row, column));
    motion.translation[row] = static_cast<Number>(transform.translation(row) * units_per_m);
  }
  return motion;
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lockstep/transform/device_geometry.h"
#include "lockstep/transform/ray_table.h"

namespace lockstep {

/// One row of depth pixels as the colour camera sees them: where each lies in the colour image and
/// how far it is along the colour camera's axis, in millimetres. z is 0 where there is nothing.
struct ColorVertices {
  std::vector<float> u, v, z;
  void resize(size_t count) {
    u.resize(count);
    v.resize(count);
    z.resize(count);
  }
};

/// Carries depth pixels into the colour image.
class ColorProjection {
 public:
  /// `rays` are those of the geometry's depth camera and outlive it. Both cameras must be there.
  ColorProjection(const DeviceGeometry& geometry, const RayTable& rays);

  /// The pixels of one row of a depth image (millimetres).
  void row(int y, std::span<const uint16_t> depth, ColorVertices& out) const;

 private:
  const RayTable& rays_;
  float r_[9], t_mm_[3];
  float fx_, fy_, cx_, cy_, k_[6], p1_, p2_, cod_x_, cod_y_, radius2_, cross_;
};

}  // namespace lockstep

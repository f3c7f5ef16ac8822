// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "lockstep/geometry/rigid.h"
#include "lockstep/transform/device_geometry.h"

namespace lockstep {

/// A camera whose views are fused: both lenses, how they stand to each other and where it is.
struct FusionCamera {
  std::string name;
  DeviceGeometry geometry;
  RigidTransform rig_from_depth;
  double depth_offset_m = 0;  ///< it measures so much too far
};

/// What one camera saw at one tick. Images are tightly packed rows in the sizes of the camera's
/// lenses; an empty one was not seen. Spans stay valid for the call that they are given to.
struct FusionImages {
  std::span<const uint16_t> depth_mm;  ///< 0: no reading
  std::span<const uint16_t> infrared;
  std::span<const uint8_t> bgra;
  /// Middle of the exposure that places its points, microseconds after the nominal instant of the
  /// tick.
  double depth_instant_us = 0;
};

}  // namespace lockstep

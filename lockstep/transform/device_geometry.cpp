// SPDX-License-Identifier: MIT
#include "lockstep/transform/device_geometry.h"

namespace lockstep {

DeviceGeometry geometry_of(const FactoryCalibration& calibration, DepthMode depth,
                           ColorResolution color) {
  DeviceGeometry geometry;
  if (depth != DepthMode::off) geometry.depth = calibration.depth_camera(depth);
  if (color != ColorResolution::off) geometry.color = calibration.color_camera(color);
  geometry.color_from_depth = calibration.color_from_depth();
  return geometry;
}

}  // namespace lockstep

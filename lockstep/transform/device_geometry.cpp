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

DeviceGeometry geometry_of(const FactoryCalibration& factory, const CalibratedCamera& calibrated,
                           DepthMode depth, ColorResolution color) {
  DeviceGeometry geometry = geometry_of(factory, depth, color);
  if (geometry.depth) geometry.depth = in_mode(calibrated.depth, *geometry.depth);
  if (geometry.color) geometry.color = in_mode(calibrated.color, *geometry.color);
  geometry.color_from_depth = calibrated.color_from_depth;
  return geometry;
}

}  // namespace lockstep

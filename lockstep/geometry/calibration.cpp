// SPDX-License-Identifier: MIT
#include "lockstep/geometry/calibration.h"

namespace lockstep {
namespace {

/// How a mode's image lies in the sensor: the sensor binned to `binned`, cut at `crop`.
struct ModeWindow {
  SizePx binned;
  int crop_x, crop_y;
};

ModeWindow window_of(DepthMode mode) {
  switch (mode) {
    case DepthMode::nfov_2x2binned:
      return {{512, 512}, 96, 90};
    case DepthMode::nfov_unbinned:
      return {{1024, 1024}, 192, 180};
    case DepthMode::wfov_2x2binned:
      return {{512, 512}, 0, 0};
    default:
      return {{1024, 1024}, 0, 0};
  }
}

/// Colour images of 16:9 are cut from the middle of the 4:3 sensor; 4:3 ones show all of it.
ModeWindow window_of(ColorResolution resolution) {
  const SizePx size = color_size(resolution);
  const int full_height = size.width * 3 / 4;
  return {{size.width, full_height}, 0, (full_height - size.height) / 2};
}

CameraModel model_of(const RawLens& lens, const ModeWindow& window, SizePx size) {
  CameraModel model;
  model.width_px = size.width;
  model.height_px = size.height;
  model.fx_px = lens.fx * window.binned.width;
  model.fy_px = lens.fy * window.binned.height;
  model.cx_px = lens.cx * window.binned.width - window.crop_x - 0.5;
  model.cy_px = lens.cy * window.binned.height - window.crop_y - 0.5;
  model.k = lens.k;
  model.p1 = lens.p1;
  model.p2 = lens.p2;
  model.center_of_distortion = {lens.codx, lens.cody};
  model.metric_radius = lens.metric_radius;
  model.lens = lens.lens;
  model.parameter_count = lens.parameter_count;
  model.intrinsic_radius = lens.intrinsic_radius;
  return model;
}

/// Old files calibrate colour on a 16:9 cut of the sensor; everything else speaks of all of it.
RawLens on_full_sensor(RawLens lens) {
  constexpr double kFullHeight = 3072, kCutHeight = 2304, kCutTop = 384;
  if (lens.sensor_width_px * 9 / 16 != lens.sensor_height_px) return lens;
  lens.cy = (lens.cy * kCutHeight + kCutTop) / kFullHeight;
  lens.fy = lens.fy * kCutHeight / kFullHeight;
  return lens;
}

}  // namespace

CameraModel FactoryCalibration::depth_camera(DepthMode mode) const {
  return model_of(depth, window_of(mode), depth_size(mode));
}

CameraModel FactoryCalibration::color_camera(ColorResolution resolution) const {
  return model_of(on_full_sensor(color), window_of(resolution), color_size(resolution));
}

}  // namespace lockstep

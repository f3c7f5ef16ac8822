// SPDX-License-Identifier: MIT
#include "lockstep/geometry/rig_calibration.h"

#include <algorithm>

namespace lockstep {

CameraModel corrected(CameraModel camera, const LensCorrection& correction) {
  camera.fx_px *= 1 + correction.focal_x;
  camera.fy_px *= 1 + correction.focal_y;
  camera.cx_px += correction.center_x_px;
  camera.cy_px += correction.center_y_px;
  return camera;
}

const CalibratedCamera* RigCalibration::find(std::string_view serial) const {
  const auto found = std::find_if(cameras.begin(), cameras.end(),
                                  [&](const CalibratedCamera& c) { return c.serial == serial; });
  return found == cameras.end() ? nullptr : &*found;
}

CameraModel in_mode(const CalibratedLens& lens, const CameraModel& factory) {
  LensCorrection correction = lens.correction;
  const double factory_fx_px = lens.model.fx_px / (1 + correction.focal_x);
  const double factory_fy_px = lens.model.fy_px / (1 + correction.focal_y);
  correction.center_x_px *= factory.fx_px / factory_fx_px;
  correction.center_y_px *= factory.fy_px / factory_fy_px;
  return corrected(factory, correction);
}

}  // namespace lockstep

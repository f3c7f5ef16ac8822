// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "lockstep/geometry/calibration.h"
#include "lockstep/geometry/camera_model.h"
#include "lockstep/geometry/rig_calibration.h"
#include "lockstep/geometry/rigid.h"
#include "lockstep/sensor/modes.h"

namespace lockstep {

/// The two cameras of a device in one pair of modes, and how they stand to each other. A camera
/// that is off has no model.
struct DeviceGeometry {
  std::optional<CameraModel> depth, color;
  RigidTransform color_from_depth;  ///< metres
};

/// The cameras of a factory calibration in these modes; `off` leaves one out.
[[nodiscard]] DeviceGeometry geometry_of(const FactoryCalibration& calibration, DepthMode depth,
                                         ColorResolution color);

/// The same as a calibration of the rig corrected it.
[[nodiscard]] DeviceGeometry geometry_of(const FactoryCalibration& factory,
                                         const CalibratedCamera& calibrated, DepthMode depth,
                                         ColorResolution color);

}  // namespace lockstep

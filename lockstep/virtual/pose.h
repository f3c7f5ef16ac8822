// SPDX-License-Identifier: MIT
#pragma once

#include <array>

#include "lockstep/geometry/calibration.h"
#include "lockstep/geometry/rigid.h"
#include "lockstep/rig/rig.h"

namespace lockstep {

/// Where a camera stands in the world. World frame: metres, z up, the floor at z = 0, the middle of
/// the scene above the origin.
struct CameraPose {
  RigidTransform world_from_depth;
  std::array<float, 3> gravity_in_imu_mps2{};  ///< what the accelerometer reads at rest
};

/// Cameras stand on an arc of the world's radius and look at the middle of the scene, neighbours 30
/// degrees apart where that leaves a gap in the circle, closer where there are many.
[[nodiscard]] RigidTransform pose_on_arc(const RigWorld& world, int camera, int cameras);

[[nodiscard]] CameraPose pose_of(const RigWorld& world, int camera, int cameras,
                                 const FactoryCalibration& calibration);

/// The real calibration that every virtual camera's is drawn from, as its JSON blob.
[[nodiscard]] const char* base_calibration_json();

/// A camera's own calibration: the base with focal lengths a few tenths of a percent off, principal
/// points a few pixels, the colour camera and the inertial unit a little turned. By its seed alone.
[[nodiscard]] FactoryCalibration draw_calibration(const FactoryCalibration& base, uint64_t seed);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <vector>

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

/// Where the cameras of a rig with a world are set up, before any nudge: each at its own pose, the
/// others as the world arranges them: on an arc, looking at the middle of the scene, neighbours 30
/// degrees apart where that leaves a gap in the circle, closer where there are many; all around on
/// a circle; or in a chain, side by side and looking the same way.
[[nodiscard]] std::vector<CameraPlace> places_of(const Rig& rig);

/// How far the walls of the room are from its origin, and its height: it holds every camera, and
/// its walls are within the sensors' reach. Metres.
struct RoomSize {
  double x, y_front, y_back, height;
};
[[nodiscard]] RoomSize room_size(const std::vector<CameraPlace>& places);

/// A camera that stands at a place, upright: its x is level.
[[nodiscard]] RigidTransform world_from_depth(const CameraPlace& place);

/// A pose after a nudge along and about its own axes.
[[nodiscard]] RigidTransform nudged(const RigidTransform& world_from_depth,
                                    const CameraNudge& nudge);

/// With what an accelerometer feels there.
[[nodiscard]] CameraPose pose_of(const RigidTransform& world_from_depth,
                                 const FactoryCalibration& calibration);

/// The real calibration that every virtual camera's is drawn from, as its JSON blob.
[[nodiscard]] const char* base_calibration_json();

/// A camera's own lenses: the base with focal lengths a few tenths of a percent off, principal
/// points a few pixels, the colour camera and the inertial unit a little turned. By its seed alone.
[[nodiscard]] FactoryCalibration draw_calibration(const FactoryCalibration& base, uint64_t seed);

/// What the factory measured of such lenses; the lenses themselves where it makes no error.
[[nodiscard]] FactoryCalibration draw_blob(const FactoryCalibration& lenses,
                                           const FactoryError& error, uint64_t seed);

/// How much too far a camera measures depth, along its optical axis.
[[nodiscard]] double draw_depth_bias_m(const FactoryError& error, uint64_t seed);

}  // namespace lockstep

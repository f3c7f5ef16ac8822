// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/frame/capture.h"
#include "lockstep/geometry/calibration.h"
#include "lockstep/geometry/rig_calibration.h"

// Where the frame of a rig is. A solve leaves it at the depth camera of the first camera.

namespace lockstep {

/// Which way is up in the depth camera, as its accelerometer says: the middle of its readings.
/// Nothing where they are too few, or not those of a camera at rest.
[[nodiscard]] std::optional<Eigen::Vector3d> up_in_depth(const FactoryCalibration& factory,
                                                         std::span<const ImuSample> samples);

/// The frame whose z is `up`, a direction of the rig's frame, whose x is where the first camera
/// looks along the ground (or, where it looks straight up or down, its right), and whose origin is
/// `origin` of the rig's frame.
[[nodiscard]] RigidTransform upright_from_rig(const RigidTransform& rig_from_first,
                                              const Eigen::Vector3d& up,
                                              const Eigen::Vector3d& origin);

/// A plane: `up.dot(x) = height_m` for every x in it. Unit length, towards where people stand.
struct FloorPlane {
  Eigen::Vector3d up;
  double height_m = 0;
  Eigen::Vector3d middle = Eigen::Vector3d::Zero();  ///< of the points that belong to it
  double share = 0;                                  ///< of all points

  /// The point of the plane that `point` stands over.
  [[nodiscard]] Eigen::Vector3d below(const Eigen::Vector3d& point) const {
    return point - up * (up.dot(point) - height_m);
  }
};

/// Depth of one camera as points of the rig, every `step`-th pixel along and down.
void add_points(const CalibratedCamera& camera, const Image& depth, int step,
                std::vector<Eigen::Vector3d>& points);

/// The lowest large plane that lies level by `up_guess`, give or take 30 degrees. Nothing where
/// there is none with a twentieth of the points. The same points give the same plane.
[[nodiscard]] std::optional<FloorPlane> find_floor(const std::vector<Eigen::Vector3d>& points,
                                                   const Eigen::Vector3d& up_guess);

/// Which way is up in the rig's frame if its cameras stand upright: what they agree on.
[[nodiscard]] Eigen::Vector3d up_of_upright_cameras(const RigCalibration& calibration);

/// The frame of a board that lay so in the rig: its origin and x, and z out of the board, so that
/// it points up from one that lies on the floor.
[[nodiscard]] RigidTransform board_from_rig(const RigidTransform& rig_from_board);

/// Moves the frame of a rig.
void set_origin(RigCalibration& calibration, RigOrigin origin, const RigidTransform& new_from_rig);

}  // namespace lockstep

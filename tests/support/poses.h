// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Geometry>
#include <cmath>

#include "lockstep/geometry/rigid.h"

// Poses as tests say them.

namespace lockstep::testing {

/// A camera at `eye` that looks at `target`, upright.
inline RigidTransform looking(const Eigen::Vector3d& eye, const Eigen::Vector3d& target) {
  RigidTransform pose;
  pose.rotation.col(2) = (target - eye).normalized();
  pose.rotation.col(0) = pose.rotation.col(2).cross(Eigen::Vector3d::UnitZ()).normalized();
  pose.rotation.col(1) = pose.rotation.col(2).cross(pose.rotation.col(0));
  pose.translation = eye;
  return pose;
}

/// A turn about its own axes, then a shift along them.
inline RigidTransform moved(const RigidTransform& pose, const Eigen::Vector3d& shift_m,
                            const Eigen::Vector3d& turn_deg) {
  return pose * RigidTransform{rotation_by(turn_deg / kDegPerRad), shift_m};
}

}  // namespace lockstep::testing

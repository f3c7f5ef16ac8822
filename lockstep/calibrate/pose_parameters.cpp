// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/pose_parameters.h"

#include <Eigen/Geometry>
#include <algorithm>

namespace lockstep {

PoseParameters parameters_of(const RigidTransform& pose) {
  PoseParameters out{};
  const Eigen::AngleAxisd turn(pose.rotation);
  const Eigen::Vector3d axis = turn.angle() * turn.axis();
  std::copy_n(axis.data(), 3, out.data());
  std::copy_n(pose.translation.data(), 3, out.data() + 3);
  return out;
}

RigidTransform pose_of(const PoseParameters& parameters) {
  const Eigen::Map<const Eigen::Vector3d> turn(parameters.data());
  const Eigen::Map<const Eigen::Vector3d> shift(parameters.data() + 3);
  return {rotation_by(turn), shift};
}

}  // namespace lockstep

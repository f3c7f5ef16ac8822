// SPDX-License-Identifier: MIT
#include "lockstep/geometry/rigid.h"

#include <Eigen/Geometry>

namespace lockstep {

Eigen::Matrix3d rotation_about(const Eigen::Vector3d& axis, double angle_rad) {
  return Eigen::AngleAxisd(angle_rad, axis).toRotationMatrix();
}

double turn_angle_rad(const Eigen::Matrix3d& rotation) {
  return Eigen::AngleAxisd(rotation).angle();
}

Eigen::Matrix3d rotation_by(const Eigen::Vector3d& turn_rad) {
  const double angle_rad = turn_rad.norm();
  if (!(angle_rad > 0)) return Eigen::Matrix3d::Identity();
  return rotation_about(turn_rad / angle_rad, angle_rad);
}

Eigen::Matrix3d cross_matrix(const Eigen::Vector3d& v) {
  Eigen::Matrix3d m;
  m << 0, -v.z(), v.y(), v.z(), 0, -v.x(), -v.y(), v.x(), 0;
  return m;
}

}  // namespace lockstep

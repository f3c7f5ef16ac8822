// SPDX-License-Identifier: MIT
#include "lockstep/geometry/rigid.h"

#include <Eigen/Geometry>

namespace lockstep {

Eigen::Matrix3d rotation_about(const Eigen::Vector3d& axis, double angle_rad) {
  return Eigen::AngleAxisd(angle_rad, axis).toRotationMatrix();
}

}  // namespace lockstep

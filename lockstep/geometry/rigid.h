// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

namespace lockstep {

/// A rigid motion, named target_from_source: x_in_target = rotation * x_in_source + translation.
/// Metres.
struct RigidTransform {
  Eigen::Matrix3d rotation = Eigen::Matrix3d::Identity();  ///< orthonormal, determinant 1
  Eigen::Vector3d translation = Eigen::Vector3d::Zero();

  [[nodiscard]] RigidTransform inverse() const {
    const Eigen::Matrix3d back = rotation.transpose();
    return {back, -(back * translation)};
  }
  friend Eigen::Vector3d operator*(const RigidTransform& t, const Eigen::Vector3d& x) {
    return t.rotation * x + t.translation;
  }
  /// a_from_c = a_from_b * b_from_c.
  friend RigidTransform operator*(const RigidTransform& a, const RigidTransform& b) {
    return {a.rotation * b.rotation, a.rotation * b.translation + a.translation};
  }
};

/// Of a pose: of a turn about its own axes (rad), then of a shift along them (m).
using PoseCovariance = Eigen::Matrix<double, 6, 6>;

inline constexpr double kDegPerRad = 57.29577951308232;

/// By how much a rotation turns, 0 to pi.
[[nodiscard]] double turn_angle_rad(const Eigen::Matrix3d& rotation);

/// Rotation by `angle_rad` about the unit vector `axis`, right-handed.
[[nodiscard]] Eigen::Matrix3d rotation_about(const Eigen::Vector3d& axis, double angle_rad);

/// Rotation about the direction of `turn_rad`, by its length; of zero none.
[[nodiscard]] Eigen::Matrix3d rotation_by(const Eigen::Vector3d& turn_rad);

/// v x w = cross_matrix(v) * w.
[[nodiscard]] Eigen::Matrix3d cross_matrix(const Eigen::Vector3d& v);

}  // namespace lockstep

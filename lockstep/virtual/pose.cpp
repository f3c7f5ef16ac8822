// SPDX-License-Identifier: MIT
#include "lockstep/virtual/pose.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <cmath>

#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kGravityMps2 = 9.81;
const Eigen::Vector3d kSceneMiddle(0, 0, 1.0);

double normal_of(uint64_t seed, uint64_t purpose) {
  return normal(mix_bits(seed, purpose));
}

void perturb(RawLens& lens, uint64_t seed) {
  const double focal = 1 + 0.003 * normal_of(seed, 1);
  lens.fx *= focal;
  lens.fy *= focal * (1 + 0.0003 * normal_of(seed, 2));
  lens.cx += 0.004 * normal_of(seed, 3);
  lens.cy += 0.004 * normal_of(seed, 4);
  lens.k[0] += 0.005 * normal_of(seed, 5);
  lens.p1 += 0.00003 * normal_of(seed, 6);
  lens.p2 += 0.00003 * normal_of(seed, 7);
}

void perturb(RigidTransform& transform, uint64_t seed, double angle_rad, double shift_m) {
  const Eigen::Vector3d turn(normal_of(seed, 1), normal_of(seed, 2), normal_of(seed, 3));
  const double size = turn.norm();
  if (size > 0)
    transform.rotation = rotation_about(turn / size, angle_rad * size) * transform.rotation;
  transform.translation +=
      shift_m * Eigen::Vector3d(normal_of(seed, 4), normal_of(seed, 5), normal_of(seed, 6));
}

}  // namespace

RigidTransform pose_on_arc(const RigWorld& world, int camera, int cameras) {
  const double step_deg = std::min(30.0, 300.0 / std::max(1, cameras - 1));
  const double angle = (camera - 0.5 * (cameras - 1)) * step_deg * kPi / 180;
  // Heights alternate a little, as tripods do.
  const double height = 1.25 + 0.1 * (camera % 2);
  const Eigen::Vector3d eye(world.radius_m * std::sin(angle), -world.radius_m * std::cos(angle),
                            height);
  const Eigen::Vector3d forward = (kSceneMiddle - eye).normalized();
  const Eigen::Vector3d right = forward.cross(Eigen::Vector3d::UnitZ()).normalized();
  RigidTransform world_from_depth;
  world_from_depth.rotation.col(0) = right;
  world_from_depth.rotation.col(1) = forward.cross(right);
  world_from_depth.rotation.col(2) = forward;
  world_from_depth.translation = eye;
  return world_from_depth;
}

CameraPose pose_of(const RigWorld& world, int camera, int cameras,
                   const FactoryCalibration& calibration) {
  CameraPose pose{pose_on_arc(world, camera, cameras), {}};
  // At rest the unit feels the floor pushing up.
  const Eigen::Vector3d up = calibration.accelerometer.sensor_from_depth.rotation *
                             pose.world_from_depth.rotation.transpose() *
                             Eigen::Vector3d(0, 0, kGravityMps2);
  for (int axis = 0; axis < 3; ++axis) {
    pose.gravity_in_imu_mps2[static_cast<size_t>(axis)] = static_cast<float>(up[axis]);
  }
  return pose;
}

FactoryCalibration draw_calibration(const FactoryCalibration& base, uint64_t seed) {
  FactoryCalibration own = base;
  perturb(own.depth, mix_bits(seed, 11));
  perturb(own.color, mix_bits(seed, 12));
  perturb(own.color.camera_from_depth, mix_bits(seed, 13), 0.003, 0.0003);
  const uint64_t imu = mix_bits(seed, 14);  // both halves are one chip
  perturb(own.gyro.sensor_from_depth, imu, 0.004, 0);
  perturb(own.accelerometer.sensor_from_depth, imu, 0.004, 0);
  return own;
}

}  // namespace lockstep

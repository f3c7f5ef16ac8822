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
constexpr std::array<double, 3> kSceneMiddle{0, 0, 1.0};

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

/// A lens as the factory measures it; `pixels` is what it is in the mode whose pixels `error`
/// counts in.
void mismeasure(RawLens& lens, const CameraModel& pixels, const FactoryError& error,
                uint64_t seed) {
  const double px_of_unit_x = pixels.fx_px / lens.fx;
  const double px_of_unit_y = pixels.fy_px / lens.fy;
  const double focal = 1 + error.focal_length * normal_of(seed, 1);
  lens.fx *= focal;
  lens.fy *= focal;
  lens.cx += error.center_px * normal_of(seed, 2) / px_of_unit_x;
  lens.cy += error.center_px * normal_of(seed, 3) / px_of_unit_y;
}

Eigen::Vector3d vector_of(const std::array<double, 3>& numbers) {
  return {numbers[0], numbers[1], numbers[2]};
}

CameraPlace place_on_arc(const RigWorld& world, int camera, int cameras) {
  const double step_deg = std::min(30.0, 300.0 / std::max(1, cameras - 1));
  const double angle = (camera - 0.5 * (cameras - 1)) * step_deg * kPi / 180;
  // Heights alternate a little, as tripods do.
  const double height = 1.25 + 0.1 * (camera % 2);
  return {{world.radius_m * std::sin(angle), -world.radius_m * std::cos(angle), height},
          kSceneMiddle};
}

CameraPlace place_on_circle(const RigWorld& world, int camera, int cameras) {
  const double angle = 2 * kPi * camera / cameras;
  return {{world.radius_m * std::sin(angle), -world.radius_m * std::cos(angle), 1.2}, kSceneMiddle};
}

CameraPlace place_in_chain(const RigWorld& world, int camera, int cameras) {
  const double x = (camera - 0.5 * (cameras - 1)) * world.apart_m;
  return {{x, -world.radius_m, 1.2}, {x, 0, kSceneMiddle[2]}};
}

CameraPlace arranged(const RigWorld& world, int camera, int cameras) {
  switch (world.arrangement) {
    case Arrangement::circle:
      return place_on_circle(world, camera, cameras);
    case Arrangement::chain:
      return place_in_chain(world, camera, cameras);
    case Arrangement::arc:
      break;
  }
  return place_on_arc(world, camera, cameras);
}

}  // namespace

std::vector<CameraPlace> places_of(const Rig& rig) {
  const int cameras = static_cast<int>(rig.cameras.size());
  std::vector<CameraPlace> places;
  for (int camera = 0; camera < cameras; ++camera) {
    const auto& own = rig.cameras[static_cast<size_t>(camera)].pose;
    places.push_back(own ? *own : arranged(*rig.world, camera, cameras));
  }
  return places;
}

RoomSize room_size(const std::vector<CameraPlace>& places) {
  RoomSize size{2.0, 0, 1.5, 2.6};
  for (const CameraPlace& place : places) {
    const auto& eye = place.at_m;
    size.x = std::max(size.x, std::abs(eye[0]) + 0.7);
    size.y_front = std::max(size.y_front, -eye[1] + 0.7);
    size.y_back = std::max(size.y_back, eye[1] + 0.7);
    size.height = std::max(size.height, eye[2] + 0.3);
  }
  return size;
}

RigidTransform world_from_depth(const CameraPlace& place) {
  const Eigen::Vector3d eye = vector_of(place.at_m);
  const Eigen::Vector3d forward = (vector_of(place.look_at_m) - eye).normalized();
  Eigen::Vector3d right = forward.cross(Eigen::Vector3d::UnitZ());
  // Straight up or down, where nothing is upright.
  if (right.norm() < 1e-6) right = Eigen::Vector3d::UnitX();
  right.normalize();
  RigidTransform pose;
  pose.rotation.col(0) = right;
  pose.rotation.col(1) = forward.cross(right);
  pose.rotation.col(2) = forward;
  pose.translation = eye;
  return pose;
}

RigidTransform nudged(const RigidTransform& world_from_depth, const CameraNudge& nudge) {
  return world_from_depth * RigidTransform{rotation_by(vector_of(nudge.turn_deg) / kDegPerRad),
                                           vector_of(nudge.shift_mm) / 1000};
}

CameraPose pose_of(const RigidTransform& world_from_depth, const FactoryCalibration& calibration) {
  CameraPose pose{world_from_depth, {}};
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

FactoryCalibration draw_blob(const FactoryCalibration& lenses, const FactoryError& error,
                             uint64_t seed) {
  FactoryCalibration blob = lenses;
  mismeasure(blob.depth, lenses.depth_camera(DepthMode::nfov_unbinned), error, mix_bits(seed, 21));
  mismeasure(blob.color, lenses.color_camera(ColorResolution::p1080), error, mix_bits(seed, 22));
  perturb(blob.color.camera_from_depth, mix_bits(seed, 23), error.color_turn_deg * kPi / 180,
          error.color_shift_mm / 1000);
  return blob;
}

double draw_depth_bias_m(const FactoryError& error, uint64_t seed) {
  return uniform(mix_bits(seed, 24), -error.depth_bias_mm, error.depth_bias_mm) / 1000;
}

}  // namespace lockstep

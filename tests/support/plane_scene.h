// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <random>
#include <vector>

#include "lockstep/calibrate/scene_camera.h"
#include "lockstep/geometry/calibration.h"
#include "tests/support/files.h"
#include "tests/support/poses.h"

// What depth cameras see of a few planes, without pictures.

namespace lockstep::testing {

/// The world's frame: metres, z up.
struct Plane {
  Eigen::Vector3d normal;  ///< unit, towards the side that is seen
  double distance_m;       ///< normal . x = distance_m
};

inline const Plane kFloor{{0, 0, 1}, 0};
inline const Plane kBackWall{{0, -1, 0}, -2};
inline const Plane kSideWall{{-1, 0, 0}, -1.6};

/// A corner of three surfaces, and as much of it as stands on the floor alone.
inline std::vector<Plane> corner() {
  return {kFloor, kBackWall, kSideWall};
}

/// The published noise of the mode (docs/sensor-facts.md), this much too far, in whole millimetres.
inline SceneDepth see(const CameraModel& lens, const RigidTransform& world_from_depth,
                      const std::vector<Plane>& planes, uint64_t seed, int ticks = 10,
                      double bias_m = 0) {
  constexpr double kFarthestM = 3.86;
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  SceneDepthMean mean(lens.width_px, lens.height_px);
  std::vector<double> truth(static_cast<size_t>(lens.width_px) *
                            static_cast<size_t>(lens.height_px));
  for (size_t i = 0; i < truth.size(); ++i) {
    const auto width = static_cast<size_t>(lens.width_px);
    const Eigen::Vector2d pixel(static_cast<double>(i % width), static_cast<double>(i / width));
    const auto ray = unproject_ray(lens, pixel);
    if (!ray) continue;
    const Eigen::Vector3d way = world_from_depth.rotation * Eigen::Vector3d(ray->x(), ray->y(), 1);
    double nearest = kFarthestM;
    for (const Plane& plane : planes) {
      const double off = plane.normal.dot(world_from_depth.translation) - plane.distance_m;
      const double towards = -plane.normal.dot(way);
      if (off > 0 && towards > 1e-6) nearest = std::min(nearest, off / towards);
    }
    if (nearest < kFarthestM) truth[i] = nearest + bias_m;
  }
  std::vector<uint16_t> depth_mm(truth.size());
  for (int tick = 0; tick < ticks; ++tick) {
    for (size_t i = 0; i < truth.size(); ++i) {
      const double noise_mm = (0.46 + 0.058 * truth[i] * truth[i]) * normal(random);
      depth_mm[i] = truth[i] == 0 ? uint16_t{0}
                                  : static_cast<uint16_t>(std::lround(truth[i] * 1000 + noise_mm));
    }
    mean.add(depth_mm);
  }
  return mean.mean();
}

/// The lens of a real camera in NFOV 2x2 binned.
inline CameraModel narrow_lens() {
  const auto calibration = parse_calibration(read_file(factory_calibration_file()));
  return calibration->depth_camera(DepthMode::nfov_2x2binned);
}

/// One sigma of a good calibration of the rig: 0.01 degrees and 0.6 mm.
inline Eigen::Matrix<double, 6, 6> good_covariance() {
  Eigen::Matrix<double, 6, 6> covariance = Eigen::Matrix<double, 6, 6>::Zero();
  covariance.diagonal().head<3>().setConstant(std::pow(0.01 * M_PI / 180, 2));
  covariance.diagonal().tail<3>().setConstant(0.0006 * 0.0006);
  return covariance;
}

}  // namespace lockstep::testing

// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Geometry>
#include <vector>

#include "lockstep/fuse/fusion_camera.h"
#include "tests/support/transform_cases.h"

// Small rigs of any cameras that see any scenes, for the properties of fusing.

namespace lockstep::testing {

/// Turned by at most `angle_rad`, shifted by at most `shift_m` along every axis.
inline RigidTransform any_pose(Dice& dice, double shift_m, double angle_rad) {
  RigidTransform pose;
  const Eigen::Vector3d axis(dice.in(-9, 10), dice.in(-9, 10), dice.in(1, 10));
  pose.rotation =
      Eigen::AngleAxisd(angle_rad * dice.in(-10, 11) / 10, axis.normalized()).toRotationMatrix();
  for (int i = 0; i < 3; ++i) pose.translation(i) = shift_m * dice.in(-10, 11) / 10;
  return pose;
}

/// A few cameras close together, and what they see.
struct FusionRig {
  std::vector<FusionCamera> cameras;
  std::vector<std::vector<uint16_t>> depth;
  std::vector<std::vector<uint8_t>> bgra;

  /// Of the width of a mode, or `narrower` by some columns.
  FusionRig(Dice& dice, int count, int narrower = 0) {
    for (int i = 0; i < count; ++i) {
      FusionCamera camera;
      camera.geometry =
          geometry_of(any_calibration(dice), DepthMode::nfov_2x2binned, ColorResolution::p720);
      camera.geometry.depth->width_px -= narrower;
      camera.rig_from_depth = any_pose(dice, 0.3, 0.2);
      camera.depth_offset_m = dice.in(-5, 6) * 0.001;
      depth.push_back(any_scene(dice, *camera.geometry.depth));
      bgra.emplace_back(4 * pixels(*camera.geometry.color));
      for (size_t at = 0; at < bgra.back().size(); ++at)
        bgra.back()[at] = static_cast<uint8_t>(at * 31 >> 6);
      cameras.push_back(std::move(camera));
    }
  }

  [[nodiscard]] std::vector<FusionImages> images() const {
    std::vector<FusionImages> all;
    for (size_t i = 0; i < depth.size(); ++i)
      all.push_back({.depth_mm = depth[i],
                     .bgra = bgra[i],
                     .depth_instant_us = 100.0 + 10 * static_cast<double>(i)});
    return all;
  }
  void swap(size_t a, size_t b) {
    std::swap(cameras[a], cameras[b]);
    std::swap(depth[a], depth[b]);
    std::swap(bgra[a], bgra[b]);
  }
};

}  // namespace lockstep::testing

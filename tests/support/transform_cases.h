// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "lockstep/transform/device_geometry.h"
#include "tests/support/check_calibration.h"
#include "tests/support/files.h"
#include "tests/support/property.h"

// Random cases for the transformations of images.

namespace lockstep::testing {

inline size_t pixels(const CameraModel& camera) {
  return static_cast<size_t>(camera.width_px) * static_cast<size_t>(camera.height_px);
}

/// A lens as another camera of the kind could have it.
inline void vary(Dice& dice, RawLens& lens) {
  lens.cx = dice.near(lens.cx, 0.03);
  lens.cy = dice.near(lens.cy, 0.03);
  lens.fx = dice.near(lens.fx, 0.05);
  lens.fy = dice.near(lens.fy, 0.05);
  for (double& k : lens.k) k = dice.near(k, 0.02);
  lens.p1 = dice.near(0.0005, 3);
  lens.p2 = dice.near(0.0005, 3);
  lens.codx = dice.near(0.001, 3);
  lens.cody = dice.near(0.001, 3);
  lens.metric_radius = dice.near(1.6, 0.1);
  lens.lens = dice.of({LensModel::brown_conrady, LensModel::rational_6kt});
}

/// One of the check vectors' calibration, the real one, and any number of others like them.
inline FactoryCalibration any_calibration(Dice& dice) {
  const std::string json =
      dice.of({std::string(kCheckCalibration), read_file(factory_calibration_file())});
  FactoryCalibration calibration = *parse_calibration(json);
  if (dice.in(0, 3) == 0) return calibration;
  vary(dice, calibration.depth);
  vary(dice, calibration.color);
  RigidTransform& turned = calibration.color.camera_from_depth;
  const Eigen::Vector3d axis(dice.in(-9, 10), dice.in(-9, 10), 10);
  turned.rotation =
      Eigen::AngleAxisd(dice.near(0.03, 3), axis.normalized()).toRotationMatrix() * turned.rotation;
  for (int i = 0; i < 3; ++i) turned.translation(i) += dice.near(0.005, 5);
  return calibration;
}

/// A wall with ripples and noise, a floor, boxes in front of it, and holes.
inline std::vector<uint16_t> any_scene(Dice& dice, const CameraModel& camera) {
  const double ripple_mm = dice.in(0, 60), wall_mm = dice.in(700, 4000);
  const int boxes = dice.in(0, 4), holes_of_1000 = dice.in(0, 40), noise_mm = dice.in(1, 8);
  std::vector<uint16_t> depth(pixels(camera));
  for (int v = 0; v < camera.height_px; ++v) {
    for (int u = 0; u < camera.width_px; ++u) {
      double z = wall_mm + ripple_mm * std::sin(u * 0.11) * std::cos(v * 0.07);
      if (v > camera.height_px * 2 / 3) z -= (v - camera.height_px * 2 / 3) * 1.5;
      for (int box = 0; box < boxes; ++box) {
        const int left = camera.width_px * (1 + 2 * box) / 9;
        if (u > left && u < left + camera.width_px / 8 && v > camera.height_px / 3 &&
            v < camera.height_px * 3 / 4)
          z = std::min(z, wall_mm * (0.5 + 0.1 * box));
      }
      const unsigned mixed =
          (static_cast<unsigned>(u) * 7919U + static_cast<unsigned>(v) * 104'729U) *
              2'654'435'761U >>
          8;
      z += static_cast<int>(mixed / 1000 % static_cast<unsigned>(noise_mm));
      const bool hole = mixed % 1000 < static_cast<unsigned>(holes_of_1000);
      depth[static_cast<size_t>(v * camera.width_px + u)] =
          hole ? uint16_t{0} : static_cast<uint16_t>(std::max(z, 100.0));
    }
  }
  return depth;
}

}  // namespace lockstep::testing

// SPDX-License-Identifier: MIT
#include "lockstep/geometry/camera_model.h"

#include <gtest/gtest.h>

#include "lockstep/geometry/calibration.h"
#include "tests/support/files.h"

namespace lockstep {
namespace {

std::vector<CameraModel> real_lenses() {
  const auto real = parse_calibration(testing::read_file(testing::factory_calibration_file()));
  EXPECT_TRUE(real.ok());
  std::vector<CameraModel> lenses;
  for (const DepthMode mode : {DepthMode::nfov_2x2binned, DepthMode::nfov_unbinned,
                               DepthMode::wfov_2x2binned, DepthMode::wfov_unbinned}) {
    lenses.push_back(real->depth_camera(mode));
  }
  for (const ColorResolution size : {ColorResolution::p720, ColorResolution::p3072}) {
    lenses.push_back(real->color_camera(size));
  }
  lenses.push_back(lenses[1]);
  lenses.back().lens = LensModel::rational_6kt;
  lenses.push_back(lenses[1]);
  lenses.back().center_of_distortion = {0.01, -0.02};
  return lenses;
}

TEST(CameraModel, UnprojectUndoesProjectOverTheImage) {
  for (const CameraModel& lens : real_lenses()) {
    int reached = 0;
    for (int y = 0; y < lens.height_px; y += lens.height_px / 24) {
      for (int x = 0; x < lens.width_px; x += lens.width_px / 24) {
        const auto point = unproject(lens, Eigen::Vector2d(x, y), 1.7);
        if (!point) continue;
        ++reached;
        const auto pixel = project(lens, *point);
        ASSERT_TRUE(pixel.has_value());
        EXPECT_NEAR((*pixel - Eigen::Vector2d(x, y)).norm(), 0, 1e-3);
      }
    }
    EXPECT_GT(reached, 400);
  }
}

TEST(CameraModel, TheDerivativeIsThatOfSmallDifferences) {
  constexpr double kStep = 1e-6;
  for (const CameraModel& lens : real_lenses()) {
    for (double x = -0.8; x <= 0.8; x += 0.16) {
      for (double y = -0.8; y <= 0.8; y += 0.16) {
        const Eigen::Vector2d ray(x, y);
        Eigen::Matrix2d derivative;
        ASSERT_TRUE(project_ray(lens, ray, &derivative));
        for (int axis = 0; axis < 2; ++axis) {
          const Eigen::Vector2d step = kStep * Eigen::Vector2d::Unit(axis);
          const Eigen::Vector2d difference =
              (*project_ray(lens, ray + step) - *project_ray(lens, ray - step)) / (2 * kStep);
          const double error = (difference - derivative.col(axis)).norm();
          EXPECT_TRUE(error <= 1e-6 * derivative.norm() + 1e-5) << error << " at " << x << ' ' << y;
        }
      }
    }
  }
}

TEST(CameraModel, BehindTheCameraAndBeyondTheRadiusThereIsNoPixel) {
  const CameraModel lens = real_lenses()[0];
  EXPECT_FALSE(project(lens, {0.1, 0.1, 0}));
  EXPECT_FALSE(project(lens, {0.1, 0.1, -1}));
  EXPECT_FALSE(project(lens, {lens.metric_radius * 1.001, 0, 1}));
  EXPECT_TRUE(project(lens, {lens.metric_radius * 0.999, 0, 1}));
  EXPECT_FALSE(project(lens, {std::nan(""), 0, 1}));
}

}  // namespace
}  // namespace lockstep

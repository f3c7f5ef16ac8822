// SPDX-License-Identifier: MIT
#include "lockstep/fuse/clean_depth.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/transform_cases.h"

namespace lockstep {
namespace {

using testing::any_calibration;
using testing::any_scene;
using testing::Dice;
using testing::expect_property;
using testing::pixels;

/// What clean_depth.h says, pixel by pixel.
class PlainCleaner {
 public:
  PlainCleaner(const FusionCamera& camera, const FusionImages& images)
      : model_(*camera.geometry.depth),
        images_(images),
        slope_(5.67 / std::min(model_.fx_px, model_.fy_px)),
        offset_mm_(camera.depth_offset_m * 1000) {
    for (int y = 0; y < model_.height_px; ++y) {
      for (int x = 0; x < model_.width_px; ++x)
        read_.push_back(ray(x, y) ? images.depth_mm[index(x, y)] : 0.0);
    }
    without_mixed_ = read_;
    for (int y = 0; y < model_.height_px; ++y) {
      for (int x = 0; x < model_.width_px; ++x) {
        if (mixed(x, y, 1, 0) || mixed(x, y, 0, 1)) without_mixed_[index(x, y)] = 0;
      }
    }
  }

  /// The corrected reading; 0 where none is left.
  [[nodiscard]] double depth(int x, int y) const {
    const double here = at(without_mixed_, x, y);
    int supports = 0;
    for (const auto& [dx, dy] : kBeside) {
      const double other = at(without_mixed_, x + dx, y + dy);
      if (jump(here, other) && other < here) return 0;
      supports += other > 0 && !jump(here, other);
    }
    return here > 0 && supports >= 2 && here - offset_mm_ > 1 ? here - offset_mm_ : 0;
  }

  [[nodiscard]] double confidence(int x, int y) const {
    if (depth(x, y) == 0) return 0;
    const double here = at(without_mixed_, x, y);
    int supports = 0;
    for (const auto& [dx, dy] : kBeside)
      supports += joined(here, at(without_mixed_, x + dx, y + dy));
    const Eigen::Vector2d way = *ray(x, y);
    const double by_x = change(x, y, 1, 0), by_y = change(x, y, 0, 1);
    const Eigen::Vector3d normal(-by_x, -by_y, here + way.x() * by_x + way.y() * by_y);
    const Eigen::Vector3d towards(way.x(), way.y(), 1);
    double worth = here / (normal.norm() * towards.norm()) / (1 + std::pow(here / 2000, 2));
    if (!images_.infrared.empty()) {
      const double light = images_.infrared[index(x, y)];
      worth *= light / (light + 60);
    }
    return std::clamp(worth * 255 * (supports == 4 ? 1 : 0.5), 1.0, 255.0);
  }

 private:
  static constexpr std::pair<int, int> kBeside[] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};

  [[nodiscard]] size_t index(int x, int y) const {
    return static_cast<size_t>(y) * static_cast<size_t>(model_.width_px) + static_cast<size_t>(x);
  }
  [[nodiscard]] std::optional<Eigen::Vector2d> ray(int x, int y) const {
    return unproject_ray(model_, {x, y});
  }
  [[nodiscard]] double at(const std::vector<double>& image, int x, int y) const {
    const bool inside = x >= 0 && y >= 0 && x < model_.width_px && y < model_.height_px;
    return inside ? image[index(x, y)] : 0;
  }
  [[nodiscard]] bool jump(double a, double b) const {
    return a > 0 && b > 0 && std::abs(a - b) > slope_ * std::min(a, b);
  }
  [[nodiscard]] bool joined(double a, double b) const { return b > 0 && !jump(a, b); }
  [[nodiscard]] bool mixed(int x, int y, int dx, int dy) const {
    const double here = at(read_, x, y);
    const double a = at(read_, x - dx, y - dy), b = at(read_, x + dx, y + dy);
    return (jump(here, a) && (jump(here, b) || b == 0)) || (jump(here, b) && a == 0);
  }
  [[nodiscard]] double change(int x, int y, int dx, int dy) const {
    const double here = at(without_mixed_, x, y);
    double depth = 0, way = 0;
    const auto part = [&](const Eigen::Vector2d& of) { return dx != 0 ? of.x() : of.y(); };
    for (const int side : {-1, 1}) {
      const double other = at(without_mixed_, x + side * dx, y + side * dy);
      if (!joined(here, other)) continue;
      depth += side * (other - here);
      way += side * (part(*ray(x + side * dx, y + side * dy)) - part(*ray(x, y)));
    }
    return way > 0 ? depth / way : 0;
  }

  const CameraModel& model_;
  const FusionImages& images_;
  const double slope_, offset_mm_;
  std::vector<double> read_, without_mixed_;
};

std::vector<uint16_t> any_infrared(Dice& dice, size_t count) {
  std::vector<uint16_t> infrared(count);
  for (uint16_t& light : infrared) light = static_cast<uint16_t>(dice.in(0, 1000));
  return infrared;
}

TEST(CleanDepth, IsAsItsPlainForm) {
  expect_property({4, 60}, [](Dice& dice) {
    FusionCamera camera;
    camera.geometry =
        geometry_of(any_calibration(dice), DepthMode::nfov_2x2binned, ColorResolution::off);
    camera.depth_offset_m = dice.in(-10, 11) * 0.001;
    const std::vector<uint16_t> depth = any_scene(dice, *camera.geometry.depth);
    const std::vector<uint16_t> infrared = any_infrared(dice, depth.size());
    FusionImages images{.depth_mm = depth};
    if (dice.in(0, 2) == 0) images.infrared = infrared;
    const PlainCleaner plain(camera, images);
    for (const Kernels* kernels : usable_kernels()) {
      CleanDepth clean;
      DepthCleaner(camera, *kernels).clean(images, clean);
      RC_ASSERT(clean.depth_mm.size() == depth.size());
      size_t different = 0;  // at the threshold of a jump, where a rounding decides
      for (size_t i = 0; i < depth.size(); ++i) {
        const int x = static_cast<int>(i % 320), y = static_cast<int>(i / 320);
        different += std::abs(clean.depth_mm[i] - plain.depth(x, y)) > 0.51 ||
                     std::abs(clean.confidence[i] - plain.confidence(x, y)) > 1;
      }
      RC_ASSERT(different <= depth.size() / 10'000);
    }
  });
}

FusionCamera any_camera() {
  FusionCamera camera;
  camera.geometry = geometry_of(*parse_calibration(testing::kCheckCalibration),
                                DepthMode::nfov_2x2binned, ColorResolution::p720);
  return camera;
}

TEST(CleanDepth, WhatLiesBetweenTwoSurfacesGoes) {
  const FusionCamera camera = any_camera();
  std::vector<uint16_t> depth(pixels(*camera.geometry.depth), 1000);
  for (size_t i = 0; i < depth.size(); ++i) {
    const size_t x = i % 320;
    if (x == 100) depth[i] = 1300;
    if (x == 101) depth[i] = 1700;
    if (x > 101) depth[i] = 2000;
    if (x == 200) depth[i] = 0;
    if (x == 201) depth[i] = 1500;
  }
  CleanDepth clean;
  DepthCleaner(camera, best_kernels()).clean({.depth_mm = depth}, clean);
  const size_t row = 144 * 320;
  for (const size_t x : {100, 101, 200, 201}) EXPECT_EQ(clean.depth_mm[row + x], 0) << x;
  for (const size_t x : {99, 102, 199, 203}) EXPECT_NE(clean.depth_mm[row + x], 0) << x;
  EXPECT_LT(clean.confidence[row + 99], clean.confidence[row + 98]) << "an edge";
}

TEST(CleanDepth, NoSurfaceLeadsOverAJump) {
  const FusionCamera camera = any_camera();
  std::vector<uint16_t> depth(pixels(*camera.geometry.depth), 1000);
  for (size_t i = 0; i < depth.size(); ++i) {
    if (i % 320 >= 160) depth[i] = 1080;
  }
  CleanDepth clean;
  DepthCleaner(camera, best_kernels()).clean({.depth_mm = depth}, clean);
  const size_t row = 144 * 320;
  EXPECT_EQ(clean.depth_mm[row + 159], 1000);
  EXPECT_EQ(clean.depth_mm[row + 160], 0);
  EXPECT_EQ(clean.depth_mm[row + 161], 1080);
}

TEST(CleanDepth, UncleanedReadingsAreCorrectedAlike) {
  expect_property({20, 200}, [](Dice& dice) {
    FusionCamera camera = any_camera();
    camera.depth_offset_m = dice.in(-100, 101) * 0.0001;
    std::vector<uint16_t> depth = any_scene(dice, *camera.geometry.depth);
    depth[0] = 5;
    depth[1] = 65'535;
    const DepthCleaner cleaner(camera, best_kernels());
    CleanDepth clean;
    cleaner.clean({.depth_mm = depth}, clean);
    std::vector<PackedReading> uncleaned;
    cleaner.pack_uncleaned({.depth_mm = depth}, uncleaned);
    RC_ASSERT(uncleaned.size() == depth.size());
    const double offset_mm = camera.depth_offset_m * 1000;
    for (size_t i = 0; i < depth.size(); ++i) {
      // No more than a reading holds; and nothing stays nothing.
      const double corrected = depth[i] == 0 ? 0 : std::clamp(depth[i] - offset_mm, 0.0, 65'535.0);
      RC_ASSERT(std::abs(uncleaned[i] - corrected) < 0.501);
      if (clean.depth_mm[i] != 0) RC_ASSERT(uncleaned[i] == clean.depth_mm[i]);
    }
  });
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/transform/transformation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdlib>

#include "tests/support/check_calibration.h"
#include "tests/support/files.h"
#include "tests/support/plain_transformation.h"

namespace lockstep {
namespace {

using ::testing::ElementsAre;

using testing::kCheckCalibration;

DeviceGeometry check_geometry() {
  const auto calibration = parse_calibration(kCheckCalibration);
  EXPECT_TRUE(calibration) << (calibration ? "" : calibration.error().message);
  return geometry_of(*calibration, DepthMode::nfov_unbinned, ColorResolution::p1080);
}

std::vector<uint16_t> flat(const CameraModel& camera, uint16_t depth_mm) {
  return std::vector<uint16_t>(
      static_cast<size_t>(camera.width_px) * static_cast<size_t>(camera.height_px), depth_mm);
}

size_t pixels(const CameraModel& camera) {
  return flat(camera, 0).size();
}

TEST(Transformation, AFlatWallLiesInTheColourImageAsTheVendorsLibraryHasIt) {
  const DeviceGeometry geometry = check_geometry();
  const Transformation transformation(geometry);
  std::vector<uint16_t> out(pixels(*geometry.color), 7);
  ASSERT_TRUE(transformation.depth_to_color(flat(*geometry.depth, 1000), out));
  const auto filled = std::count_if(out.begin(), out.end(), [](uint16_t z) { return z != 0; });
  EXPECT_NEAR(static_cast<double>(filled), 1'551'775, 155);
  EXPECT_EQ(out[540 * 1920 + 960], 1010);
  EXPECT_EQ(out[300 * 1920 + 300], 1038);
}

TEST(Transformation, ACustomImageComesAlong) {
  const DeviceGeometry geometry = check_geometry();
  const Transformation transformation(geometry);
  const std::vector<uint8_t> custom(pixels(*geometry.depth), 50);
  std::vector<uint16_t> out(pixels(*geometry.color));
  std::vector<uint8_t> custom_out(out.size());
  ASSERT_TRUE(transformation.depth_to_color(
      flat(*geometry.depth, 1000), std::span<const uint8_t>(custom), out,
      std::span<uint8_t>(custom_out), Interpolation::linear, 0x1FE));
  EXPECT_EQ(custom_out[0], 254);
  EXPECT_EQ(custom_out[540 * 1920 + 960], 50);
}

TEST(Transformation, PointsAreWholeMillimetres) {
  const DeviceGeometry geometry = check_geometry();
  const Transformation transformation(geometry);
  std::vector<int16_t> xyz(3 * pixels(*geometry.depth));
  const auto at = [&](size_t u, size_t v) {
    const size_t i = 3 * (v * 640 + u);
    return std::vector<int>{xyz[i], xyz[i + 1], xyz[i + 2]};
  };
  ASSERT_TRUE(transformation.depth_points(flat(*geometry.depth, 1000), xyz));
  EXPECT_THAT(at(100, 100), ElementsAre(-520, -572, 1000));
  EXPECT_THAT(at(320, 288), ElementsAre(1, -107, 1000));
  ASSERT_TRUE(transformation.depth_points(flat(*geometry.depth, 40'000), xyz));
  EXPECT_THAT(at(100, 100), ElementsAre(-20'788, -22'874, -25'536));
}

TEST(Transformation, ColourLandsOnTheDepthImage) {
  const DeviceGeometry geometry = check_geometry();
  const Transformation transformation(geometry);
  std::vector<uint8_t> bgra(4 * pixels(*geometry.color));
  for (size_t i = 0; i < bgra.size() / 4; ++i) {
    const size_t x = i % 1920, y = i / 1920;
    bgra[4 * i] = static_cast<uint8_t>(x);
    bgra[4 * i + 1] = static_cast<uint8_t>(y);
    bgra[4 * i + 2] = static_cast<uint8_t>(x + y);
    bgra[4 * i + 3] = 255;
  }
  std::vector<uint8_t> out(4 * pixels(*geometry.depth));
  ASSERT_TRUE(transformation.color_to_depth(flat(*geometry.depth, 1000), bgra, out));
  size_t valid = 0;
  for (size_t i = 0; i < out.size(); i += 4) valid += out[i + 3] != 0;
  EXPECT_NEAR(static_cast<double>(valid), 319'066, 32);
  const size_t i = 4 * (288 * 640 + 320);
  EXPECT_THAT((std::vector<int>{out[i], out[i + 1], out[i + 2], out[i + 3]}),
              ElementsAre(163, 31, 194, 255));
}

TEST(Transformation, RefusesOtherSizesAndCamerasThatAreOff) {
  DeviceGeometry geometry = check_geometry();
  const std::vector<uint16_t> depth = flat(*geometry.depth, 1000);
  std::vector<uint16_t> out(pixels(*geometry.color));
  std::vector<int16_t> xyz(3 * depth.size());
  const std::span<const uint16_t> all(depth);
  EXPECT_FALSE(Transformation(geometry).depth_to_color(all.first(depth.size() - 1), out));
  EXPECT_FALSE(Transformation(geometry).depth_to_color(depth, std::span(out).first(1)));
  EXPECT_FALSE(Transformation(geometry).color_points(depth, xyz));
  geometry.color.reset();
  EXPECT_FALSE(Transformation(geometry).depth_to_color(depth, out));
  EXPECT_TRUE(Transformation(geometry).depth_points(depth, xyz));
  geometry.depth.reset();
  EXPECT_FALSE(Transformation(geometry).depth_points(depth, xyz));
}

// ---- against the plain form

/// A wall with ripples, a floor, boxes in front of it, and holes.
std::vector<uint16_t> any_scene(const CameraModel& camera) {
  const double ripple_mm = *rc::gen::inRange(0, 60);
  const double wall_mm = *rc::gen::inRange(700, 4000);
  const int boxes = *rc::gen::inRange(0, 4);
  const int holes_of_1000 = *rc::gen::inRange(0, 40);
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
      const bool hole = (u * 7919 + v * 104'729) % 1000 < holes_of_1000;
      depth[static_cast<size_t>(v * camera.width_px + u)] =
          hole ? uint16_t{0} : static_cast<uint16_t>(z);
    }
  }
  return depth;
}

/// Pixels that one has and the other lacks, or whose depth differs by more than a millimetre.
size_t different(const std::vector<uint16_t>& a, const std::vector<uint16_t>& b) {
  size_t count = 0;
  for (size_t i = 0; i < a.size(); ++i)
    count += (a[i] == 0) != (b[i] == 0) || std::abs(int{a[i]} - int{b[i]}) > 1;
  return count;
}

DeviceGeometry any_geometry() {
  const std::string json = *rc::gen::element(
      std::string(kCheckCalibration), testing::read_file(testing::factory_calibration_file()));
  const auto depth = *rc::gen::element(DepthMode::nfov_2x2binned, DepthMode::wfov_2x2binned);
  const auto color = *rc::gen::element(ColorResolution::p720, ColorResolution::p1536);
  return geometry_of(*parse_calibration(json), depth, color);
}

RC_GTEST_PROP(Transformation, DepthInTheColourImageIsThatOfThePlainForm, ()) {
  const DeviceGeometry geometry = any_geometry();
  const std::vector<uint16_t> depth = any_scene(*geometry.depth);
  std::vector<uint16_t> out(pixels(*geometry.color));
  RC_ASSERT(Transformation(geometry).depth_to_color(depth, out).ok());
  const auto plain = testing::plain_depth_to_color(geometry, depth);
  RC_ASSERT(different(out, plain.depth) <= out.size() / 10'000);
}

}  // namespace
}  // namespace lockstep

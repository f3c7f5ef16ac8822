// SPDX-License-Identifier: MIT
#include "lockstep/transform/transformation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/check_calibration.h"

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

}  // namespace
}  // namespace lockstep

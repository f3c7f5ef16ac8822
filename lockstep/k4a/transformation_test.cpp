// SPDX-License-Identifier: MIT
// The transformation functions through their C++ classes: which images they take, and the check
// vectors end to end.
#include <gtest/gtest.h>
#include <k4a/k4a.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include "tests/support/check_calibration.h"

namespace {

using lockstep::testing::kCheckCalibration;

constexpr int kDepthWidth = 640, kDepthHeight = 576, kColorWidth = 1920, kColorHeight = 1080;
constexpr auto kDepth16 = K4A_IMAGE_FORMAT_DEPTH16;
constexpr auto kCustom8 = K4A_IMAGE_FORMAT_CUSTOM8;
constexpr auto kCustom16 = K4A_IMAGE_FORMAT_CUSTOM16;
constexpr auto kBgra = K4A_IMAGE_FORMAT_COLOR_BGRA32;
constexpr auto kLinear = K4A_TRANSFORMATION_INTERPOLATION_TYPE_LINEAR;
constexpr auto kNearest = K4A_TRANSFORMATION_INTERPOLATION_TYPE_NEAREST;

k4a::calibration calibration(k4a_depth_mode_t depth = K4A_DEPTH_MODE_NFOV_UNBINNED,
                             k4a_color_resolution_t color = K4A_COLOR_RESOLUTION_1080P) {
  std::string text = kCheckCalibration;
  return k4a::calibration::get_from_raw(text.data(), text.size() + 1, depth, color);
}

template <typename Sample>
Sample* samples(k4a::image& image) {
  return reinterpret_cast<Sample*>(image.get_buffer());
}

k4a::image filled(k4a_image_format_t format, int width, int height, int byte, int stride = 0) {
  k4a::image image = k4a::image::create(format, width, height, stride);
  std::memset(image.get_buffer(), byte, image.get_size());
  return image;
}

/// 1000 mm everywhere.
k4a::image flat() {
  k4a::image depth = k4a::image::create(kDepth16, kDepthWidth, kDepthHeight, 0);
  std::fill_n(samples<uint16_t>(depth), kDepthWidth * kDepthHeight, uint16_t{1000});
  return depth;
}

class K4aTransformation : public ::testing::Test {
 protected:
  [[nodiscard]] k4a_result_t to_color(const k4a::image& depth, const k4a::image& out) const {
    return k4a_transformation_depth_image_to_color_camera(both_.handle(), depth.handle(),
                                                          out.handle());
  }
  [[nodiscard]] k4a_result_t custom(const k4a::image& custom, const k4a::image& custom_out) const {
    return k4a_transformation_depth_image_to_color_camera_custom(both_.handle(), depth_.handle(),
                                                                 custom.handle(), out_.handle(),
                                                                 custom_out.handle(), kLinear, 0);
  }
  [[nodiscard]] k4a_result_t to_depth(const k4a::image& color, const k4a::image& out) const {
    return k4a_transformation_color_image_to_depth_camera(both_.handle(), depth_.handle(),
                                                          color.handle(), out.handle());
  }
  [[nodiscard]] k4a_result_t cloud(k4a_calibration_type_t camera, const k4a::image& xyz) const {
    return k4a_transformation_depth_image_to_point_cloud(both_.handle(), depth_.handle(), camera,
                                                         xyz.handle());
  }

  const k4a::transformation both_{calibration()};
  const k4a::image depth_ = flat();
  const k4a::image out_ = k4a::image::create(kDepth16, kColorWidth, kColorHeight, 0);
};

TEST_F(K4aTransformation, CarriesDepthIntoColor) {
  k4a::image out = both_.depth_image_to_color_camera(depth_);
  ASSERT_EQ(out.get_size(), size_t{2} * kColorWidth * kColorHeight);
  const uint16_t* const pixels = samples<uint16_t>(out);
  EXPECT_NEAR(
      kColorWidth * kColorHeight - std::count(pixels, pixels + kColorWidth * kColorHeight, 0),
      1'551'775, 155);
  EXPECT_EQ(pixels[540 * kColorWidth + 960], 1010);
  EXPECT_EQ(pixels[300 * kColorWidth + 300], 1038);
}

TEST_F(K4aTransformation, CarriesCustomImagesAlong) {
  const k4a::image fifty = filled(kCustom8, kDepthWidth, kDepthHeight, 50);
  auto carried = both_.depth_image_to_color_camera_custom(depth_, fifty, kNearest, 0x1FE);
  const uint8_t* const bytes = carried.second.get_buffer();
  EXPECT_EQ(bytes[540 * kColorWidth + 960], 50);
  EXPECT_EQ(bytes[0], 254) << "what nothing shows gets the low bits of the invalid value";
  EXPECT_EQ(samples<uint16_t>(carried.first)[540 * kColorWidth + 960], 1010);

  const k4a::image wide = filled(kCustom16, kDepthWidth, kDepthHeight, 1);
  carried = both_.depth_image_to_color_camera_custom(depth_, wide, kLinear, 0x12345);
  EXPECT_EQ(samples<uint16_t>(carried.second)[540 * kColorWidth + 960], 0x101);
  EXPECT_EQ(samples<uint16_t>(carried.second)[0], 0x2345);
}

TEST_F(K4aTransformation, CarriesColorIntoDepth) {
  k4a::image color = k4a::image::create(kBgra, kColorWidth, kColorHeight, 0);
  uint8_t* to = color.get_buffer();
  for (int y = 0; y < kColorHeight; ++y) {
    for (int x = 0; x < kColorWidth; ++x) {
      for (const int value : {x, y, x + y, 255}) *to++ = static_cast<uint8_t>(value);
    }
  }
  const k4a::image carried = both_.color_image_to_depth_camera(depth_, color);
  const uint8_t* const pixel = carried.get_buffer() + 4 * (288 * kDepthWidth + 320);
  EXPECT_EQ((std::array{pixel[0], pixel[1], pixel[2], pixel[3]}),
            (std::array<uint8_t, 4>{163, 31, 194, 255}));
}

TEST_F(K4aTransformation, MakesPoints) {
  k4a::image xyz = both_.depth_image_to_point_cloud(depth_, K4A_CALIBRATION_TYPE_DEPTH);
  const auto point = [&](int x, int y) {
    const int16_t* const at = samples<int16_t>(xyz) + 3 * (y * kDepthWidth + x);
    return std::array{at[0], at[1], at[2]};
  };
  EXPECT_EQ(point(100, 100), (std::array<int16_t, 3>{-520, -572, 1000}));
  EXPECT_EQ(point(320, 288), (std::array<int16_t, 3>{1, -107, 1000}));

  k4a::image of_color = both_.depth_image_to_color_camera(depth_);
  xyz = both_.depth_image_to_point_cloud(of_color, K4A_CALIBRATION_TYPE_COLOR);
  EXPECT_EQ(xyz.get_width_pixels(), kColorWidth);
  EXPECT_EQ(samples<int16_t>(xyz)[3 * (540 * kColorWidth + 960) + 2], 1010);
}

TEST_F(K4aTransformation, TakesOnlyImagesOfItsCameras) {
  EXPECT_EQ(to_color(depth_, out_), K4A_RESULT_SUCCEEDED);
  for (const k4a::image& bad :
       {filled(kDepth16, kDepthWidth - 1, kDepthHeight, 0),
        filled(kDepth16, kDepthWidth, kDepthHeight + 1, 0),
        filled(kDepth16, kDepthWidth, kDepthHeight, 0, 2 * kDepthWidth + 2),
        filled(K4A_IMAGE_FORMAT_IR16, kDepthWidth, kDepthHeight, 0), k4a::image()}) {
    EXPECT_EQ(to_color(bad, out_), K4A_RESULT_FAILED);
  }
  for (const k4a::image& bad : {filled(kDepth16, kDepthWidth, kDepthHeight, 0),
                                filled(kDepth16, kColorWidth, kColorHeight, 0, 2 * kColorWidth + 2),
                                filled(kCustom16, kColorWidth, kColorHeight, 0), k4a::image()}) {
    EXPECT_EQ(to_color(depth_, bad), K4A_RESULT_FAILED);
  }
  const k4a::image color = filled(kBgra, kColorWidth, kColorHeight, 1);
  const k4a::image small = filled(kBgra, kDepthWidth, kDepthHeight, 1);
  EXPECT_EQ(to_depth(color, small), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(to_depth(small, small), K4A_RESULT_FAILED);
  EXPECT_EQ(to_depth(color, color), K4A_RESULT_FAILED);
  EXPECT_EQ(to_depth(filled(kBgra, kColorWidth, kColorHeight, 0, 4 * kColorWidth + 4), small),
            K4A_RESULT_FAILED);
}

TEST_F(K4aTransformation, TakesABufferOnlyIfItHoldsTheImage) {
  std::vector<uint8_t> bytes(16);
  const auto short_one =
      k4a::image::create_from_buffer(kDepth16, kDepthWidth, kDepthHeight, 2 * kDepthWidth,
                                     bytes.data(), bytes.size(), nullptr, nullptr);
  EXPECT_EQ(to_color(short_one, out_), K4A_RESULT_FAILED);
  bytes.resize(size_t{2} * kDepthWidth * kDepthHeight + 1);
  const auto odd_one =
      k4a::image::create_from_buffer(kDepth16, kDepthWidth, kDepthHeight, 2 * kDepthWidth,
                                     bytes.data() + 1, bytes.size() - 1, nullptr, nullptr);
  EXPECT_EQ(to_color(odd_one, out_), K4A_RESULT_FAILED);
}

TEST_F(K4aTransformation, TakesCustomImagesOfOneFormat) {
  const k4a::image in8 = filled(kCustom8, kDepthWidth, kDepthHeight, 1);
  const k4a::image in16 = filled(kCustom16, kDepthWidth, kDepthHeight, 1);
  const k4a::image out8 = filled(kCustom8, kColorWidth, kColorHeight, 1);
  const k4a::image out16 = filled(kCustom16, kColorWidth, kColorHeight, 1);
  EXPECT_EQ(custom(in8, out8), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(custom(in16, out16), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(custom({}, {}), K4A_RESULT_SUCCEEDED) << "as without custom images";
  EXPECT_EQ(custom(in8, {}), K4A_RESULT_FAILED);
  EXPECT_EQ(custom({}, out8), K4A_RESULT_FAILED);
  EXPECT_EQ(custom(in8, out16), K4A_RESULT_FAILED);
  EXPECT_EQ(custom(in16, out8), K4A_RESULT_FAILED);
  EXPECT_EQ(custom(out8, out8), K4A_RESULT_FAILED);
  EXPECT_EQ(custom(depth_, out_), K4A_RESULT_FAILED) << "of another format";
  EXPECT_EQ(
      custom(filled(K4A_IMAGE_FORMAT_CUSTOM, kDepthWidth, kDepthHeight, 1, 2 * kDepthWidth), out16),
      K4A_RESULT_FAILED);
}

TEST_F(K4aTransformation, TakesPointCloudsOfSixBytesAPixel) {
  const auto of_stride = [](k4a_image_format_t format, int stride) {
    return filled(format, kDepthWidth, kDepthHeight, 0, stride);
  };
  EXPECT_EQ(cloud(K4A_CALIBRATION_TYPE_DEPTH, of_stride(K4A_IMAGE_FORMAT_CUSTOM, 6 * kDepthWidth)),
            K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(cloud(K4A_CALIBRATION_TYPE_DEPTH, of_stride(kBgra, 6 * kDepthWidth)),
            K4A_RESULT_SUCCEEDED)
      << "the format is not asked for";
  for (const int stride : {6 * kDepthWidth - 2, 6 * kDepthWidth + 2, 8 * kDepthWidth})
    EXPECT_EQ(cloud(K4A_CALIBRATION_TYPE_DEPTH, of_stride(K4A_IMAGE_FORMAT_CUSTOM, stride)),
              K4A_RESULT_FAILED);
  const k4a::image good = of_stride(K4A_IMAGE_FORMAT_CUSTOM, 6 * kDepthWidth);
  for (const auto camera : {K4A_CALIBRATION_TYPE_COLOR, K4A_CALIBRATION_TYPE_GYRO,
                            K4A_CALIBRATION_TYPE_ACCEL, K4A_CALIBRATION_TYPE_UNKNOWN})
    EXPECT_EQ(cloud(camera, good), K4A_RESULT_FAILED) << camera;
}

TEST_F(K4aTransformation, WorksForTheCameraThatIsOn) {
  const k4a::transformation alone(
      calibration(K4A_DEPTH_MODE_NFOV_UNBINNED, K4A_COLOR_RESOLUTION_OFF));
  ASSERT_TRUE(alone);
  EXPECT_TRUE(alone.depth_image_to_point_cloud(depth_, K4A_CALIBRATION_TYPE_DEPTH));
  EXPECT_THROW(alone.depth_image_to_color_camera(depth_), k4a::error);
  const k4a::transformation color(calibration(K4A_DEPTH_MODE_OFF, K4A_COLOR_RESOLUTION_1080P));
  ASSERT_TRUE(color);
  EXPECT_TRUE(color.depth_image_to_point_cloud(out_, K4A_CALIBRATION_TYPE_COLOR));
  EXPECT_THROW(
      color.color_image_to_depth_camera(depth_, filled(kBgra, kColorWidth, kColorHeight, 0)),
      k4a::error);
}

TEST_F(K4aTransformation, LeavesMetadataAlone) {
  k4a::image out = k4a::image::create(kDepth16, kColorWidth, kColorHeight, 0);
  out.set_timestamp(std::chrono::microseconds(7));
  k4a::image stamped = flat();
  stamped.set_timestamp(std::chrono::microseconds(9));
  both_.depth_image_to_color_camera(stamped, &out);
  EXPECT_EQ(out.get_device_timestamp().count(), 7);
}

TEST_F(K4aTransformation, IsNoneOfABadCalibration) {
  k4a::calibration bad = calibration();
  bad.color_camera_calibration.intrinsics.parameters.param.fx = 0;
  EXPECT_FALSE(k4a::transformation(bad));
  bad = calibration();
  bad.depth_camera_calibration.intrinsics.parameter_count = 13;
  EXPECT_FALSE(k4a::transformation(bad));
  for (const int width : {-1, 0, 1'000'000}) {
    bad = calibration();
    bad.depth_camera_calibration.resolution_width = width;
    EXPECT_FALSE(k4a::transformation(bad)) << width;
  }
  bad = calibration();
  bad.depth_camera_calibration.intrinsics.type = K4A_CALIBRATION_LENS_DISTORTION_MODEL_THETA;
  EXPECT_FALSE(k4a::transformation(bad));
  EXPECT_EQ(k4a_transformation_depth_image_to_color_camera(nullptr, depth_.handle(), out_.handle()),
            K4A_RESULT_FAILED);
  k4a_transformation_destroy(nullptr);
}

}  // namespace

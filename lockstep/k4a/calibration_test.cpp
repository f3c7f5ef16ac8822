// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <k4a/k4a.h>

#include <string>
#include <vector>

#include "tests/support/check_calibration.h"
#include "tests/support/files.h"

namespace {

using lockstep::testing::kCheckCalibration;

k4a_calibration_t check_calibration() {
  std::string text = kCheckCalibration;
  k4a_calibration_t calibration{};
  EXPECT_EQ(k4a_calibration_get_from_raw(text.data(), text.size() + 1, K4A_DEPTH_MODE_NFOV_UNBINNED,
                                         K4A_COLOR_RESOLUTION_1080P, &calibration),
            K4A_RESULT_SUCCEEDED);
  return calibration;
}

void expect_near(const k4a_float3_t& point, float x, float y, float z) {
  EXPECT_NEAR(point.xyz.x, x, 2e-4);
  EXPECT_NEAR(point.xyz.y, y, 2e-4);
  EXPECT_NEAR(point.xyz.z, z, 2e-4);
}

TEST(K4aCalibration, IsThatOfTheModes) {
  const k4a_calibration_t calibration = check_calibration();
  const auto& depth = calibration.depth_camera_calibration;
  EXPECT_FLOAT_EQ(depth.intrinsics.parameters.param.cx, 319.5F);
  EXPECT_FLOAT_EQ(depth.intrinsics.parameters.param.cy, 341.74F);
  EXPECT_FLOAT_EQ(depth.intrinsics.parameters.param.fx, 501.76F);
  EXPECT_FLOAT_EQ(depth.intrinsics.parameters.param.fy, 502.272F);
  EXPECT_EQ(depth.intrinsics.parameter_count, 14U);
  EXPECT_EQ(depth.intrinsics.type, K4A_CALIBRATION_LENS_DISTORTION_MODEL_BROWN_CONRADY);
  EXPECT_EQ(depth.resolution_width, 640);
  EXPECT_EQ(depth.resolution_height, 576);
  const auto& color = calibration.color_camera_calibration;
  EXPECT_FLOAT_EQ(color.intrinsics.parameters.param.cx, 959.5F);
  EXPECT_FLOAT_EQ(color.intrinsics.parameters.param.cy, 546.7F);
  EXPECT_FLOAT_EQ(color.intrinsics.parameters.param.fx, 917.76F);
  EXPECT_FLOAT_EQ(color.intrinsics.parameters.param.fy, 917.28F);
  EXPECT_FLOAT_EQ(color.metric_radius, 1.7F);
  const float* t =
      calibration.extrinsics[K4A_CALIBRATION_TYPE_COLOR][K4A_CALIBRATION_TYPE_DEPTH].translation;
  EXPECT_NEAR(t[0], 32.0000, 1e-4);
  EXPECT_NEAR(t[1], 2.4078, 1e-4);
  EXPECT_NEAR(t[2], -3.7686, 1e-4);
  t = calibration.extrinsics[K4A_CALIBRATION_TYPE_COLOR][K4A_CALIBRATION_TYPE_ACCEL].translation;
  EXPECT_NEAR(t[0], -46.2314, 1e-4);
  EXPECT_NEAR(t[1], -29.0000, 1e-4);
  EXPECT_NEAR(t[2], 3.4078, 1e-4);
}

TEST(K4aCalibration, OfALensThatIsNotComputedWithIsReadAndRefusedByEveryUse) {
  std::string text = kCheckCalibration;
  const std::string model = "BrownConrady";
  text.replace(text.rfind(model), model.size(), "Theta");  // the colour camera's
  k4a_calibration_t calibration{};
  ASSERT_EQ(k4a_calibration_get_from_raw(text.data(), text.size() + 1, K4A_DEPTH_MODE_NFOV_UNBINNED,
                                         K4A_COLOR_RESOLUTION_1080P, &calibration),
            K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(calibration.color_camera_calibration.intrinsics.type,
            K4A_CALIBRATION_LENS_DISTORTION_MODEL_THETA);
  EXPECT_EQ(k4a_transformation_create(&calibration), nullptr);
  const k4a_float2_t pixel{{100, 100}};
  k4a_float3_t point{};
  int valid = 0;
  EXPECT_EQ(k4a_calibration_2d_to_3d(&calibration, &pixel, 1000, K4A_CALIBRATION_TYPE_COLOR,
                                     K4A_CALIBRATION_TYPE_COLOR, &point, &valid),
            K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_calibration_2d_to_3d(&calibration, &pixel, 1000, K4A_CALIBRATION_TYPE_DEPTH,
                                     K4A_CALIBRATION_TYPE_DEPTH, &point, &valid),
            K4A_RESULT_SUCCEEDED);
}

struct PointVector {
  k4a_float2_t pixel;
  float depth[3], color[3], color_pixel[2];
};

TEST(K4aCalibration, CarriesPointsAsTheVendorsLibraryDoes) {
  const k4a_calibration_t calibration = check_calibration();
  const PointVector vectors[] = {
      {{{100, 100}},
       {-519.6977F, -571.8394F, 1000},
       {-551.6977F, -465.9943F, 1058.3716F},
       {468.2262F, 131.9387F}},
      {{{320, 288}}, {1.0013F, -107.4256F, 1000}, {}, {931.3217F, 542.9432F}},
      {{{600.5F, 20.25F}}, {790.8120F, -903.7178F, 1000}, {}, {1572.4246F, -96.2400F}},
  };
  for (const PointVector& vector : vectors) {
    k4a_float3_t point{};
    k4a_float2_t pixel{};
    int valid = 0;
    ASSERT_EQ(
        k4a_calibration_2d_to_3d(&calibration, &vector.pixel, 1000, K4A_CALIBRATION_TYPE_DEPTH,
                                 K4A_CALIBRATION_TYPE_DEPTH, &point, &valid),
        K4A_RESULT_SUCCEEDED);
    EXPECT_EQ(valid, 1);
    expect_near(point, vector.depth[0], vector.depth[1], vector.depth[2]);
    ASSERT_EQ(k4a_calibration_3d_to_3d(&calibration, &point, K4A_CALIBRATION_TYPE_DEPTH,
                                       K4A_CALIBRATION_TYPE_COLOR, &point),
              K4A_RESULT_SUCCEEDED);
    if (vector.color[2] > 0) expect_near(point, vector.color[0], vector.color[1], vector.color[2]);
    ASSERT_EQ(
        k4a_calibration_2d_to_2d(&calibration, &vector.pixel, 1000, K4A_CALIBRATION_TYPE_DEPTH,
                                 K4A_CALIBRATION_TYPE_COLOR, &pixel, &valid),
        K4A_RESULT_SUCCEEDED);
    EXPECT_EQ(valid, 1);
    EXPECT_NEAR(pixel.xy.x, vector.color_pixel[0], 5e-4);
    EXPECT_NEAR(pixel.xy.y, vector.color_pixel[1], 5e-4);
  }
}

TEST(K4aCalibration, FindsAColourPixelInTheDepthImage) {
  const k4a_calibration_t calibration = check_calibration();
  k4a_image_t flat = nullptr;
  ASSERT_EQ(k4a_image_create(K4A_IMAGE_FORMAT_DEPTH16, 640, 576, 0, &flat), K4A_RESULT_SUCCEEDED);
  auto* const depth = reinterpret_cast<uint16_t*>(k4a_image_get_buffer(flat));
  std::fill(depth, depth + 640 * 576, uint16_t{1000});
  const k4a_float2_t color{{960, 540}};
  k4a_float2_t found{};
  int valid = 0;
  ASSERT_EQ(k4a_calibration_color_2d_to_depth_2d(&calibration, &color, flat, &found, &valid),
            K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(valid, 1);
  EXPECT_NEAR(found.xy.x, 336.1145, 5e-3);
  EXPECT_NEAR(found.xy.y, 286.4238, 5e-3);
  k4a_image_release(flat);
}

TEST(K4aCalibration, RefusesWhatIsNone) {
  std::string text = kCheckCalibration;
  k4a_calibration_t calibration{};
  const auto get = [&](const std::string& json, size_t size, int depth, int color) {
    std::string copy = json;
    return k4a_calibration_get_from_raw(copy.data(), size, static_cast<k4a_depth_mode_t>(depth),
                                        static_cast<k4a_color_resolution_t>(color), &calibration);
  };
  const size_t size = text.size() + 1;
  EXPECT_EQ(get(text, size, K4A_DEPTH_MODE_OFF, K4A_COLOR_RESOLUTION_OFF), K4A_RESULT_FAILED);
  EXPECT_EQ(get(text, size, 6, 1), K4A_RESULT_FAILED);
  EXPECT_EQ(get(text, size, 1, 7), K4A_RESULT_FAILED);
  EXPECT_EQ(get(text, size, -1, 1), K4A_RESULT_FAILED);
  EXPECT_EQ(get(text, size - 1, 1, 1), K4A_RESULT_FAILED);
  EXPECT_EQ(get(text.substr(0, 900), 901, 1, 1), K4A_RESULT_FAILED);
  EXPECT_EQ(get("", 1, 1, 1), K4A_RESULT_FAILED);
  EXPECT_EQ(get(text + " and more", size + 9, 1, 1), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(get(text, size, 1, K4A_COLOR_RESOLUTION_OFF), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(k4a_calibration_get_from_raw(nullptr, 10, K4A_DEPTH_MODE_NFOV_UNBINNED,
                                         K4A_COLOR_RESOLUTION_720P, &calibration),
            K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_calibration_get_from_raw(text.data(), size, K4A_DEPTH_MODE_NFOV_UNBINNED,
                                         K4A_COLOR_RESOLUTION_720P, nullptr),
            K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_transformation_create(nullptr), nullptr);
}

}  // namespace

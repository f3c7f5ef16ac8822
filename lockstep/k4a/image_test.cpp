// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <k4a/k4a.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace {

k4a_image_t make(k4a_image_format_t format, int width, int height, int stride) {
  k4a_image_t image = nullptr;
  return k4a_image_create(format, width, height, stride, &image) == K4A_RESULT_SUCCEEDED ? image
                                                                                         : nullptr;
}

struct Layout {
  k4a_image_format_t format;
  int width, height, stride;
  int stored_stride;  // 0: refused
  size_t bytes;
};

TEST(K4aImage, HasTheStrideAndSizeOfItsFormat) {
  const Layout layouts[] = {
      {K4A_IMAGE_FORMAT_COLOR_MJPG, 8, 8, 0, 0, 0},
      {K4A_IMAGE_FORMAT_COLOR_NV12, 8, 6, 0, 8, 72},
      {K4A_IMAGE_FORMAT_COLOR_NV12, 8, 6, 10, 10, 90},
      {K4A_IMAGE_FORMAT_COLOR_NV12, 7, 6, 0, 0, 0},
      {K4A_IMAGE_FORMAT_COLOR_NV12, 8, 5, 0, 0, 0},
      {K4A_IMAGE_FORMAT_COLOR_YUY2, 8, 5, 0, 16, 80},
      {K4A_IMAGE_FORMAT_COLOR_YUY2, 7, 5, 0, 0, 0},
      {K4A_IMAGE_FORMAT_COLOR_YUY2, 8, 5, 15, 0, 0},
      {K4A_IMAGE_FORMAT_COLOR_BGRA32, 10, 2, 41, 41, 82},
      {K4A_IMAGE_FORMAT_COLOR_BGRA32, 10, 2, 39, 0, 0},
      {K4A_IMAGE_FORMAT_DEPTH16, 10, 3, 0, 20, 60},
      {K4A_IMAGE_FORMAT_IR16, 10, 3, 24, 24, 72},
      {K4A_IMAGE_FORMAT_IR16, 10, 3, -20, 0, 0},
      {K4A_IMAGE_FORMAT_CUSTOM8, 10, 3, 0, 10, 30},
      {K4A_IMAGE_FORMAT_CUSTOM16, 10, 3, 0, 20, 60},
      {K4A_IMAGE_FORMAT_CUSTOM, 10, 3, 0, 0, 0},
      {K4A_IMAGE_FORMAT_CUSTOM, 10, 3, 7, 7, 21},
      {K4A_IMAGE_FORMAT_CUSTOM, 10, 3, -7, 0, 0},
      {K4A_IMAGE_FORMAT_CUSTOM, 19'999, 19'999, std::numeric_limits<int>::max(), 0, 0},
      {K4A_IMAGE_FORMAT_COLOR_BGRA32, 19'999, 19'999, 0, 79'996, 1'599'840'004},
  };
  for (const Layout& layout : layouts) {
    const k4a_image_t image = make(layout.format, layout.width, layout.height, layout.stride);
    SCOPED_TRACE(::testing::Message() << layout.format << " " << layout.width << "x"
                                      << layout.height << " stride " << layout.stride);
    EXPECT_EQ(image != nullptr, layout.stored_stride != 0);
    if (image == nullptr) continue;
    EXPECT_EQ(k4a_image_get_format(image), layout.format);
    EXPECT_EQ(k4a_image_get_width_pixels(image), layout.width);
    EXPECT_EQ(k4a_image_get_height_pixels(image), layout.height);
    EXPECT_EQ(k4a_image_get_stride_bytes(image), layout.stored_stride);
    EXPECT_EQ(k4a_image_get_size(image), layout.bytes);
    EXPECT_NE(k4a_image_get_buffer(image), nullptr);
    k4a_image_release(image);
  }
}

TEST(K4aImage, RefusesArgumentsAndLeavesTheHandleAlone) {
  auto untouched = reinterpret_cast<k4a_image_t>(uintptr_t{0x5a});
  k4a_image_t image = untouched;
  const auto refused = [&](int format, int width, int height) {
    return k4a_image_create(static_cast<k4a_image_format_t>(format), width, height, 0, &image) ==
               K4A_RESULT_FAILED &&
           image == untouched;
  };
  EXPECT_TRUE(refused(-1, 8, 8));
  EXPECT_TRUE(refused(9, 8, 8));
  EXPECT_TRUE(refused(K4A_IMAGE_FORMAT_DEPTH16, 0, 8));
  EXPECT_TRUE(refused(K4A_IMAGE_FORMAT_DEPTH16, 8, -1));
  EXPECT_TRUE(refused(K4A_IMAGE_FORMAT_DEPTH16, 20'000, 8));
  EXPECT_EQ(k4a_image_create(K4A_IMAGE_FORMAT_DEPTH16, 8, 8, 0, nullptr), K4A_RESULT_FAILED);
  // What only the format refuses leaves NULL.
  EXPECT_EQ(k4a_image_create(K4A_IMAGE_FORMAT_COLOR_MJPG, 8, 8, 0, &image), K4A_RESULT_FAILED);
  EXPECT_EQ(image, nullptr);
}

TEST(K4aImage, OfABorrowedBufferGivesItBackOnce) {
  std::array<uint8_t, 4> buffer{};
  int given_back = 0;
  const auto give_back = [](void* data, void* context) {
    ++*static_cast<int*>(context);
    EXPECT_NE(data, nullptr);
  };
  k4a_image_t image = nullptr;
  // Neither stride nor size are looked at.
  ASSERT_EQ(k4a_image_create_from_buffer(K4A_IMAGE_FORMAT_COLOR_MJPG, 20'000, 1, -3, buffer.data(),
                                         buffer.size(), give_back, &given_back, &image),
            K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(k4a_image_get_buffer(image), buffer.data());
  EXPECT_EQ(k4a_image_get_size(image), buffer.size());
  EXPECT_EQ(k4a_image_get_stride_bytes(image), -3);
  k4a_image_reference(image);
  k4a_image_release(image);
  EXPECT_EQ(given_back, 0);
  k4a_image_release(image);
  EXPECT_EQ(given_back, 1);
  k4a_image_release(image);  // once too often
  EXPECT_EQ(given_back, 1);
  for (const int side : {0, 20'001}) {
    EXPECT_EQ(k4a_image_create_from_buffer(K4A_IMAGE_FORMAT_CUSTOM, side, 1, 0, buffer.data(), 4,
                                           give_back, &given_back, &image),
              K4A_RESULT_FAILED);
  }
  EXPECT_EQ(k4a_image_create_from_buffer(K4A_IMAGE_FORMAT_CUSTOM, 1, 1, 0, nullptr, 4, nullptr,
                                         nullptr, &image),
            K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_image_create_from_buffer(K4A_IMAGE_FORMAT_CUSTOM, 1, 1, 0, buffer.data(), 0,
                                         nullptr, nullptr, &image),
            K4A_RESULT_FAILED);
  EXPECT_EQ(given_back, 1);
}

TEST(K4aImage, KeepsItsNumbers) {
  const k4a_image_t image = make(K4A_IMAGE_FORMAT_CUSTOM8, 1, 1, 0);
  EXPECT_EQ(k4a_image_get_device_timestamp_usec(image), 0U);
  k4a_image_set_device_timestamp_usec(image, 1);
  k4a_image_set_system_timestamp_nsec(image, 2);
  k4a_image_set_exposure_usec(image, 3);
  k4a_image_set_white_balance(image, 4);
  k4a_image_set_iso_speed(image, 5);
  EXPECT_EQ(k4a_image_get_device_timestamp_usec(image), 1U);
  EXPECT_EQ(k4a_image_get_system_timestamp_nsec(image), 2U);
  EXPECT_EQ(k4a_image_get_exposure_usec(image), 3U);
  EXPECT_EQ(k4a_image_get_white_balance(image), 4U);
  EXPECT_EQ(k4a_image_get_iso_speed(image), 5U);
  k4a_image_release(image);
}

// NULL, freed, never given out, and of another type.
TEST(K4aImage, OfAWrongHandleIsNothing) {
  const k4a_image_t freed = make(K4A_IMAGE_FORMAT_CUSTOM8, 1, 1, 0);
  k4a_image_release(freed);
  const k4a_image_t reused = make(K4A_IMAGE_FORMAT_CUSTOM8, 1, 1, 0);
  k4a_capture_t capture = nullptr;
  ASSERT_EQ(k4a_capture_create(&capture), K4A_RESULT_SUCCEEDED);
  for (const k4a_image_t wrong : {k4a_image_t{}, freed, reinterpret_cast<k4a_image_t>(capture),
                                  reinterpret_cast<k4a_image_t>(uintptr_t{0x1234567})}) {
    EXPECT_EQ(k4a_image_get_buffer(wrong), nullptr);
    EXPECT_EQ(k4a_image_get_size(wrong), 0U);
    EXPECT_EQ(k4a_image_get_format(wrong), K4A_IMAGE_FORMAT_CUSTOM);
    EXPECT_EQ(k4a_image_get_device_timestamp_usec(wrong), 0U);
    k4a_image_set_iso_speed(wrong, 5);
    k4a_image_reference(wrong);
    k4a_image_release(wrong);
  }
  EXPECT_NE(freed, reused);
  EXPECT_NE(k4a_image_get_buffer(reused), nullptr);
  k4a_image_release(reused);
  k4a_capture_release(capture);
}

// ---- captures

TEST(K4aCapture, HoldsItsImages) {
  k4a_capture_t capture = nullptr;
  EXPECT_EQ(k4a_capture_create(nullptr), K4A_RESULT_FAILED);
  ASSERT_EQ(k4a_capture_create(&capture), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(k4a_capture_get_color_image(capture), nullptr);
  const k4a_image_t image = make(K4A_IMAGE_FORMAT_CUSTOM8, 1, 1, 0);
  k4a_capture_set_depth_image(capture, image);
  k4a_image_release(image);
  k4a_capture_set_depth_image(capture, image);  // the capture's is the only reference
  const k4a_image_t same = k4a_capture_get_depth_image(capture);
  EXPECT_EQ(same, image);
  k4a_capture_set_depth_image(capture, nullptr);
  EXPECT_EQ(k4a_capture_get_depth_image(capture), nullptr);
  EXPECT_EQ(k4a_image_get_size(same), 1U);
  k4a_capture_set_ir_image(capture, same);
  k4a_capture_set_color_image(capture, same);
  k4a_image_release(same);
  k4a_capture_reference(capture);
  k4a_capture_release(capture);
  EXPECT_EQ(k4a_image_get_size(same), 1U);
  k4a_capture_release(capture);
  EXPECT_EQ(k4a_image_get_size(same), 0U);
  k4a_capture_release(capture);
  k4a_capture_set_ir_image(capture, nullptr);
}

TEST(K4aCapture, KeepsItsTemperatureUnlessItIsNone) {
  k4a_capture_t capture = nullptr;
  ASSERT_EQ(k4a_capture_create(&capture), K4A_RESULT_SUCCEEDED);
  EXPECT_TRUE(std::isnan(k4a_capture_get_temperature_c(capture)));
  k4a_capture_set_temperature_c(capture, 31.5F);
  k4a_capture_set_temperature_c(capture, NAN);
  EXPECT_EQ(k4a_capture_get_temperature_c(capture), 31.5F);
  k4a_capture_release(capture);
  EXPECT_TRUE(std::isnan(k4a_capture_get_temperature_c(capture)));
}

}  // namespace

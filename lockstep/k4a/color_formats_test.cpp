// SPDX-License-Identifier: MIT
// Colour images of every format from a device: their bytes, and that they are the program's own.
#include <gtest/gtest.h>
#include <k4a/k4a.h>

#include <algorithm>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/installed_rig.h"

namespace {

namespace lt = lockstep::testing;

struct Format {
  k4a_image_format_t format;
  k4a_color_resolution_t resolution;
  int width, height, stride;
  size_t bytes;
};
constexpr Format kFormats[] = {
    {K4A_IMAGE_FORMAT_COLOR_NV12, K4A_COLOR_RESOLUTION_720P, 1280, 720, 1280, 1'382'400},
    {K4A_IMAGE_FORMAT_COLOR_YUY2, K4A_COLOR_RESOLUTION_720P, 1280, 720, 2560, 1'843'200},
    {K4A_IMAGE_FORMAT_COLOR_BGRA32, K4A_COLOR_RESOLUTION_720P, 1280, 720, 5120, 3'686'400},
    {K4A_IMAGE_FORMAT_COLOR_BGRA32, K4A_COLOR_RESOLUTION_1536P, 2048, 1536, 8192, 12'582'912}};

class K4aColorFormats : public ::testing::Test {
 protected:
  K4aColorFormats() { EXPECT_EQ(k4a_device_open(0, &device_), K4A_RESULT_SUCCEEDED); }
  ~K4aColorFormats() override { k4a_device_close(device_); }

  [[nodiscard]] k4a_result_t start(k4a_image_format_t format,
                                   k4a_color_resolution_t resolution) const {
    k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
    config.color_format = format;
    config.color_resolution = resolution;
    return k4a_device_start_cameras(device_, &config);
  }

  /// The colour image of the next capture, to be released.
  [[nodiscard]] k4a_image_t next_color() const {
    k4a_capture_t capture = nullptr;
    EXPECT_EQ(k4a_device_get_capture(device_, &capture, 2000), K4A_WAIT_RESULT_SUCCEEDED);
    const k4a_image_t color = k4a_capture_get_color_image(capture);
    k4a_capture_release(capture);
    return color;
  }

  lt::InstalledRig rig_{
      "schema = 1\nrig = { name = \"formats\", frame_rate = 30 }\n"
      "camera = [ { name = \"one\", serial = \"virtual-0001\" } ]\n"
      "world = { timing_only = true }\n"};
  k4a_device_t device_ = nullptr;
};

TEST_F(K4aColorFormats, HaveTheirBytesAndStride) {
  for (const Format& format : kFormats) {
    ASSERT_EQ(start(format.format, format.resolution), K4A_RESULT_SUCCEEDED);
    const k4a_image_t image = next_color();
    EXPECT_EQ(k4a_image_get_format(image), format.format);
    EXPECT_EQ(k4a_image_get_width_pixels(image), format.width);
    EXPECT_EQ(k4a_image_get_height_pixels(image), format.height);
    EXPECT_EQ(k4a_image_get_stride_bytes(image), format.stride);
    EXPECT_EQ(k4a_image_get_size(image), format.bytes);
    k4a_image_release(image);
    k4a_device_stop_cameras(device_);
  }
}

TEST_F(K4aColorFormats, AreTheProgramsToWriteInto) {
  ASSERT_EQ(start(K4A_IMAGE_FORMAT_COLOR_BGRA32, K4A_COLOR_RESOLUTION_720P), K4A_RESULT_SUCCEEDED);
  const k4a_image_t first = next_color();
  const size_t bytes = k4a_image_get_size(first);
  const std::vector<uint8_t> grey(k4a_image_get_buffer(first), k4a_image_get_buffer(first) + bytes);
  EXPECT_EQ(grey[3], 255) << "alpha";
  std::fill_n(k4a_image_get_buffer(first), bytes, uint8_t{1});
  // The second while the first is held, the others perhaps in the memory of those before them.
  for (int i = 0; i < 5; ++i) {
    const k4a_image_t next = next_color();
    EXPECT_NE(k4a_image_get_buffer(next), k4a_image_get_buffer(first));
    EXPECT_TRUE(std::equal(grey.begin(), grey.end(), k4a_image_get_buffer(next)));
    std::fill_n(k4a_image_get_buffer(next), bytes, uint8_t{2});
    k4a_image_release(next);
  }
  EXPECT_EQ(k4a_image_get_buffer(first)[bytes - 1], 1);
  k4a_image_release(first);
}

TEST_F(K4aColorFormats, AreRefusedWhereNoCameraHasThem) {
  EXPECT_EQ(start(K4A_IMAGE_FORMAT_COLOR_NV12, K4A_COLOR_RESOLUTION_1080P), K4A_RESULT_FAILED);
  EXPECT_EQ(start(K4A_IMAGE_FORMAT_COLOR_YUY2, K4A_COLOR_RESOLUTION_2160P), K4A_RESULT_FAILED);
  EXPECT_EQ(start(K4A_IMAGE_FORMAT_COLOR_BGRA32, K4A_COLOR_RESOLUTION_3072P), K4A_RESULT_FAILED)
      << "at 30 fps";
}

}  // namespace

// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <k4a/k4a.h>
#include <k4arecord/playback.h>
#include <k4arecord/record.h>

#include <cstdlib>
#include <cstring>

#include "tests/support/k4a_playback.h"

namespace {

using lockstep::testing::OpenPlayback;
using lockstep::testing::TempFolder;

/// Writes one colour image of grey of a format.
void record_grey(const std::filesystem::path& path, k4a_image_format_t format) {
  k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  config.color_format = format;
  config.color_resolution = K4A_COLOR_RESOLUTION_720P;
  k4a_record_t record = nullptr;
  ASSERT_EQ(k4a_record_create(path.c_str(), nullptr, config, &record), K4A_RESULT_SUCCEEDED);
  ASSERT_EQ(k4a_record_write_header(record), K4A_RESULT_SUCCEEDED);
  k4a_image_t image = nullptr;
  uint8_t no_jpeg[] = "this is no JPEG";
  if (format == K4A_IMAGE_FORMAT_COLOR_MJPG) {
    k4a_image_create_from_buffer(format, 1280, 720, 0, no_jpeg, sizeof no_jpeg, nullptr, nullptr,
                                 &image);
  } else {
    k4a_image_create(format, 1280, 720, 0, &image);
    std::memset(k4a_image_get_buffer(image), 128, k4a_image_get_size(image));
  }
  k4a_capture_t capture = nullptr;
  k4a_capture_create(&capture);
  k4a_capture_set_color_image(capture, image);
  k4a_image_release(image);
  EXPECT_EQ(k4a_record_write_capture(record, capture), K4A_RESULT_SUCCEEDED);
  k4a_capture_release(capture);
  k4a_record_close(record);
}

TEST(K4aRecordedColor, IsConvertedFromWhatTheFileHolds) {
  const TempFolder folder;
  const auto bytes_as = [&](k4a_image_format_t stored, k4a_image_format_t asked) -> size_t {
    record_grey(folder / "grey.mkv", stored);
    const OpenPlayback file(folder / "grey.mkv");
    EXPECT_EQ(k4a_playback_set_color_conversion(file.handle, asked), K4A_RESULT_SUCCEEDED);
    k4a_capture_t capture = nullptr;
    if (k4a_playback_get_next_capture(file.handle, &capture) != K4A_STREAM_RESULT_SUCCEEDED) {
      EXPECT_EQ(capture, nullptr);
      return 0;
    }
    const k4a_image_t image = k4a_capture_get_color_image(capture);
    const size_t size = k4a_image_get_size(image);
    EXPECT_NEAR(k4a_image_get_buffer(image)[0], 130, 4);  // grey in all of them
    k4a_image_release(image);
    k4a_capture_release(capture);
    return size;
  };
  constexpr auto kNv12 = K4A_IMAGE_FORMAT_COLOR_NV12, kYuy2 = K4A_IMAGE_FORMAT_COLOR_YUY2,
                 kBgra = K4A_IMAGE_FORMAT_COLOR_BGRA32, kMjpg = K4A_IMAGE_FORMAT_COLOR_MJPG;
  constexpr size_t kPixels = size_t{1280} * 720;
  for (const auto stored : {kNv12, kYuy2}) {
    EXPECT_EQ(bytes_as(stored, kNv12), kPixels * 3 / 2);
    EXPECT_EQ(bytes_as(stored, kYuy2), kPixels * 2);
    EXPECT_EQ(bytes_as(stored, kBgra), kPixels * 4);
  }
  EXPECT_EQ(bytes_as(kBgra, kBgra), kPixels * 4);
  EXPECT_EQ(bytes_as(kBgra, kNv12), 0U);  // taken, and then no capture can be had
  EXPECT_EQ(bytes_as(kBgra, kYuy2), 0U);
  EXPECT_EQ(bytes_as(kMjpg, kBgra), 0U);  // since it is none
  record_grey(folder / "yuy2.mkv", kYuy2);
  const OpenPlayback yuy2(folder / "yuy2.mkv");
  EXPECT_EQ(k4a_playback_set_color_conversion(yuy2.handle, kMjpg), K4A_RESULT_FAILED);
}

TEST(K4aRecordedDevice, IsToldInTheFile) {
  const TempFolder folder;
  setenv("LOCKSTEP_RIG", "demo", 1);
  setenv("XDG_RUNTIME_DIR", folder.path().c_str(), 1);
  k4a_device_t device = nullptr;
  ASSERT_EQ(k4a_device_open(0, &device), K4A_RESULT_SUCCEEDED);
  k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  config.depth_mode = K4A_DEPTH_MODE_NFOV_UNBINNED;
  k4a_record_t record = nullptr;
  ASSERT_EQ(k4a_record_create((folder / "take.mkv").c_str(), device, config, &record),
            K4A_RESULT_SUCCEEDED);
  ASSERT_EQ(k4a_record_add_imu_track(record), K4A_RESULT_SUCCEEDED);
  ASSERT_EQ(k4a_record_write_header(record), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(k4a_record_write_imu_sample(record, {}), K4A_RESULT_SUCCEEDED);
  k4a_record_close(record);
  char serial[64];
  size_t size = sizeof serial;
  EXPECT_EQ(k4a_device_get_serialnum(device, serial, &size), K4A_BUFFER_RESULT_SUCCEEDED);
  k4a_calibration_t of_device, of_file;
  EXPECT_EQ(
      k4a_device_get_calibration(device, config.depth_mode, config.color_resolution, &of_device),
      K4A_RESULT_SUCCEEDED);
  k4a_device_close(device);
  unsetenv("LOCKSTEP_RIG");
  unsetenv("XDG_RUNTIME_DIR");
  const OpenPlayback file(folder / "take.mkv");
  EXPECT_EQ(lockstep::testing::tag_of(file.handle, "K4A_DEVICE_SERIAL_NUMBER"), serial);
  EXPECT_NE(lockstep::testing::tag_of(file.handle, "K4A_COLOR_FIRMWARE_VERSION"), "none");
  ASSERT_EQ(k4a_playback_get_calibration(file.handle, &of_file), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(std::memcmp(&of_device, &of_file, sizeof of_file), 0);
}

}  // namespace

// SPDX-License-Identifier: MIT
// The C++ classes of the C API own what they hold: once, or by one reference each.
#include <gtest/gtest.h>
#include <k4a/k4a.hpp>
#include <k4arecord/playback.hpp>
#include <k4arecord/record.hpp>

#include <chrono>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/installed_rig.h"

namespace {

namespace lt = lockstep::testing;
using std::chrono::microseconds;
using std::chrono::milliseconds;

static_assert(std::is_copy_constructible_v<k4a::image> && std::is_copy_assignable_v<k4a::capture>);
static_assert(!std::is_copy_constructible_v<k4a::device> &&
              std::is_nothrow_move_constructible_v<k4a::device>);
static_assert(!std::is_copy_assignable_v<k4a::record> && !std::is_copy_assignable_v<k4a::playback>);
static_assert(!std::is_copy_assignable_v<k4a::transformation> &&
              std::is_move_assignable_v<k4a::transformation>);
static_assert(std::is_base_of_v<k4a_calibration_t, k4a::calibration>);
static_assert(std::is_base_of_v<std::runtime_error, k4a::error>);

int freed = 0;

/// An image that counts when its buffer is given back.
k4a::image counted() {
  static std::vector<uint8_t> bytes(8);
  return k4a::image::create_from_buffer(
      K4A_IMAGE_FORMAT_CUSTOM8, 4, 2, 4, bytes.data(), bytes.size(), [](void*, void*) { ++freed; },
      nullptr);
}

TEST(K4aWrappers, ShareAnImageUntilTheLastGoes) {
  freed = 0;
  {
    k4a::image one = counted();
    k4a::image other = one;
    const k4a::image moved = std::move(one);
    EXPECT_EQ(one, nullptr);  // NOLINT(bugprone-use-after-move): what is left is promised
    EXPECT_TRUE(moved == other && !(moved != other) && nullptr != moved);
    k4a::image& itself = other;
    other = itself;
    EXPECT_TRUE(other.is_valid());
    other = std::move(itself);
    EXPECT_TRUE(other);
    other = nullptr;
    EXPECT_EQ(freed, 0);
    k4a::capture capture = k4a::capture::create();
    capture.set_ir_image(moved);
    EXPECT_EQ(capture.get_ir_image(), moved);
    EXPECT_EQ(capture.get_color_image(), nullptr);
    capture.set_ir_image(nullptr);
    EXPECT_FALSE(capture.get_ir_image());
  }
  EXPECT_EQ(freed, 1);
}

TEST(K4aWrappers, TellAndSetMetadata) {
  k4a::image image = counted();
  image.set_timestamp(microseconds(5));
  image.set_exposure_time(microseconds(6));
  image.set_white_balance(7);
  image.set_iso_speed(8);
  EXPECT_EQ(image.get_device_timestamp(), microseconds(5));
  EXPECT_EQ(image.get_exposure(), microseconds(6));
  EXPECT_EQ(image.get_white_balance(), 7U);
  EXPECT_EQ(image.get_iso_speed(), 8U);
  EXPECT_EQ(image.get_system_timestamp(), std::chrono::nanoseconds(0));
  EXPECT_EQ(image.get_format(), K4A_IMAGE_FORMAT_CUSTOM8);
  EXPECT_EQ(image.get_width_pixels() * 10 + image.get_height_pixels(), 42);
  EXPECT_EQ(image.get_stride_bytes(), 4);
  EXPECT_EQ(std::as_const(image).get_buffer(), image.get_buffer());
  k4a::capture capture = k4a::capture::create();
  capture.set_temperature_c(30);
  EXPECT_EQ(capture.get_temperature_c(), 30);
}

TEST(K4aWrappers, ThrowWhatFailed) {
  try {
    k4a::image::create(K4A_IMAGE_FORMAT_COLOR_MJPG, 1, 1, 0);
    FAIL();
  } catch (const k4a::error& thrown) {
    EXPECT_NE(std::string(thrown.what()).find("k4a_image_create"), std::string::npos);
  }
  EXPECT_THROW(k4a::playback::open("/no/such/file.mkv"), k4a::error);
  std::vector<uint8_t> no_calibration = {'{', '}', 0};
  EXPECT_THROW(k4a::calibration::get_from_raw(no_calibration, K4A_DEPTH_MODE_NFOV_UNBINNED,
                                              K4A_COLOR_RESOLUTION_OFF),
               k4a::error);
  k4a::device none;
  k4a::capture capture;
  EXPECT_THROW(none.get_capture(&capture, milliseconds(0)), k4a::error);
  EXPECT_THROW(none.get_serialnum(), k4a::error);
}

class K4aWrappedDevice : public ::testing::Test {
 protected:
  lt::InstalledRig rig_;
};

TEST_F(K4aWrappedDevice, IsAskedStartedRecordedAndClosed) {
  ASSERT_EQ(k4a::device::get_installed_count(), 3U);
  k4a::device device = k4a::device::open(0);
  EXPECT_THROW(k4a::device::open(0), k4a::error);
  EXPECT_EQ(device.get_serialnum(), "virtual-0001");
  EXPECT_FALSE(device.is_sync_in_connected());
  EXPECT_TRUE(device.is_sync_out_connected());
  EXPECT_EQ(device.get_version().firmware_build, K4A_FIRMWARE_BUILD_RELEASE);
  EXPECT_EQ(device.get_raw_calibration().back(), 0);
  device.set_color_control(K4A_COLOR_CONTROL_GAIN, K4A_COLOR_CONTROL_MODE_MANUAL, 100);
  k4a_color_control_mode_t mode = K4A_COLOR_CONTROL_MODE_AUTO;
  int32_t value = 0;
  device.get_color_control(K4A_COLOR_CONTROL_GAIN, &mode, &value);
  EXPECT_EQ(value, 100);
  EXPECT_EQ(device.get_calibration(K4A_DEPTH_MODE_NFOV_UNBINNED, K4A_COLOR_RESOLUTION_720P)
                .depth_camera_calibration.resolution_width,
            640);

  k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  config.color_resolution = K4A_COLOR_RESOLUTION_720P;
  EXPECT_THROW(device.start_imu(), k4a::error) << "without cameras";
  device.start_cameras(&config);
  device.start_imu();
  k4a::capture capture;
  ASSERT_TRUE(device.get_capture(&capture));
  EXPECT_TRUE(capture.get_color_image());
  EXPECT_TRUE(device.get_capture(&capture, milliseconds(2000)));
  k4a_imu_sample_t sample;
  EXPECT_TRUE(device.get_imu_sample(&sample, milliseconds(2000)));
  EXPECT_TRUE(device.get_imu_sample(&sample));
  device.stop_imu();
  device.stop_cameras();
  EXPECT_THROW(device.get_capture(&capture), k4a::error);
  k4a::device moved = std::move(device);
  EXPECT_FALSE(device);  // NOLINT(bugprone-use-after-move): what is left is promised
  moved = k4a::device();
  EXPECT_TRUE(k4a::device::open(0)) << "it was given back";
}

TEST_F(K4aWrappedDevice, RecordsAndPlaysBack) {
  const std::string path = (rig_.folder() / "custom.mkv").string();
  k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  std::vector<uint8_t> bytes = {1, 2, 3};
  {
    k4a::record record = k4a::record::create(path.c_str(), k4a::device(), config);
    record.add_tag("NAME", "value");
    record.add_attachment("notes.bin", bytes.data(), bytes.size());
    const k4a_record_subtitle_settings_t settings = {false};
    record.add_custom_subtitle_track("EVENTS", "S_EVENTS", nullptr, 0, &settings);
    record.write_header();
    for (int i = 0; i < 3; ++i)
      record.write_custom_track_data("EVENTS", milliseconds(i), bytes.data(), bytes.size());
    record.flush();
    EXPECT_THROW(record.write_imu_sample({}), k4a::error) << "there is no such track";
  }
  k4a::playback playback = k4a::playback::open(path.c_str());
  std::string value;
  EXPECT_TRUE(playback.get_tag("NAME", &value));
  EXPECT_EQ(value, "value");
  EXPECT_FALSE(playback.get_tag("NOT_THERE", &value));
  std::vector<uint8_t> notes;
  EXPECT_TRUE(playback.get_attachment("notes.bin", &notes));
  EXPECT_EQ(notes, bytes);
  EXPECT_FALSE(playback.get_attachment("none", &notes));
  EXPECT_EQ(playback.get_recording_length(), microseconds(2000));
  k4a::data_block block;
  int blocks = 0;
  while (playback.get_next_data_block("EVENTS", &block)) {
    EXPECT_EQ(block.get_device_timestamp_usec(), milliseconds(blocks++));
    EXPECT_EQ(std::vector(block.get_buffer(), block.get_buffer() + block.get_buffer_size()), bytes);
  }
  EXPECT_EQ(blocks, 3);
  playback.seek_timestamp(microseconds(0), K4A_PLAYBACK_SEEK_END);
  EXPECT_TRUE(playback.get_previous_data_block("EVENTS", &block));
  EXPECT_EQ(block.get_device_timestamp_usec(), milliseconds(2));
  k4a::capture capture;
  EXPECT_FALSE(playback.get_next_capture(&capture));
  k4a_imu_sample_t sample;
  EXPECT_FALSE(playback.get_next_imu_sample(&sample));
  EXPECT_THROW(playback.set_color_conversion(K4A_IMAGE_FORMAT_COLOR_BGRA32), k4a::error);
  k4a::playback moved = std::move(playback);
  EXPECT_FALSE(playback);  // NOLINT(bugprone-use-after-move): what is left is promised
  moved.close();
  EXPECT_FALSE(moved);
}

TEST(K4aWrappers, PlayARealRecording) {
  k4a::playback playback =
      k4a::playback::open(lt::source_file("tests/data/real-recording/recording.mkv").c_str());
  const k4a::calibration calibration = playback.get_calibration();
  k4a_float3_t point = {{0, 0, 1000}};
  point =
      calibration.convert_3d_to_3d(point, K4A_CALIBRATION_TYPE_DEPTH, K4A_CALIBRATION_TYPE_COLOR);
  k4a_float2_t pixel;
  EXPECT_TRUE(calibration.convert_3d_to_2d(point, K4A_CALIBRATION_TYPE_COLOR,
                                           K4A_CALIBRATION_TYPE_COLOR, &pixel));
  EXPECT_TRUE(calibration.convert_2d_to_3d(pixel, point.xyz.z, K4A_CALIBRATION_TYPE_COLOR,
                                           K4A_CALIBRATION_TYPE_DEPTH, &point));
  EXPECT_NEAR(point.xyz.z, 1000, 0.1);
  EXPECT_NEAR(point.xyz.x, 0, 0.1);
  k4a_float2_t back;
  EXPECT_TRUE(calibration.convert_2d_to_2d(pixel, 1000, K4A_CALIBRATION_TYPE_COLOR,
                                           K4A_CALIBRATION_TYPE_COLOR, &back));
  playback.set_color_conversion(K4A_IMAGE_FORMAT_COLOR_BGRA32);
  k4a::capture capture;
  ASSERT_TRUE(playback.get_next_capture(&capture));
  const k4a::image depth = capture.get_depth_image();
  EXPECT_EQ(capture.get_color_image().get_format(), K4A_IMAGE_FORMAT_COLOR_BGRA32);
  EXPECT_TRUE(calibration.convert_color_2d_to_depth_2d({{640, 360}}, depth, &pixel));
  const k4a::transformation transformation(calibration);
  EXPECT_TRUE(transformation.color_image_to_depth_camera(depth, capture.get_color_image()));
  k4a_imu_sample_t sample;
  EXPECT_TRUE(playback.get_next_imu_sample(&sample));
  EXPECT_FALSE(playback.get_previous_capture(&capture));
  EXPECT_EQ(playback.get_record_configuration().camera_fps, K4A_FRAMES_PER_SECOND_5);
  std::vector<uint8_t> raw = playback.get_raw_calibration();
  EXPECT_EQ(k4a::calibration::get_from_raw(raw.data(), raw.size(), K4A_DEPTH_MODE_NFOV_UNBINNED,
                                           K4A_COLOR_RESOLUTION_720P)
                .color_camera_calibration.resolution_width,
            1280);
}

}  // namespace

// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <k4a/k4a.h>
#include <k4arecord/record.h>

#include <cstring>
#include <filesystem>

#include "tests/support/files.h"

// Recordings as programs of the C API make them.

namespace lockstep::testing {

inline constexpr auto kDone = K4A_RESULT_SUCCEEDED;
inline constexpr auto kFailed = K4A_RESULT_FAILED;

/// Colour and depth of a subordinate, at 30 frames per second.
inline k4a_device_configuration_t camera() {
  k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  config.color_resolution = K4A_COLOR_RESOLUTION_720P;
  config.depth_mode = K4A_DEPTH_MODE_NFOV_2X2BINNED;
  config.wired_sync_mode = K4A_WIRED_SYNC_MODE_SUBORDINATE;
  config.subordinate_delay_off_master_usec = 160;
  config.depth_delay_off_color_usec = -160;
  return config;
}

/// A recording under way in a folder of its own.
class K4aRecord : public ::testing::Test {
 protected:
  ~K4aRecord() override {
    if (record != nullptr) k4a_record_close(record);
  }

  void create(k4a_device_configuration_t config = camera()) {
    ASSERT_EQ(k4a_record_create(path().c_str(), nullptr, config, &record), kDone);
  }
  void close() {
    k4a_record_close(record);
    record = nullptr;
  }
  [[nodiscard]] std::filesystem::path path() const { return folder / "take.mkv"; }

  static k4a_image_t image(k4a_image_format_t format, uint64_t stamp_us, uint8_t first = 0) {
    k4a_image_t made = nullptr;
    if (format == K4A_IMAGE_FORMAT_COLOR_MJPG) {
      static uint8_t jpeg[] = "not looked at";
      k4a_image_create_from_buffer(format, 1280, 720, 0, jpeg, sizeof jpeg, nullptr, nullptr,
                                   &made);
    } else {
      k4a_image_create(format, 320, 288, 0, &made);
      std::memset(k4a_image_get_buffer(made), 0, k4a_image_get_size(made));
      k4a_image_get_buffer(made)[0] = first;
    }
    k4a_image_set_device_timestamp_usec(made, stamp_us);
    return made;
  }

  /// Writes a capture of these images, which it releases; null: none.
  k4a_result_t write(k4a_image_t color, k4a_image_t depth, k4a_image_t ir) {
    k4a_capture_t capture = nullptr;
    k4a_capture_create(&capture);
    k4a_capture_set_color_image(capture, color);
    k4a_capture_set_depth_image(capture, depth);
    k4a_capture_set_ir_image(capture, ir);
    for (const k4a_image_t given : {color, depth, ir}) {
      if (given != nullptr) k4a_image_release(given);
    }
    const k4a_result_t result = k4a_record_write_capture(record, capture);
    k4a_capture_release(capture);
    return result;
  }

  k4a_result_t write_at(uint64_t us) {
    return write(image(K4A_IMAGE_FORMAT_COLOR_MJPG, us),
                 image(K4A_IMAGE_FORMAT_DEPTH16, us - 160, 7),
                 image(K4A_IMAGE_FORMAT_IR16, us - 160));
  }

  k4a_result_t write_imu(uint64_t us) {
    k4a_imu_sample_t sample{};
    sample.acc_timestamp_usec = us;
    sample.gyro_timestamp_usec = us + 2;
    sample.acc_sample.xyz.y = 9.5F;
    return k4a_record_write_imu_sample(record, sample);
  }

  TempFolder folder;
  k4a_record_t record = nullptr;
};

}  // namespace lockstep::testing

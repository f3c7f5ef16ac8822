// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <k4a/k4a.h>
#include <k4arecord/playback.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "tests/support/k4a_playback.h"

namespace {

using lockstep::testing::next;
using lockstep::testing::next_imu;
using lockstep::testing::OpenPlayback;
using lockstep::testing::previous;
using lockstep::testing::previous_imu;
using lockstep::testing::stamp_and_release;
using lockstep::testing::tag_of;
using ::testing::ElementsAre;

constexpr const char* kReal = "tests/data/real-recording/recording.mkv";
constexpr const char* kMaster = "tests/data/vendor-written/two-cameras-master.mkv";
constexpr const char* kImu = "tests/data/vendor-written/colour-imu-30fps.mkv";
constexpr const char* kLate = "tests/data/vendor-written/past-71-minutes.mkv";

TEST(K4aPlayback, TellsHowARealCameraWasSet) {
  const OpenPlayback file(kReal);
  k4a_record_configuration_t config;
  ASSERT_EQ(k4a_playback_get_record_configuration(file.handle, &config), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(config.color_format, K4A_IMAGE_FORMAT_COLOR_MJPG);
  EXPECT_EQ(config.color_resolution, K4A_COLOR_RESOLUTION_720P);
  EXPECT_EQ(config.depth_mode, K4A_DEPTH_MODE_NFOV_UNBINNED);
  EXPECT_EQ(config.camera_fps, K4A_FRAMES_PER_SECOND_5);
  EXPECT_TRUE(config.color_track_enabled && config.depth_track_enabled && config.ir_track_enabled &&
              config.imu_track_enabled);
  EXPECT_EQ(config.wired_sync_mode, K4A_WIRED_SYNC_MODE_STANDALONE);
  EXPECT_EQ(config.depth_delay_off_color_usec, 0);
  EXPECT_EQ(config.start_timestamp_offset_usec, 336'277U);
  EXPECT_EQ(k4a_playback_get_recording_length_usec(file.handle), 463'945U);
  EXPECT_EQ(tag_of(file.handle, "K4A_DEVICE_SERIAL_NUMBER"), "001514394512");
  EXPECT_EQ(tag_of(file.handle, "K4A_COLOR_MODE"), "MJPG_720P");
}

TEST(K4aPlayback, GivesTheCaptureAndTheSampleOfARealCamera) {
  const OpenPlayback file(kReal);
  k4a_capture_t capture = nullptr;
  ASSERT_EQ(k4a_playback_get_next_capture(file.handle, &capture), K4A_STREAM_RESULT_SUCCEEDED);
  EXPECT_TRUE(std::isnan(k4a_capture_get_temperature_c(capture)));
  const k4a_image_t color = k4a_capture_get_color_image(capture);
  EXPECT_EQ(k4a_image_get_size(color), 217'095U);
  EXPECT_EQ(k4a_image_get_stride_bytes(color), 0);
  EXPECT_EQ(k4a_image_get_width_pixels(color), 1280);
  EXPECT_EQ(k4a_image_get_exposure_usec(color), 0U);
  EXPECT_EQ(k4a_image_get_system_timestamp_nsec(color), 0U);
  EXPECT_EQ(stamp_and_release(color), 800'222U);
  const k4a_image_t depth = k4a_capture_get_depth_image(capture);
  EXPECT_EQ(k4a_image_get_stride_bytes(depth), 1280);
  const auto* const mm = reinterpret_cast<const uint16_t*>(k4a_image_get_buffer(depth));
  EXPECT_EQ(mm[288 * 640 + 320], 1939);  // of the host's byte order
  k4a_capture_release(capture);          // the image stays
  EXPECT_EQ(mm[288 * 640 + 320], 1939);
  k4a_image_release(depth);
  EXPECT_THAT(next(file.handle), ElementsAre());

  k4a_imu_sample_t sample;
  ASSERT_EQ(k4a_playback_get_next_imu_sample(file.handle, &sample), K4A_STREAM_RESULT_SUCCEEDED);
  EXPECT_EQ(sample.acc_timestamp_usec, 336'277U);
  EXPECT_FLOAT_EQ(sample.acc_sample.xyz.x, -2.888193F);
  EXPECT_NEAR(sample.gyro_sample.xyz.z, 0.0060235F, 1e-7);
  EXPECT_TRUE(std::isnan(sample.temperature));
  ASSERT_EQ(k4a_playback_get_next_imu_sample(file.handle, &sample), K4A_STREAM_RESULT_EOF);
  EXPECT_EQ(sample.acc_timestamp_usec, 0U);
  EXPECT_EQ(sample.acc_sample.xyz.x, 0.0F);
}

TEST(K4aPlayback, GivesTheCalibrationInTheModesOfTheRecording) {
  const OpenPlayback file(kReal);
  size_t size = 0;
  ASSERT_EQ(k4a_playback_get_raw_calibration(file.handle, nullptr, &size),
            K4A_BUFFER_RESULT_TOO_SMALL);
  EXPECT_EQ(size, 3901U);  // its NUL is not in the file
  std::vector<uint8_t> raw(size + 10);
  size = raw.size();
  ASSERT_EQ(k4a_playback_get_raw_calibration(file.handle, raw.data(), &size),
            K4A_BUFFER_RESULT_SUCCEEDED);
  EXPECT_EQ(size, 3901U);
  EXPECT_EQ(raw[3900], 0);
  k4a_calibration_t from_raw, calibration;
  ASSERT_EQ(k4a_calibration_get_from_raw(reinterpret_cast<char*>(raw.data()), size,
                                         K4A_DEPTH_MODE_NFOV_UNBINNED, K4A_COLOR_RESOLUTION_720P,
                                         &from_raw),
            K4A_RESULT_SUCCEEDED);
  for (int again = 0; again < 2; ++again) {
    ASSERT_EQ(k4a_playback_get_calibration(file.handle, &calibration), K4A_RESULT_SUCCEEDED);
    EXPECT_EQ(std::memcmp(&calibration, &from_raw, sizeof calibration), 0);
  }
  EXPECT_EQ(k4a_playback_get_calibration(file.handle, nullptr), K4A_RESULT_FAILED);
  size = 5000;
  std::vector<uint8_t> attached(size);
  ASSERT_EQ(k4a_playback_get_attachment(file.handle, "calibration.json", attached.data(), &size),
            K4A_BUFFER_RESULT_SUCCEEDED);
  EXPECT_EQ(size, 3900U);
}

TEST(K4aPlayback, ListsTracksByName) {
  const OpenPlayback file(kReal);
  ASSERT_EQ(k4a_playback_get_track_count(file.handle), 4U);
  std::vector<std::string> names;
  for (size_t i = 0; i < 4; ++i) {
    char name[16];
    size_t size = sizeof name;
    ASSERT_EQ(k4a_playback_get_track_name(file.handle, i, name, &size),
              K4A_BUFFER_RESULT_SUCCEEDED);
    EXPECT_EQ(size, std::strlen(name) + 1);
    names.emplace_back(name);
    EXPECT_TRUE(k4a_playback_track_is_builtin(file.handle, name));
  }
  EXPECT_THAT(names, ElementsAre("COLOR", "DEPTH", "IMU", "IR"));
  size_t size = 0;
  EXPECT_EQ(k4a_playback_get_track_name(file.handle, 4, nullptr, &size), K4A_BUFFER_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_get_track_name(file.handle, 0, nullptr, &size),
            K4A_BUFFER_RESULT_TOO_SMALL);
  EXPECT_EQ(size, 6U);
  EXPECT_TRUE(k4a_playback_check_track_exists(file.handle, K4A_TRACK_NAME_IMU));
  EXPECT_FALSE(k4a_playback_check_track_exists(file.handle, "imu"));
  EXPECT_FALSE(k4a_playback_check_track_exists(file.handle, nullptr));
  EXPECT_FALSE(k4a_playback_track_is_builtin(file.handle, "imu"));

  k4a_record_video_settings_t video;
  ASSERT_EQ(k4a_playback_track_get_video_settings(file.handle, "DEPTH", &video),
            K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(video.width, 640U);
  EXPECT_EQ(video.height, 576U);
  EXPECT_EQ(video.frame_rate, 5U);
  EXPECT_EQ(k4a_playback_track_get_video_settings(file.handle, "IMU", &video), K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_track_get_video_settings(file.handle, "DEPTH", nullptr),
            K4A_RESULT_FAILED);
  char codec[32];
  size = sizeof codec;
  ASSERT_EQ(k4a_playback_track_get_codec_id(file.handle, "IMU", codec, &size),
            K4A_BUFFER_RESULT_SUCCEEDED);
  EXPECT_STREQ(codec, "S_K4A/IMU");
  uint8_t context[64];
  size = sizeof context;
  EXPECT_EQ(k4a_playback_track_get_codec_context(file.handle, "IR", context, &size),
            K4A_BUFFER_RESULT_SUCCEEDED);
  EXPECT_EQ(size, 40U);
  size = sizeof context;
  EXPECT_EQ(k4a_playback_track_get_codec_context(file.handle, "IMU", context, &size),
            K4A_BUFFER_RESULT_SUCCEEDED);
  EXPECT_EQ(size, 0U);
  EXPECT_EQ(k4a_playback_track_get_codec_context(file.handle, "IMU", nullptr, &size),
            K4A_BUFFER_RESULT_TOO_SMALL);
  EXPECT_EQ(size, 0U);
}

TEST(K4aPlayback, GivesTagsByTheirNames) {
  const OpenPlayback file(kReal);
  size_t size = 0;
  EXPECT_EQ(k4a_playback_get_tag(file.handle, "K4A_IR_MODE", nullptr, &size),
            K4A_BUFFER_RESULT_TOO_SMALL);
  EXPECT_EQ(size, 7U);
  std::vector<char> value(10, 'x');
  size = value.size();
  EXPECT_EQ(k4a_playback_get_tag(file.handle, "K4A_IR_MODE", value.data(), &size),
            K4A_BUFFER_RESULT_SUCCEEDED);
  EXPECT_EQ(size, 7U);
  EXPECT_EQ(std::string(value.data(), 10), std::string("ACTIVE\0\0\0\0", 10));
  size = 6;
  value.assign(10, 'x');
  EXPECT_EQ(k4a_playback_get_tag(file.handle, "K4A_IR_MODE", value.data(), &size),
            K4A_BUFFER_RESULT_TOO_SMALL);
  EXPECT_EQ(value[0], 'x');
  EXPECT_EQ(k4a_playback_get_tag(file.handle, "none", value.data(), &size),
            K4A_BUFFER_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_get_tag(file.handle, nullptr, value.data(), &size),
            K4A_BUFFER_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_get_tag(file.handle, "K4A_IR_MODE", value.data(), nullptr),
            K4A_BUFFER_RESULT_FAILED);
}

TEST(K4aPlayback, GoesForwardsAndBackwardsThroughCaptures) {
  const OpenPlayback file(kMaster);
  std::vector<std::vector<uint64_t>> forwards;
  for (auto capture = next(file.handle); !capture.empty(); capture = next(file.handle))
    forwards.push_back(capture);
  ASSERT_GT(forwards.size(), 3U);
  EXPECT_EQ(forwards[0][0], 0U);  // the master's first captures lack colour
  EXPECT_EQ(forwards[1][0], 0U);
  EXPECT_NE(forwards[2][0], 0U);
  // The end is the end however often it is met.
  for (int i = 0; i < 3; ++i) EXPECT_THAT(next(file.handle), ElementsAre());
  for (size_t i = forwards.size(); i > 0; --i)
    EXPECT_EQ(previous(file.handle), forwards[i - 1]) << i;
  for (int i = 0; i < 3; ++i) EXPECT_THAT(previous(file.handle), ElementsAre());
  EXPECT_EQ(next(file.handle), forwards[0]);
  EXPECT_EQ(next(file.handle), forwards[1]);
  EXPECT_EQ(previous(file.handle), forwards[0]);
  EXPECT_EQ(next(file.handle), forwards[1]);
  EXPECT_EQ(next(file.handle), forwards[2]);
}

TEST(K4aPlayback, SeeksFromBothEndsAndByDeviceTime) {
  const OpenPlayback file(kMaster);
  std::vector<std::vector<uint64_t>> all;
  for (auto capture = next(file.handle); !capture.empty(); capture = next(file.handle))
    all.push_back(capture);
  k4a_record_configuration_t config;
  ASSERT_EQ(k4a_playback_get_record_configuration(file.handle, &config), K4A_RESULT_SUCCEEDED);
  const auto seek = [&](int64_t offset, k4a_playback_seek_origin_t origin) {
    EXPECT_EQ(k4a_playback_seek_timestamp(file.handle, offset, origin), K4A_RESULT_SUCCEEDED);
  };
  for (const int64_t before : {int64_t{0}, int64_t{-1}, INT64_MIN}) {
    seek(before, K4A_PLAYBACK_SEEK_BEGIN);
    EXPECT_THAT(previous(file.handle), ElementsAre());
    EXPECT_EQ(next(file.handle), all.front());
  }
  for (const int64_t behind : {int64_t{0}, int64_t{1}, INT64_MAX}) {
    seek(behind, K4A_PLAYBACK_SEEK_END);
    EXPECT_THAT(next(file.handle), ElementsAre());
    EXPECT_EQ(previous(file.handle), all.back());
  }
  seek(INT64_MIN, K4A_PLAYBACK_SEEK_END);
  EXPECT_EQ(next(file.handle), all.front());
  seek(INT64_MAX, K4A_PLAYBACK_SEEK_BEGIN);
  EXPECT_THAT(next(file.handle), ElementsAre());
  EXPECT_EQ(previous(file.handle), all.back());
  seek(INT64_MIN, K4A_PLAYBACK_SEEK_DEVICE_TIME);
  EXPECT_EQ(next(file.handle), all.front());
  for (size_t i = 2; i + 1 < all.size(); ++i) {
    // At each of its images, and between them, the capture is whole.
    for (const uint64_t stamp : {all[i][0], all[i][1], (all[i][0] + all[i][1] + 1) / 2}) {
      seek(static_cast<int64_t>(stamp), K4A_PLAYBACK_SEEK_DEVICE_TIME);
      EXPECT_EQ(next(file.handle), all[i]) << stamp;
      seek(static_cast<int64_t>(stamp), K4A_PLAYBACK_SEEK_DEVICE_TIME);
      EXPECT_EQ(previous(file.handle), all[i - 1]) << stamp;
      EXPECT_EQ(next(file.handle), all[i]) << stamp;
    }
    const auto latest = static_cast<int64_t>(std::max(all[i][0], all[i][1]));
    seek(latest + 1 - config.start_timestamp_offset_usec, K4A_PLAYBACK_SEEK_BEGIN);
    EXPECT_EQ(next(file.handle), all[i + 1]);
  }
  EXPECT_EQ(k4a_playback_seek_timestamp(file.handle, 0, static_cast<k4a_playback_seek_origin_t>(3)),
            K4A_RESULT_FAILED);
  EXPECT_EQ(previous(file.handle), all[all.size() - 2]);  // where it was
}

TEST(K4aPlayback, GoesThroughTheSamplesOfTheImuByTheirOwnTimes) {
  const OpenPlayback file(kImu);
  std::vector<uint64_t> forwards;
  for (uint64_t at = next_imu(file.handle); at != 0; at = next_imu(file.handle))
    forwards.push_back(at);
  ASSERT_GT(forwards.size(), 1000U);
  EXPECT_TRUE(std::is_sorted(forwards.begin(), forwards.end()));
  EXPECT_EQ(next_imu(file.handle), 0U);
  std::vector<uint64_t> backwards;
  for (uint64_t at = previous_imu(file.handle); at != 0; at = previous_imu(file.handle))
    backwards.push_back(at);
  std::reverse(backwards.begin(), backwards.end());
  EXPECT_EQ(backwards, forwards);
  EXPECT_EQ(previous_imu(file.handle), 0U);
  EXPECT_EQ(next_imu(file.handle), forwards[0]);
  EXPECT_EQ(next_imu(file.handle), forwards[1]);
  EXPECT_EQ(previous_imu(file.handle), forwards[0]);
  for (size_t i = 1; i < forwards.size(); i += 37) {
    const auto at = static_cast<int64_t>(forwards[i]);
    ASSERT_EQ(k4a_playback_seek_timestamp(file.handle, at, K4A_PLAYBACK_SEEK_DEVICE_TIME),
              K4A_RESULT_SUCCEEDED);
    EXPECT_EQ(next_imu(file.handle), forwards[i]);
    ASSERT_EQ(k4a_playback_seek_timestamp(file.handle, at, K4A_PLAYBACK_SEEK_DEVICE_TIME),
              K4A_RESULT_SUCCEEDED);
    EXPECT_EQ(previous_imu(file.handle), forwards[i - 1]);
  }
}

TEST(K4aPlayback, KeepsTimesRightPast71Minutes) {
  const OpenPlayback file(kLate);
  k4a_record_configuration_t config;
  ASSERT_EQ(k4a_playback_get_record_configuration(file.handle, &config), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(config.start_timestamp_offset_usec,
            static_cast<uint32_t>(next_imu(file.handle)));  // 32 bits of it
  EXPECT_GE(next(file.handle)[0], 5'000'000'000U);
}

// ---- colour

k4a_image_t first_color(k4a_playback_t playback) {
  k4a_capture_t capture = nullptr;
  EXPECT_EQ(k4a_playback_get_next_capture(playback, &capture), K4A_STREAM_RESULT_SUCCEEDED);
  const k4a_image_t color = k4a_capture_get_color_image(capture);
  k4a_capture_release(capture);
  return color;
}

TEST(K4aPlayback, ConvertsColour) {
  const OpenPlayback file(kReal);
  const struct {
    k4a_image_format_t format;
    int stride;
    size_t bytes;
  } formats[] = {{K4A_IMAGE_FORMAT_COLOR_BGRA32, 5120, 3'686'400},
                 {K4A_IMAGE_FORMAT_COLOR_NV12, 1280, 1'382'400},
                 {K4A_IMAGE_FORMAT_COLOR_YUY2, 2560, 1'843'200},
                 {K4A_IMAGE_FORMAT_COLOR_MJPG, 0, 217'095}};
  for (const auto& expected : formats) {
    ASSERT_EQ(k4a_playback_set_color_conversion(file.handle, expected.format),
              K4A_RESULT_SUCCEEDED);
    k4a_playback_seek_timestamp(file.handle, 0, K4A_PLAYBACK_SEEK_BEGIN);
    const k4a_image_t color = first_color(file.handle);
    EXPECT_EQ(k4a_image_get_format(color), expected.format);
    EXPECT_EQ(k4a_image_get_stride_bytes(color), expected.stride);
    EXPECT_EQ(k4a_image_get_size(color), expected.bytes);
    EXPECT_EQ(stamp_and_release(color), 800'222U);
    k4a_record_configuration_t config;
    ASSERT_EQ(k4a_playback_get_record_configuration(file.handle, &config), K4A_RESULT_SUCCEEDED);
    EXPECT_EQ(config.color_format, K4A_IMAGE_FORMAT_COLOR_MJPG);  // what is stored
  }
  for (const auto other : {K4A_IMAGE_FORMAT_DEPTH16, K4A_IMAGE_FORMAT_CUSTOM})
    EXPECT_EQ(k4a_playback_set_color_conversion(file.handle, other), K4A_RESULT_FAILED);
}

}  // namespace

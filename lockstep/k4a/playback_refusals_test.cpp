// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <k4a/k4a.h>
#include <k4arecord/playback.h>

#include <string>

#include "tests/support/k4a_playback.h"

namespace {

using lockstep::testing::source_file;

constexpr const char* kReal = "tests/data/real-recording/recording.mkv";

TEST(K4aPlayback, RefusesWhatIsNoWholeRecording) {
  const lockstep::testing::TempFolder folder;
  const std::string real = lockstep::testing::read_file(source_file(kReal));
  const auto refused = [&](std::string_view content) {
    lockstep::testing::write_file(folder / "file.mkv", content);
    auto handle = reinterpret_cast<k4a_playback_t>(uintptr_t{0x5a});
    return k4a_playback_open((folder / "file.mkv").c_str(), &handle) == K4A_RESULT_FAILED &&
           handle == nullptr;
  };
  EXPECT_FALSE(refused(real));
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("no EBML"));
  for (const size_t bytes : {size_t{60}, size_t{1338}, size_t{7000}, real.size() / 2,
                             size_t{1'699'243}, real.size() - 25})
    EXPECT_TRUE(refused(std::string_view(real).substr(0, bytes))) << bytes;
  EXPECT_TRUE(
      refused(lockstep::testing::read_file(source_file("tests/data/vendor-written/killed.mkv"))));
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string file = real;
    const size_t at = file.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    file.replace(at, to.size(), to);
    return refused(file);
  };
  EXPECT_TRUE(changed("matroska", "matrosko"));
  EXPECT_TRUE(changed("\x42\x85\x81\x02", "\x42\x85\x81\x03"));
  EXPECT_TRUE(changed("\x42\x87\x81\x02", "\x42\x87\x81\x01"));
  EXPECT_FALSE(changed("\x42\x87\x81\x02", "\x42\x87\x81\x04"));
  EXPECT_TRUE(changed("b16g", "b17g"));
  EXPECT_TRUE(changed("MJPG", "H264"));
  EXPECT_TRUE(changed("K4A_DEPTH_MODE", "K4A_DEPTH_MUDE"));
  EXPECT_TRUE(changed("NFOV_UNBINNED", "NFOV_unbinned"));
  EXPECT_TRUE(changed("NFOV_UNBINNED", "WFOV_UNBINNED"));
  EXPECT_TRUE(changed("STANDALONE", "standalone"));
  EXPECT_TRUE(changed("336277000", "none"));
  EXPECT_TRUE(changed("\x23\xE3\x83\x84\x0B\xEB\xC2", "\x23\xE3\x83\x84\x0B\xEB\xC3"));
  EXPECT_FALSE(changed("K4A_WIRED_SYNC_MODE", "K4A_WIRED_SYNC_MUDE"));
  EXPECT_FALSE(changed("K4A_START_OFFSET_NS", "K4A_START_OFFSET_MS"));
  EXPECT_FALSE(changed("S_K4A/IMU", "S_K4A/IMO"));
  k4a_playback_t handle = nullptr;
  EXPECT_EQ(k4a_playback_open(folder.path().c_str(), &handle), K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_open((folder / "none.mkv").c_str(), &handle), K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_open(nullptr, &handle), K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_open((folder / "file.mkv").c_str(), nullptr), K4A_RESULT_FAILED);
}

TEST(K4aPlayback, OfAWrongHandleIsNothing) {
  k4a_playback_t freed = nullptr;
  ASSERT_EQ(k4a_playback_open(source_file(kReal).c_str(), &freed), K4A_RESULT_SUCCEEDED);
  k4a_playback_close(freed);
  k4a_capture_t capture = nullptr;
  ASSERT_EQ(k4a_capture_create(&capture), K4A_RESULT_SUCCEEDED);
  for (const k4a_playback_t wrong :
       {k4a_playback_t{}, freed, reinterpret_cast<k4a_playback_t>(capture)}) {
    size_t size = 0;
    k4a_calibration_t calibration;
    k4a_record_configuration_t config;
    k4a_imu_sample_t sample;
    k4a_capture_t got = nullptr;
    k4a_playback_data_block_t block = nullptr;
    k4a_record_video_settings_t video;
    EXPECT_EQ(k4a_playback_get_raw_calibration(wrong, nullptr, &size), K4A_BUFFER_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_get_calibration(wrong, &calibration), K4A_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_get_record_configuration(wrong, &config), K4A_RESULT_FAILED);
    EXPECT_FALSE(k4a_playback_check_track_exists(wrong, "COLOR"));
    EXPECT_FALSE(k4a_playback_track_is_builtin(wrong, "COLOR"));
    EXPECT_EQ(k4a_playback_get_track_count(wrong), 0U);
    EXPECT_EQ(k4a_playback_get_track_name(wrong, 0, nullptr, &size), K4A_BUFFER_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_track_get_video_settings(wrong, "COLOR", &video), K4A_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_track_get_codec_id(wrong, "IMU", nullptr, &size),
              K4A_BUFFER_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_track_get_codec_context(wrong, "IMU", nullptr, &size),
              K4A_BUFFER_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_get_tag(wrong, "K4A_IR_MODE", nullptr, &size), K4A_BUFFER_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_get_attachment(wrong, "calibration.json", nullptr, &size),
              K4A_BUFFER_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_set_color_conversion(wrong, K4A_IMAGE_FORMAT_COLOR_BGRA32),
              K4A_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_get_next_capture(wrong, &got), K4A_STREAM_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_get_previous_capture(wrong, &got), K4A_STREAM_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_get_next_imu_sample(wrong, &sample), K4A_STREAM_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_get_previous_imu_sample(wrong, &sample), K4A_STREAM_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_get_next_data_block(wrong, "X", &block), K4A_STREAM_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_get_previous_data_block(wrong, "X", &block), K4A_STREAM_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_seek_timestamp(wrong, 0, K4A_PLAYBACK_SEEK_BEGIN), K4A_RESULT_FAILED);
    EXPECT_EQ(k4a_playback_get_recording_length_usec(wrong), 0U);
    const auto no_block = reinterpret_cast<k4a_playback_data_block_t>(wrong);
    EXPECT_EQ(k4a_playback_data_block_get_buffer(no_block), nullptr);
    EXPECT_EQ(k4a_playback_data_block_get_buffer_size(no_block), 0U);
    EXPECT_EQ(k4a_playback_data_block_get_device_timestamp_usec(no_block), 0U);
    k4a_playback_data_block_release(no_block);
    k4a_playback_close(wrong);
  }
  k4a_capture_release(capture);
}

TEST(K4aPlayback, RefusesNullForItsAnswers) {
  const lockstep::testing::OpenPlayback file(kReal);
  EXPECT_EQ(k4a_playback_get_next_capture(file.handle, nullptr), K4A_STREAM_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_get_next_imu_sample(file.handle, nullptr), K4A_STREAM_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_get_record_configuration(file.handle, nullptr), K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_get_raw_calibration(file.handle, nullptr, nullptr),
            K4A_BUFFER_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_get_attachment(file.handle, nullptr, nullptr, nullptr),
            K4A_BUFFER_RESULT_FAILED);
  auto block = reinterpret_cast<k4a_playback_data_block_t>(uintptr_t{0x5a});
  const auto untouched = block;
  EXPECT_EQ(k4a_playback_get_next_data_block(file.handle, "COLOR", &block),
            K4A_STREAM_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_get_next_data_block(file.handle, "none", &block),
            K4A_STREAM_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_get_next_data_block(file.handle, nullptr, &block),
            K4A_STREAM_RESULT_FAILED);
  EXPECT_EQ(k4a_playback_get_next_data_block(file.handle, "none", nullptr),
            K4A_STREAM_RESULT_FAILED);
  EXPECT_EQ(block, untouched);
}

}  // namespace

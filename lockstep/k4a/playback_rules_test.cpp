// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <k4a/k4a.h>
#include <k4arecord/playback.h>
#include <k4arecord/record.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/independent_reader.h"
#include "tests/support/k4a_playback.h"
#include "tests/support/k4a_record.h"

// Rules of playing that need a file made for them, and every file of the vendor's recorder.

namespace {

using lockstep::testing::camera;
using lockstep::testing::data_file;
using lockstep::testing::K4aRecord;
using lockstep::testing::kDone;
using lockstep::testing::kFailed;
using lockstep::testing::next;
using lockstep::testing::next_imu;
using lockstep::testing::OpenPlayback;
using lockstep::testing::previous;
using lockstep::testing::previous_imu;
using lockstep::testing::read_file;
using lockstep::testing::write_file;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kVendorFiles[] = {
    "real-recording/recording.mkv", "vendor-written/two-cameras-master.mkv",
    "vendor-written/two-cameras-sub.mkv", "vendor-written/colour-imu-30fps.mkv",
    "vendor-written/past-71-minutes.mkv"};

/// Captures, images of colour and samples, there and back.
struct Counts {
  size_t captures = 0, colors = 0, samples = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};

Counts count(k4a_playback_t file, bool forwards) {
  Counts counts;
  const auto step = [&] { return forwards ? next(file) : previous(file); };
  for (auto capture = step(); !capture.empty(); capture = step()) {
    ++counts.captures;
    counts.colors += capture[0] != 0 ? 1 : 0;
  }
  while ((forwards ? next_imu(file) : previous_imu(file)) != 0) ++counts.samples;
  return counts;
}

TEST(K4aVendorFiles, AreReadWholeThereAndBack) {
  for (const char* name : kVendorFiles) {
    const OpenPlayback file(data_file(name));
    const auto walk = lockstep::testing::walk_independently(read_file(data_file(name)));
    const Counts there = count(file.handle, true);
    EXPECT_EQ(there.colors, walk.blocks_of_track(1)) << name;
    EXPECT_GT(there.captures, 0U) << name;
    EXPECT_EQ(there.samples > 0, walk.tags.contains("K4A_IMU_TRACK")) << name;
    EXPECT_EQ(count(file.handle, false), there) << name;
    k4a_calibration_t calibration;
    EXPECT_EQ(k4a_playback_get_calibration(file.handle, &calibration), kDone) << name;
  }
}

TEST(K4aVendorFiles, AreReadBySeveralThreadsAtOnce) {
  const auto read = [](Counts& counts) {
    const OpenPlayback file(data_file(kVendorFiles[3]));
    k4a_playback_set_color_conversion(file.handle, K4A_IMAGE_FORMAT_COLOR_NV12);
    counts = count(file.handle, true);
  };
  Counts counts[3];
  std::vector<std::thread> threads;
  for (Counts& own : counts) threads.emplace_back([&own, &read] { read(own); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counts[0].colors, 70U);
  EXPECT_EQ(counts[0], counts[1]);
  EXPECT_EQ(counts[0], counts[2]);
}

class K4aPlaybackRules : public K4aRecord {
 protected:
  void begin(k4a_device_configuration_t config = camera()) {
    create(config);
    ASSERT_EQ(k4a_record_add_imu_track(record), kDone);
    ASSERT_EQ(k4a_record_add_custom_subtitle_track(record, "LOG", "S_LOG", nullptr, 0, nullptr),
              kDone);
    ASSERT_EQ(k4a_record_write_header(record), kDone);
  }
  void write_line(uint64_t us) {
    uint8_t line[] = "line";
    EXPECT_EQ(k4a_record_write_custom_track_data(record, "LOG", us, line, 4), kDone);
  }
  /// Replaces every occurrence in the file.
  void patch(const std::string& from, const std::string& to) {
    std::string file = read_file(path());
    ASSERT_NE(file.find(from), std::string::npos);
    for (size_t at = file.find(from); at != std::string::npos; at = file.find(from, at + 1))
      file.replace(at, to.size(), to);
    write_file(path(), file);
  }
  static uint64_t next_line(k4a_playback_t file, bool forwards = true) {
    k4a_playback_data_block_t block = nullptr;
    const auto get =
        forwards ? k4a_playback_get_next_data_block : k4a_playback_get_previous_data_block;
    if (get(file, "LOG", &block) != K4A_STREAM_RESULT_SUCCEEDED) return 0;
    const uint64_t us = k4a_playback_data_block_get_device_timestamp_usec(block);
    k4a_playback_data_block_release(block);
    return us;
  }
};

/// Femto cameras stamp in microseconds since 1970: the field of the configuration has 32 bits, and
/// nothing else has.
TEST_F(K4aPlaybackRules, KeepTimesOfClocksThatCountFrom1970) {
  constexpr uint64_t kNowUs = 1'767'225'600'000'000;
  begin();
  ASSERT_EQ(write_imu(kNowUs), kDone);
  for (uint64_t i = 0; i < 3; ++i) ASSERT_EQ(write_at(kNowUs + 1000 + i * 33'333), kDone);
  write_line(kNowUs + 500);
  close();
  // As the writers of those cameras have it.
  patch("\x42\x87\x81\x02", "\x42\x87\x81\x04");
  const OpenPlayback file(path());
  k4a_record_configuration_t config;
  ASSERT_EQ(k4a_playback_get_record_configuration(file.handle, &config), kDone);
  EXPECT_EQ(config.start_timestamp_offset_usec, static_cast<uint32_t>(kNowUs));
  EXPECT_EQ(lockstep::testing::tag_of(file.handle, "K4A_START_OFFSET_NS"),
            std::to_string(kNowUs) + "000");
  EXPECT_EQ(next(file.handle)[0], kNowUs + 1000);
  EXPECT_EQ(next_imu(file.handle), kNowUs);
  EXPECT_EQ(next_line(file.handle), kNowUs + 500);
  ASSERT_EQ(k4a_playback_seek_timestamp(file.handle, static_cast<int64_t>(kNowUs + 34'333),
                                        K4A_PLAYBACK_SEEK_DEVICE_TIME),
            kDone);
  EXPECT_EQ(next(file.handle)[0], kNowUs + 34'333);
  EXPECT_EQ(k4a_playback_get_recording_length_usec(file.handle), 1000U + 2 * 33'333);
}

TEST_F(K4aPlaybackRules, HaveNoCalibrationOfAFileOfTheImuAlone) {
  create(K4A_DEVICE_CONFIG_INIT_DISABLE_ALL);
  const OpenPlayback real(data_file("real-recording/recording.mkv"));
  uint8_t raw[8000];
  size_t size = sizeof raw;
  ASSERT_EQ(k4a_playback_get_raw_calibration(real.handle, raw, &size), K4A_BUFFER_RESULT_SUCCEEDED);
  ASSERT_EQ(raw[size - 1], 0);  // stored with its NUL, it gets no second one
  ASSERT_EQ(k4a_record_add_attachment(record, "calibration.json", raw, size), kDone);
  ASSERT_EQ(k4a_record_add_imu_track(record), kDone);
  ASSERT_EQ(k4a_record_write_header(record), kDone);
  ASSERT_EQ(write_imu(1000), kDone);
  close();
  const OpenPlayback file(path());
  size_t read = 0;
  EXPECT_EQ(k4a_playback_get_raw_calibration(file.handle, nullptr, &read),
            K4A_BUFFER_RESULT_TOO_SMALL);
  EXPECT_EQ(read, size);
  k4a_calibration_t calibration;
  EXPECT_EQ(k4a_playback_get_calibration(file.handle, &calibration), kFailed);
  EXPECT_EQ(next_imu(file.handle), 1000U);
}

/// What a depth delay moves in time is before the end all the same.
TEST_F(K4aPlaybackRules, SeekToAnEndBehindWhatADelayMoves) {
  for (const int32_t delay_us : {-5000, 5000}) {
    k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
    config.color_resolution = K4A_COLOR_RESOLUTION_720P;
    config.depth_mode = K4A_DEPTH_MODE_NFOV_2X2BINNED;
    config.depth_delay_off_color_usec = delay_us;
    create(config);
    ASSERT_EQ(k4a_record_write_header(record), kDone);
    for (uint64_t i = 0; i < 3; ++i) ASSERT_EQ(write_at(1'000'000 + i * 33'333), kDone);
    close();
    const OpenPlayback file(path());
    ASSERT_EQ(k4a_playback_seek_timestamp(file.handle, 0, K4A_PLAYBACK_SEEK_END), kDone);
    EXPECT_TRUE(next(file.handle).empty()) << delay_us;
    EXPECT_EQ(previous(file.handle)[0], 1'000'000U + 2 * 33'333) << delay_us;
  }
}

TEST_F(K4aPlaybackRules, SeekForEveryTrackAtAndBeyondBothEnds) {
  begin();
  for (uint64_t i = 0; i < 40; ++i) {
    const uint64_t us = 1'000'000 + i * 33'333;
    ASSERT_EQ(write_at(us + 160), kDone);
    ASSERT_EQ(write_imu(us), kDone);
    write_line(us);
  }
  close();
  constexpr uint64_t kFirst = 1'000'000, kLast = 1'000'000 + 39 * 33'333;
  const OpenPlayback file(path());
  const auto seek = [&](int64_t offset, k4a_playback_seek_origin_t origin) {
    EXPECT_EQ(k4a_playback_seek_timestamp(file.handle, offset, origin), kDone);
  };
  const auto at_begin = [&] {
    return previous_imu(file.handle) == 0 && next_imu(file.handle) == kFirst &&
           next_line(file.handle, false) == 0 && next_line(file.handle) == kFirst &&
           previous(file.handle).empty() && next(file.handle)[0] == kFirst + 160;
  };
  const auto at_end = [&] {
    return next_imu(file.handle) == 0 && previous_imu(file.handle) == kLast &&
           next_line(file.handle) == 0 && next_line(file.handle, false) == kLast &&
           next(file.handle).empty() && previous(file.handle)[0] == kLast + 160;
  };
  const auto length = static_cast<int64_t>(k4a_playback_get_recording_length_usec(file.handle));
  for (const int64_t offset : {int64_t{0}, int64_t{-1}, INT64_MIN}) {
    seek(offset, K4A_PLAYBACK_SEEK_BEGIN);
    EXPECT_TRUE(at_begin()) << offset;
  }
  for (const int64_t offset : {int64_t{0}, int64_t{1}, INT64_MAX}) {
    seek(offset, K4A_PLAYBACK_SEEK_END);
    EXPECT_TRUE(at_end()) << offset;
  }
  for (const int64_t offset : {-length - 1, -length - 1'000'000, INT64_MIN}) {
    seek(offset, K4A_PLAYBACK_SEEK_END);
    EXPECT_TRUE(at_begin()) << offset;
  }
  for (const int64_t offset : {length + 1, INT64_MAX}) {
    seek(offset, K4A_PLAYBACK_SEEK_BEGIN);
    EXPECT_TRUE(at_end()) << offset;
  }
  for (const int64_t offset : {int64_t{0}, int64_t{1'000'000}, INT64_MIN}) {
    seek(offset, K4A_PLAYBACK_SEEK_DEVICE_TIME);
    EXPECT_TRUE(at_begin()) << offset;
  }
  seek(INT64_MAX, K4A_PLAYBACK_SEEK_DEVICE_TIME);
  EXPECT_TRUE(at_end());
  // Backwards from the end, by the time of the last datum of any track.
  seek(-160, K4A_PLAYBACK_SEEK_END);
  EXPECT_EQ(previous_imu(file.handle), kLast);
}

TEST_F(K4aPlaybackRules, LeaveTheOtherImagesWhereColourCannotBeConverted) {
  begin();
  for (uint64_t i = 1; i < 3; ++i) ASSERT_EQ(write_at(i * 33'333), kDone);  // no JPEGs
  close();
  const OpenPlayback file(path());
  ASSERT_EQ(k4a_playback_set_color_conversion(file.handle, K4A_IMAGE_FORMAT_COLOR_BGRA32), kDone);
  auto capture = reinterpret_cast<k4a_capture_t>(uintptr_t{0x5a});
  EXPECT_EQ(k4a_playback_get_next_capture(file.handle, &capture), K4A_STREAM_RESULT_FAILED);
  EXPECT_EQ(capture, nullptr);
  EXPECT_THAT(next(file.handle), ElementsAre(0U, 33'173U, 33'173U));
  // As it is stored, it can be had.
  ASSERT_EQ(k4a_playback_set_color_conversion(file.handle, K4A_IMAGE_FORMAT_COLOR_MJPG), kDone);
  EXPECT_THAT(next(file.handle), ElementsAre(66'666U, 66'506U, 66'506U));
}

TEST_F(K4aPlaybackRules, KeepWhatWasReadBehindTheClose) {
  begin();
  ASSERT_EQ(write_at(1'000'000), kDone);
  write_line(1'000'000);
  close();
  k4a_capture_t capture = nullptr;
  k4a_playback_data_block_t block = nullptr, untouched = nullptr;
  {
    const OpenPlayback file(path());
    ASSERT_EQ(k4a_playback_get_next_capture(file.handle, &capture), K4A_STREAM_RESULT_SUCCEEDED);
    ASSERT_EQ(k4a_playback_get_next_data_block(file.handle, "LOG", &block),
              K4A_STREAM_RESULT_SUCCEEDED);
    untouched = block;
    EXPECT_EQ(k4a_playback_get_next_data_block(file.handle, "LOG", &untouched),
              K4A_STREAM_RESULT_EOF);
    EXPECT_EQ(untouched, block);
  }
  const k4a_image_t depth = k4a_capture_get_depth_image(capture);
  EXPECT_EQ(k4a_image_get_buffer(depth)[0], 7);
  k4a_image_release(depth);
  k4a_capture_release(capture);
  EXPECT_EQ(k4a_playback_data_block_get_buffer(block)[3], 'e');
  k4a_playback_data_block_release(block);
}

TEST_F(K4aPlaybackRules, DivideByNoRate) {
  create(K4A_DEVICE_CONFIG_INIT_DISABLE_ALL);
  const k4a_record_video_settings_t video{8, 4, 25};
  ASSERT_EQ(k4a_record_add_custom_video_track(record, "EYE", "V_MINE", nullptr, 0, &video), kDone);
  ASSERT_EQ(k4a_record_write_header(record), kDone);
  uint8_t byte = 0;
  ASSERT_EQ(k4a_record_write_custom_track_data(record, "EYE", 1, &byte, 1), kDone);
  close();
  patch("\x23\xE3\x83\x84\x02\x62\x5A", std::string("\x23\xE3\x83\x84\0\0\0\0", 8));  // 40 ms
  const OpenPlayback file(path());
  k4a_record_video_settings_t read{1, 1, 1};
  ASSERT_EQ(k4a_playback_track_get_video_settings(file.handle, "EYE", &read), kDone);
  EXPECT_EQ(read.width, 8U);
  EXPECT_EQ(read.frame_rate, 0U);
}

TEST_F(K4aPlaybackRules, OwnTheirPaths) {
  std::string name = path().string();
  ASSERT_EQ(k4a_record_create(name.c_str(), nullptr, camera(), &record), kDone);
  name.assign(name.size(), 'x');
  ASSERT_EQ(k4a_record_write_header(record), kDone);
  ASSERT_EQ(write_at(1'000'000), kDone);
  ASSERT_EQ(write_at(1'033'333), kDone);
  close();
  name = path().string();
  k4a_playback_t file = nullptr;
  ASSERT_EQ(k4a_playback_open(name.c_str(), &file), kDone);
  name.assign(name.size(), 'x');
  EXPECT_EQ(next(file)[0], 1'000'000U);
  k4a_playback_close(file);
}

TEST_F(K4aPlaybackRules, NumberTracksInTheOrderOfTheCalls) {
  k4a_device_configuration_t config = camera();
  config.camera_fps = static_cast<k4a_fps_t>(9);  // acts as 30
  create(config);
  const auto add = [&](const char* name) {
    return k4a_record_add_custom_subtitle_track(record, name, "S_X", nullptr, 0, nullptr);
  };
  ASSERT_EQ(add("BEFORE"), kDone);
  ASSERT_EQ(k4a_record_add_imu_track(record), kDone);
  ASSERT_EQ(add(""), kDone);
  ASSERT_EQ(k4a_record_write_header(record), kDone);
  uint8_t data[] = "data";
  EXPECT_EQ(k4a_record_write_custom_track_data(record, "", 900'000, data, 4), kDone);
  EXPECT_EQ(k4a_record_write_custom_track_data(record, "BEFORE", 900'001, data, 4), kDone);
  EXPECT_EQ(write_imu(900'002), kDone);
  ASSERT_EQ(write_at(1'000'000), kDone);
  close();
  const auto walk = lockstep::testing::walk_independently(read_file(path()));
  EXPECT_THAT(walk.track_names, ElementsAre("COLOR", "DEPTH", "IR", "BEFORE", "IMU", ""));
  for (uint64_t track = 1; track <= 6; ++track) EXPECT_EQ(walk.blocks_of_track(track), 1U) << track;
  const OpenPlayback file(path());
  k4a_record_video_settings_t video;
  ASSERT_EQ(k4a_playback_track_get_video_settings(file.handle, "IR", &video), kDone);
  EXPECT_EQ(video.frame_rate, 30U);
  EXPECT_EQ(next_imu(file.handle), 900'002U);
  EXPECT_TRUE(k4a_playback_check_track_exists(file.handle, ""));
}

/// In a process of its own, since the log's variables are read once.
TEST_F(K4aPlaybackRules, WarnOfWhatIsNoReasonToRefuse) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  begin();
  ASSERT_EQ(write_at(1'000'000), kDone);
  close();
  patch("\xB0\x82\x05\x00", std::string("\xB0\x82\x04\x00", 4));  // 1024 pixels wide
  patch(std::string("\x1C\x53\xBB\x6B", 4), std::string("\xEC\x53\xBB\x6B", 4));
  setenv("LOCKSTEP_TEST_FILE", path().c_str(), 0);  // the process comes here again by itself
  setenv("K4A_RECORD_ENABLE_LOG_TO_A_FILE", (folder / "told.log").c_str(), 0);
  setenv("K4A_LOG_LEVEL", "w", 1);
  const std::string log = std::getenv("K4A_RECORD_ENABLE_LOG_TO_A_FILE");
  EXPECT_EXIT(
      {
        k4a_playback_t file = nullptr;
        k4a_record_configuration_t config;
        const bool opened = k4a_playback_open(std::getenv("LOCKSTEP_TEST_FILE"), &file) == kDone &&
                            k4a_playback_get_record_configuration(file, &config) == kDone &&
                            config.color_resolution == K4A_COLOR_RESOLUTION_OFF;
        k4a_playback_close(file);
        std::exit(opened ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
  for (const char* name :
       {"LOCKSTEP_TEST_FILE", "K4A_RECORD_ENABLE_LOG_TO_A_FILE", "K4A_LOG_LEVEL"})
    unsetenv(name);
  EXPECT_THAT(read_file(log), AllOf(HasSubstr("1024 x 720"), HasSubstr("no calibration"),
                                    HasSubstr("no cues"), Not(HasSubstr("[error]"))));
}

}  // namespace

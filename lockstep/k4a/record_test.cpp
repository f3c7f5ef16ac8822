// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <k4a/k4a.h>
#include <k4arecord/playback.h>
#include <k4arecord/record.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/support/independent_reader.h"
#include "tests/support/k4a_playback.h"
#include "tests/support/k4a_record.h"

namespace {

using lockstep::testing::camera;
using lockstep::testing::K4aRecord;
using lockstep::testing::kDone;
using lockstep::testing::kFailed;
using lockstep::testing::next;
using lockstep::testing::next_imu;
using lockstep::testing::OpenPlayback;
using lockstep::testing::read_file;
using lockstep::testing::tag_of;
using ::testing::ElementsAre;

TEST_F(K4aRecord, IsReadBack) {
  create();
  ASSERT_EQ(k4a_record_add_imu_track(record), kDone);
  ASSERT_EQ(k4a_record_add_tag(record, "MY-TAG_1", "grüße"), kDone);
  ASSERT_EQ(k4a_record_add_tag(record, "MY-TAG_1", "second"), kDone);
  ASSERT_EQ(k4a_record_add_tag(record, "EMPTY", ""), kDone);
  ASSERT_EQ(k4a_record_add_tag(record, "small", "left out"), kDone);
  const uint8_t note[] = {1, 0, 2};
  ASSERT_EQ(k4a_record_add_attachment(record, "note.bin", note, 3), kDone);
  ASSERT_EQ(k4a_record_add_attachment(record, "note.bin", note, 1), kDone);
  ASSERT_EQ(k4a_record_add_attachment(record, "empty", note, 0), kDone);
  ASSERT_EQ(k4a_record_write_header(record), kDone);
  ASSERT_EQ(write_imu(4'999'000), kDone);
  for (uint64_t i = 0; i < 90; ++i) {
    ASSERT_EQ(write_at(5'000'000 + i * 33'333), kDone);
    ASSERT_EQ(write_imu(5'000'001 + i * 33'333), kDone);
  }
  close();

  const OpenPlayback file(path());
  k4a_record_configuration_t config;
  ASSERT_EQ(k4a_playback_get_record_configuration(file.handle, &config), kDone);
  EXPECT_EQ(config.color_resolution, K4A_COLOR_RESOLUTION_720P);
  EXPECT_EQ(config.depth_mode, K4A_DEPTH_MODE_NFOV_2X2BINNED);
  EXPECT_EQ(config.camera_fps, K4A_FRAMES_PER_SECOND_30);
  EXPECT_EQ(config.wired_sync_mode, K4A_WIRED_SYNC_MODE_SUBORDINATE);
  EXPECT_EQ(config.subordinate_delay_off_master_usec, 160U);
  EXPECT_EQ(config.depth_delay_off_color_usec, -160);
  EXPECT_EQ(config.start_timestamp_offset_usec, 4'999'000U);  // of the earliest datum
  EXPECT_TRUE(config.imu_track_enabled);
  EXPECT_EQ(k4a_playback_get_recording_length_usec(file.handle), 1001U + 89 * 33'333);
  EXPECT_EQ(tag_of(file.handle, "MY-TAG_1"), "grüße");
  EXPECT_EQ(tag_of(file.handle, "EMPTY"), "");
  EXPECT_EQ(tag_of(file.handle, "small"), "none");
  EXPECT_EQ(tag_of(file.handle, "K4A_START_OFFSET_NS"), "4999000000");
  uint8_t data[8];
  size_t size = sizeof data;
  EXPECT_EQ(k4a_playback_get_attachment(file.handle, "note.bin", data, &size),
            K4A_BUFFER_RESULT_SUCCEEDED);
  EXPECT_EQ(size, 3U);
  size = sizeof data;
  EXPECT_EQ(k4a_playback_get_attachment(file.handle, "empty", data, &size),
            K4A_BUFFER_RESULT_SUCCEEDED);
  EXPECT_EQ(size, 0U);
  for (uint64_t i = 0; i < 90; ++i) {
    const uint64_t us = 5'000'000 + i * 33'333;
    EXPECT_THAT(next(file.handle), ElementsAre(us, us - 160, us - 160));
  }
  EXPECT_THAT(next(file.handle), ElementsAre());
  EXPECT_EQ(next_imu(file.handle), 4'999'000U);
  EXPECT_EQ(next_imu(file.handle), 5'000'001U);
  // No calibration without a device.
  EXPECT_EQ(k4a_playback_get_raw_calibration(file.handle, nullptr, &size),
            K4A_BUFFER_RESULT_FAILED);
}

TEST_F(K4aRecord, IsMatroskaToAReaderThatIsNotOurs) {
  create();
  ASSERT_EQ(k4a_record_add_imu_track(record), kDone);
  ASSERT_EQ(k4a_record_write_header(record), kDone);
  for (uint64_t i = 0; i < 90; ++i) {
    ASSERT_EQ(write_at(5'000'000 + i * 33'333), kDone);
    for (uint64_t j = 0; j < 20; ++j) ASSERT_EQ(write_imu(5'000'000 + i * 33'333 + j * 600), kDone);
  }
  close();
  const auto walk = lockstep::testing::walk_independently(read_file(path()));
  EXPECT_EQ(walk.error, "");
  EXPECT_EQ(walk.doc_type, "matroska");
  EXPECT_THAT(walk.track_names, ElementsAre("COLOR", "DEPTH", "IR", "IMU"));  // and none of ours
  EXPECT_EQ(walk.blocks_of_track(1), 90U);
  EXPECT_EQ(walk.block_times.at(1).front(), 160);  // from the first datum
  EXPECT_EQ(walk.block_times.at(1).back(), 160 + 89 * 33'333);
  EXPECT_EQ(walk.block_times.at(2).front(), 0);
  EXPECT_TRUE(walk.has_cues);
  const std::map<std::string, std::string> expected = {{"K4A_COLOR_MODE", "MJPG_720P"},
                                                       {"K4A_DEPTH_MODE", "NFOV_2X2BINNED"},
                                                       {"K4A_IR_MODE", "ACTIVE"},
                                                       {"K4A_IMU_MODE", "ON"},
                                                       {"K4A_DEPTH_DELAY_NS", "-160000"},
                                                       {"K4A_WIRED_SYNC_MODE", "SUBORDINATE"},
                                                       {"K4A_SUBORDINATE_DELAY_NS", "160000"},
                                                       {"K4A_START_OFFSET_NS", "4999840000"}};
  for (const auto& [name, value] : expected) EXPECT_EQ(walk.tags.at(name), value) << name;
  EXPECT_FALSE(walk.tags.contains("K4A_DEVICE_SERIAL_NUMBER"));
}

TEST_F(K4aRecord, OfAModeWithoutDepthHasItsTracks) {
  k4a_device_configuration_t config = camera();
  config.color_resolution = K4A_COLOR_RESOLUTION_OFF;
  config.color_format = static_cast<k4a_image_format_t>(77);  // of no matter
  config.depth_mode = K4A_DEPTH_MODE_PASSIVE_IR;
  config.camera_fps = static_cast<k4a_fps_t>(9);
  create(config);
  ASSERT_EQ(k4a_record_write_header(record), kDone);
  EXPECT_EQ(write(nullptr, image(K4A_IMAGE_FORMAT_DEPTH16, 1), nullptr), kFailed);  // no track
  close();
  const auto walk = lockstep::testing::walk_independently(read_file(path()));
  EXPECT_THAT(walk.track_names, ElementsAre("IR"));
  EXPECT_EQ(walk.tags.at("K4A_DEPTH_MODE"), "PASSIVE_IR");
  EXPECT_EQ(walk.tags.at("K4A_IR_MODE"), "PASSIVE");
  EXPECT_FALSE(walk.tags.contains("K4A_DEPTH_DELAY_NS"));
  k4a_playback_t playback = nullptr;  // a header without data is no recording
  EXPECT_EQ(k4a_playback_open(path().c_str(), &playback), kFailed);
}

TEST_F(K4aRecord, WithoutHeaderStaysEmpty) {
  create();
  ASSERT_EQ(k4a_record_add_imu_track(record), kDone);
  EXPECT_EQ(k4a_record_flush(record), kFailed);
  EXPECT_EQ(write_at(1000), kFailed);
  EXPECT_EQ(write_imu(1000), kFailed);
  uint8_t data = 0;
  EXPECT_EQ(k4a_record_write_custom_track_data(record, "X", 0, &data, 1), kFailed);
  close();
  EXPECT_EQ(std::filesystem::file_size(path()), 0U);
}

TEST_F(K4aRecord, RefusesSetUpBehindTheHeader) {
  create();
  ASSERT_EQ(k4a_record_write_header(record), kDone);
  EXPECT_EQ(k4a_record_write_header(record), kFailed);
  EXPECT_EQ(k4a_record_add_tag(record, "A", "b"), kFailed);
  EXPECT_EQ(k4a_record_add_imu_track(record), kFailed);
  const uint8_t byte = 0;
  EXPECT_EQ(k4a_record_add_attachment(record, "a", &byte, 1), kFailed);
  const k4a_record_video_settings_t video{1, 1, 1};
  EXPECT_EQ(k4a_record_add_custom_video_track(record, "A", "V_A", nullptr, 0, &video), kFailed);
  EXPECT_EQ(k4a_record_add_custom_subtitle_track(record, "A", "S_A", nullptr, 0, nullptr), kFailed);
}

TEST_F(K4aRecord, RefusesArgumentsOfSetUp) {
  auto handle = reinterpret_cast<k4a_record_t>(uintptr_t{0x5a});
  EXPECT_EQ(k4a_record_create(nullptr, nullptr, camera(), &handle), kFailed);
  EXPECT_EQ(k4a_record_create(path().c_str(), nullptr, camera(), nullptr), kFailed);
  EXPECT_EQ(k4a_record_create((folder / "none/take.mkv").c_str(), nullptr, camera(), &handle),
            kFailed);
  EXPECT_EQ(handle, nullptr);
  const auto refused = [&](auto change) {
    k4a_device_configuration_t config = camera();
    change(config);
    handle = reinterpret_cast<k4a_record_t>(uintptr_t{0x5a});
    return k4a_record_create(path().c_str(), nullptr, config, &handle) == kFailed &&
           handle == nullptr && std::filesystem::file_size(path()) == 0;
  };
  EXPECT_TRUE(refused([](auto& config) { config.color_format = K4A_IMAGE_FORMAT_DEPTH16; }));
  EXPECT_TRUE(refused(
      [](auto& config) { config.color_resolution = static_cast<k4a_color_resolution_t>(7); }));
  EXPECT_TRUE(refused([](auto& config) { config.depth_mode = static_cast<k4a_depth_mode_t>(6); }));
  // What is no device.
  EXPECT_EQ(k4a_record_create(path().c_str(), reinterpret_cast<k4a_device_t>(uintptr_t{0x5a}),
                              camera(), &handle),
            kFailed);

  create();
  EXPECT_EQ(k4a_record_add_tag(record, nullptr, "b"), kFailed);
  EXPECT_EQ(k4a_record_add_tag(record, "A", nullptr), kFailed);
  const uint8_t byte = 0;
  EXPECT_EQ(k4a_record_add_attachment(record, nullptr, &byte, 1), kFailed);
  EXPECT_EQ(k4a_record_add_attachment(record, "a", nullptr, 1), kFailed);
  const k4a_record_video_settings_t video{1, 1, 1}, frozen{1, 1, 0};
  const auto add_video = [&](const char* name, const char* codec, const auto* settings) {
    return k4a_record_add_custom_video_track(record, name, codec, nullptr, 0, settings);
  };
  EXPECT_EQ(add_video(nullptr, "V_A", &video), kFailed);
  EXPECT_EQ(add_video("A", nullptr, &video), kFailed);
  EXPECT_EQ(add_video("A", "V_A", static_cast<k4a_record_video_settings_t*>(nullptr)), kFailed);
  EXPECT_EQ(add_video("A", "V_A", &frozen), kFailed);
  EXPECT_EQ(add_video("a", "V_A", &video), kFailed);
  for (const char* name : {"COLOR", "DEPTH", "IR", "IMU"}) {
    EXPECT_EQ(add_video(name, "V_A", &video), kFailed);
    EXPECT_EQ(k4a_record_add_custom_subtitle_track(record, name, "S_A", nullptr, 0, nullptr),
              kFailed);
  }
  EXPECT_EQ(add_video("A", "V_A", &video), kDone);
  EXPECT_EQ(add_video("A", "V_A", &video), kFailed);
  EXPECT_EQ(k4a_record_add_custom_subtitle_track(record, "A", "S_A", nullptr, 0, nullptr), kFailed);
  EXPECT_EQ(k4a_record_add_custom_subtitle_track(record, "B", nullptr, nullptr, 0, nullptr),
            kFailed);
  EXPECT_EQ(k4a_record_add_custom_subtitle_track(record, nullptr, "S_A", nullptr, 0, nullptr),
            kFailed);
  EXPECT_EQ(k4a_record_add_imu_track(record), kDone);
  EXPECT_EQ(k4a_record_add_imu_track(record), kFailed);
}

TEST_F(K4aRecord, OfAWrongHandleIsNothing) {
  create();
  const k4a_record_t freed = record;
  close();
  for (const k4a_record_t wrong :
       {k4a_record_t{}, freed, reinterpret_cast<k4a_record_t>(uintptr_t{0x1234567})}) {
    const uint8_t byte = 0;
    const k4a_record_video_settings_t video{1, 1, 1};
    EXPECT_EQ(k4a_record_add_tag(wrong, "A", "b"), kFailed);
    EXPECT_EQ(k4a_record_add_imu_track(wrong), kFailed);
    EXPECT_EQ(k4a_record_add_attachment(wrong, "a", &byte, 1), kFailed);
    EXPECT_EQ(k4a_record_add_custom_video_track(wrong, "A", "V_A", nullptr, 0, &video), kFailed);
    EXPECT_EQ(k4a_record_add_custom_subtitle_track(wrong, "A", "S_A", nullptr, 0, nullptr),
              kFailed);
    EXPECT_EQ(k4a_record_write_header(wrong), kFailed);
    EXPECT_EQ(k4a_record_write_capture(wrong, nullptr), kFailed);
    EXPECT_EQ(k4a_record_write_imu_sample(wrong, {}), kFailed);
    uint8_t data = 0;
    EXPECT_EQ(k4a_record_write_custom_track_data(wrong, "A", 0, &data, 1), kFailed);
    EXPECT_EQ(k4a_record_flush(wrong), kFailed);
    k4a_record_close(wrong);
  }
}

TEST_F(K4aRecord, WritesWhatFitsOfACaptureAndSaysWhatDoesNot) {
  create();
  ASSERT_EQ(k4a_record_write_header(record), kDone);
  EXPECT_EQ(k4a_record_write_capture(record, nullptr), kDone);
  EXPECT_EQ(write(nullptr, nullptr, nullptr), kDone);
  EXPECT_EQ(write_imu(1), kFailed);  // no track
  EXPECT_EQ(write(image(K4A_IMAGE_FORMAT_DEPTH16, 1000), image(K4A_IMAGE_FORMAT_DEPTH16, 1000),
                  image(K4A_IMAGE_FORMAT_DEPTH16, 1000)),
            kFailed);
  close();
  const OpenPlayback file(path());
  EXPECT_THAT(next(file.handle), ElementsAre(0U, 1000U, 0U));
  EXPECT_EQ(k4a_playback_get_recording_length_usec(file.handle), 0U);
}

TEST_F(K4aRecord, TakesWhatComesUpToTwoSecondsLate) {
  create();
  ASSERT_EQ(k4a_record_write_header(record), kDone);
  const auto color = [&](uint64_t us) {
    return write(image(K4A_IMAGE_FORMAT_COLOR_MJPG, us), nullptr, nullptr);
  };
  EXPECT_EQ(color(3'200'000), kDone);
  EXPECT_EQ(color(5'232'000), kDone);  // two seconds behind the end of its window
  EXPECT_EQ(color(3'100'000), kDone);
  EXPECT_EQ(color(5'232'001), kDone);
  EXPECT_EQ(color(3'231'999), kFailed);
  EXPECT_EQ(color(3'232'000), kDone);
  EXPECT_EQ(color(9'000'000'000'000), kDone);  // any jump ahead
  close();
  const OpenPlayback file(path());
  for (const uint64_t us :
       {3'100'000UL, 3'200'000UL, 3'232'000UL, 5'232'000UL, 5'232'001UL, 9'000'000'000'000UL})
    EXPECT_EQ(next(file.handle)[0], us);
}

TEST_F(K4aRecord, FlushedIsReadableAndGoesOn) {
  create();
  ASSERT_EQ(k4a_record_write_header(record), kDone);
  EXPECT_EQ(k4a_record_flush(record), kDone);
  ASSERT_EQ(write_at(1'000'000), kDone);
  ASSERT_EQ(write_at(1'000'000), kDone);  // as long as it is not on the disk
  ASSERT_EQ(k4a_record_flush(record), kDone);
  {
    const OpenPlayback file(path());
    EXPECT_EQ(k4a_playback_get_recording_length_usec(file.handle), 160U);
    EXPECT_EQ(next(file.handle)[0], 1'000'000U);
  }
  EXPECT_EQ(write_at(1'000'000), kFailed);
  EXPECT_EQ(write_at(1'000'161), kDone);  // in the same window
  ASSERT_EQ(write_at(9'000'000), kDone);
  // What is behind the flush has been written meanwhile; whoever dies here leaves a whole file.
  const std::string killed = read_file(path());
  lockstep::testing::write_file(folder / "killed.mkv", killed);
  {
    const OpenPlayback file(folder / "killed.mkv");
    EXPECT_EQ(k4a_playback_get_recording_length_usec(file.handle), 160U);
  }
  close();
  const OpenPlayback file(path());
  EXPECT_EQ(k4a_playback_get_recording_length_usec(file.handle), 8'000'160U);
  k4a_playback_seek_timestamp(file.handle, 0, K4A_PLAYBACK_SEEK_END);
  const auto walk = lockstep::testing::walk_independently(read_file(path()));
  EXPECT_EQ(walk.error, "");
  EXPECT_EQ(walk.blocks_of_track(1), 4U);
}

// ---- custom tracks

struct Datum {
  uint64_t us;
  std::string bytes;
  friend bool operator==(const Datum&, const Datum&) = default;
};

std::vector<Datum> data_of(k4a_playback_t playback, const char* track, bool forward = true) {
  const auto get =
      forward ? k4a_playback_get_next_data_block : k4a_playback_get_previous_data_block;
  std::vector<Datum> data;
  k4a_playback_data_block_t block = nullptr;
  while (get(playback, track, &block) == K4A_STREAM_RESULT_SUCCEEDED) {
    const auto* const bytes = reinterpret_cast<char*>(k4a_playback_data_block_get_buffer(block));
    const size_t size = k4a_playback_data_block_get_buffer_size(block);
    EXPECT_EQ(bytes == nullptr, size == 0);
    data.push_back({k4a_playback_data_block_get_device_timestamp_usec(block),
                    bytes == nullptr ? "" : std::string(bytes, size)});
    k4a_playback_data_block_release(block);
  }
  return data;
}

/// A recording of three custom tracks and of no camera.
class K4aCustomTracks : public K4aRecord {
 protected:
  void SetUp() override {
    create(K4A_DEVICE_CONFIG_INIT_DISABLE_ALL);
    const k4a_record_video_settings_t video{8, 4, 24};
    const k4a_record_subtitle_settings_t often{true};
    const uint8_t context[] = {4, 5, 6};
    ASSERT_EQ(k4a_record_add_custom_video_track(record, "EYE", "V_MINE", context, 3, &video),
              kDone);
    ASSERT_EQ(k4a_record_add_custom_subtitle_track(record, "LOG", "S_LOG", nullptr, 3, nullptr),
              kDone);
    ASSERT_EQ(k4a_record_add_custom_subtitle_track(record, "FAST", "S_FAST", nullptr, 0, &often),
              kDone);
    ASSERT_EQ(k4a_record_write_header(record), kDone);
  }

  void write_data(const char* track, uint64_t us, std::string bytes) {
    auto* const data = reinterpret_cast<uint8_t*>(bytes.data());
    EXPECT_EQ(k4a_record_write_custom_track_data(record, track, us, data, bytes.size()), kDone);
    written[track].push_back({us, bytes});
  }

  void write_all() {
    for (uint64_t i = 0; i < 30; ++i)
      write_data("EYE", 1'000'000 + 41'666 * i, std::string(i, 'e'));
    for (uint64_t i = 0; i < 3; ++i) write_data("LOG", 1'000'010 + 700'000 * i, "line");
    // Evenly spaced within their blocks, of which 32 ms make one at most; of equal sizes and not.
    for (uint64_t i = 0; i < 2400; ++i)
      write_data("FAST", 1'024'000 + 1000 * i, std::string(i < 1200 ? 5 : i % 300, 'f'));
  }

  std::map<std::string, std::vector<Datum>> written;
};

TEST_F(K4aCustomTracks, GiveTheirDataBack) {
  write_all();
  close();
  const OpenPlayback file(path());
  for (const auto& [track, data] : written) {
    EXPECT_EQ(data_of(file.handle, track.c_str()), data) << track;
    EXPECT_EQ(data_of(file.handle, track.c_str(), false),
              std::vector<Datum>(data.rbegin(), data.rend()))
        << track;
  }
  // Seeks move these tracks, too.
  ASSERT_EQ(k4a_playback_seek_timestamp(file.handle, 2'000'001, K4A_PLAYBACK_SEEK_DEVICE_TIME),
            kDone);
  EXPECT_EQ(data_of(file.handle, "FAST").front().us, 2'001'000U);
  EXPECT_EQ(data_of(file.handle, "LOG").front().us, 2'400'010U);
  const auto walk = lockstep::testing::walk_independently(read_file(path()));
  EXPECT_EQ(walk.error, "");
  EXPECT_THAT(walk.track_names, ElementsAre("EYE", "LOG", "FAST"));
  EXPECT_EQ(walk.blocks_of_track(1), 30U);
  EXPECT_LT(walk.blocks_of_track(3), 100U);  // many in each
}

TEST_F(K4aCustomTracks, TellHowTheyAreSet) {
  write_all();
  close();
  const OpenPlayback file(path());
  k4a_record_video_settings_t settings;
  ASSERT_EQ(k4a_playback_track_get_video_settings(file.handle, "EYE", &settings), kDone);
  EXPECT_EQ(settings.width, 8U);
  EXPECT_EQ(settings.height, 4U);
  EXPECT_EQ(settings.frame_rate, 24U);
  uint8_t read[8];
  size_t size = sizeof read;
  ASSERT_EQ(k4a_playback_track_get_codec_context(file.handle, "EYE", read, &size),
            K4A_BUFFER_RESULT_SUCCEEDED);
  EXPECT_EQ(std::vector<uint8_t>(read, read + size), std::vector<uint8_t>({4, 5, 6}));
  EXPECT_FALSE(k4a_playback_track_is_builtin(file.handle, "EYE"));
  EXPECT_NE(tag_of(file.handle, "K4A_CUSTOM_TRACK_EYE"), "none");
  // A file without a camera.
  k4a_record_configuration_t config;
  ASSERT_EQ(k4a_playback_get_record_configuration(file.handle, &config), kDone);
  EXPECT_EQ(config.color_format, K4A_IMAGE_FORMAT_CUSTOM);
  EXPECT_EQ(config.camera_fps, K4A_FRAMES_PER_SECOND_30);
  k4a_capture_t capture = nullptr;
  EXPECT_EQ(k4a_playback_get_next_capture(file.handle, &capture), K4A_STREAM_RESULT_EOF);
  k4a_imu_sample_t sample;
  EXPECT_EQ(k4a_playback_get_next_imu_sample(file.handle, &sample), K4A_STREAM_RESULT_EOF);
  EXPECT_EQ(k4a_playback_set_color_conversion(file.handle, K4A_IMAGE_FORMAT_COLOR_BGRA32), kFailed);
}

TEST_F(K4aCustomTracks, RefuseDataOfOtherTracks) {
  uint8_t byte = 0;
  EXPECT_EQ(k4a_record_write_custom_track_data(record, "COLOR", 9, &byte, 1), kFailed);
  EXPECT_EQ(k4a_record_write_custom_track_data(record, "NONE", 9, &byte, 1), kFailed);
  EXPECT_EQ(k4a_record_write_custom_track_data(record, nullptr, 9, &byte, 1), kFailed);
  EXPECT_EQ(k4a_record_write_custom_track_data(record, "LOG", 9, nullptr, 1), kFailed);
  EXPECT_EQ(k4a_record_write_custom_track_data(record, "LOG", 9, &byte, 0), kDone);
  close();
  const OpenPlayback file(path());
  EXPECT_EQ(data_of(file.handle, "LOG"), (std::vector<Datum>{{9, ""}}));
}

}  // namespace

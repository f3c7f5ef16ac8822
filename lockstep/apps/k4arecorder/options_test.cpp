// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/options.h"

#include <gmock/gmock.h>

#include <CLI/CLI.hpp>

#include "lockstep/apps/k4arecorder/length.h"
#include "lockstep/apps/k4arecorder/remarks.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// The options of a command line, or the complaint about it.
struct Parsed {
  explicit Parsed(const std::string& line) {
    CLI::App app;
    RecorderWords words;
    add_recorder_options(app, words);
    try {
      app.parse(line);
      options = recorder_options(words, complaint);
    } catch (const CLI::ParseError& error) {
      complaint = error.what();
    }
  }
  std::optional<RecorderOptions> options;
  std::string complaint;
};

TEST(RecorderOptions, AreTheVendorsByDefault) {
  const Parsed parsed("out.mkv");
  ASSERT_TRUE(parsed.options) << parsed.complaint;
  const RecorderOptions& options = *parsed.options;
  EXPECT_EQ(options.device, 0u);
  EXPECT_FALSE(options.length_s || options.exposure_us || options.gain);
  EXPECT_TRUE(options.imu);
  EXPECT_EQ(options.config.color_resolution, K4A_COLOR_RESOLUTION_1080P);
  EXPECT_EQ(options.config.color_format, K4A_IMAGE_FORMAT_COLOR_MJPG);
  EXPECT_EQ(options.config.depth_mode, K4A_DEPTH_MODE_NFOV_UNBINNED);
  EXPECT_EQ(options.config.camera_fps, K4A_FRAMES_PER_SECOND_30);
  EXPECT_EQ(options.config.wired_sync_mode, K4A_WIRED_SYNC_MODE_STANDALONE);
  EXPECT_FALSE(options.config.synchronized_images_only);
  EXPECT_EQ(options.file, "out.mkv");
}

TEST(RecorderOptions, TakeWordsInAnyCase) {
  const Parsed parsed(
      "-c 720P_nv12 -d wfov_2x2binned --imu off --external-sync sub --sync-delay 160 "
      "--depth-delay -40 -r 15 -g 7 --device 2 x.mkv");
  ASSERT_TRUE(parsed.options) << parsed.complaint;
  const k4a_device_configuration_t& config = parsed.options->config;
  EXPECT_EQ(config.color_format, K4A_IMAGE_FORMAT_COLOR_NV12);
  EXPECT_EQ(config.color_resolution, K4A_COLOR_RESOLUTION_720P);
  EXPECT_EQ(config.depth_mode, K4A_DEPTH_MODE_WFOV_2X2BINNED);
  EXPECT_EQ(config.camera_fps, K4A_FRAMES_PER_SECOND_15);
  EXPECT_EQ(config.wired_sync_mode, K4A_WIRED_SYNC_MODE_SUBORDINATE);
  EXPECT_EQ(config.subordinate_delay_off_master_usec, 160u);
  EXPECT_EQ(config.depth_delay_off_color_usec, -40);
  EXPECT_FALSE(parsed.options->imu);
  EXPECT_EQ(parsed.options->gain, 7);
  EXPECT_EQ(parsed.options->device, 2u);
}

TEST(RecorderOptions, RunAtTheHighestRateOfTheirModes) {
  EXPECT_EQ(Parsed("x.mkv").options->frames_per_second(), 30);
  EXPECT_EQ(Parsed("-c 3072p x.mkv").options->frames_per_second(), 15);
  EXPECT_EQ(Parsed("-d WFOV_UNBINNED x.mkv").options->frames_per_second(), 15);
  EXPECT_EQ(Parsed("-d WFOV_UNBINNED -r 5 x.mkv").options->frames_per_second(), 5);
}

TEST(RecorderOptions, TakeAnExposureAsMicrosecondsOrPowerOfTwo) {
  const auto exposure = [](const char* word) {
    return *Parsed(std::string("-e ") + word + " x.mkv").options->exposure_us;
  };
  EXPECT_EQ(exposure("2"), 2);
  EXPECT_EQ(exposure("200000"), 200'000);
  EXPECT_EQ(exposure("-11"), 488);
  EXPECT_EQ(exposure("-1"), 500'000);
  EXPECT_EQ(exposure("0"), 1'000'000);
  EXPECT_EQ(exposure("1"), 2'000'000);
}

TEST(RecorderOptions, ComplainByTheNameOfTheOption) {
  for (const auto& [line, start] : std::vector<std::pair<const char*, const char*>>{
           {"--device 256 x.mkv", "--device: "},
           {"--device -1 x.mkv", "--device: "},
           {"--device one x.mkv", "--device: "},
           {"-l -1 x.mkv", "--record-length: must be positive"},
           {"-l soon x.mkv", "--record-length: "},
           {"-l nan x.mkv", "--record-length: "},
           {"-c 4k x.mkv", "--color-mode: there is no '4k'"},
           {"-d WIDE x.mkv", "--depth-mode: "},
           {"-r 25 x.mkv", "--rate: "},
           {"-r 30 -c 3072p x.mkv", "--rate: colour of 3072p"},
           {"-d WFOV_UNBINNED -r 30 x.mkv", "--rate: WFOV_UNBINNED"},
           {"--imu yes x.mkv", "--imu: "},
           {"--external-sync slave x.mkv", "--external-sync: "},
           {"--sync-delay 160 x.mkv", "--sync-delay: only a subordinate"},
           {"--sync-delay 160 --external-sync master x.mkv", "--sync-delay: only a subordinate"},
           {"--sync-delay -1 --external-sync sub x.mkv", "--sync-delay: "},
           {"--depth-delay much x.mkv", "--depth-delay: "},
           {"-e 200001 x.mkv", "--exposure-control: "},
           {"-e -12 x.mkv", "--exposure-control: "},
           {"-g 256 x.mkv", "--gain: "},
           {"-g -1 x.mkv", "--gain: "},
           {"-c OFF -d OFF x.mkv", "--color-mode: colour and depth are both OFF"},
           {"--device-time x.mkv", "--device-time: "},
           {"--take t x.mkv", "--take: "},
           {"-l", "--record-length: "},
       }) {
    const Parsed parsed(line);
    EXPECT_FALSE(parsed.options) << line;
    EXPECT_THAT(parsed.complaint, StartsWith(start)) << line;
  }
}

TEST(RecordingLength, CountsTheHostsTimeAndAtLeastOneCapture) {
  const auto options = *Parsed("-l 5 x.mkv").options;
  RecordingLength length(options);
  EXPECT_TRUE(length.holds(1) && length.holds(100'000'000));
  EXPECT_FALSE(length.reached(std::chrono::duration<double>(4.99)));
  EXPECT_TRUE(length.reached(std::chrono::duration<double>(5)));
  const auto endless = *Parsed("x.mkv").options;
  EXPECT_FALSE(RecordingLength(endless).reached(std::chrono::hours(1000)));
}

// Whenever each of them had its first capture, and whatever its delay.
TEST(RecordingLength, EndsOnOneFrameOfASyncLine) {
  const auto frames = [](const std::string& more, int64_t first_tick, int64_t delay_us) {
    const auto options = *Parsed("-l 3 --device-time -e 8330 " + more + " x.mkv").options;
    RecordingLength length(options);
    int64_t tick = first_tick;
    while (length.holds(tick * 100'000 / 3 + 4165 + delay_us)) ++tick;
    return tick;
  };
  const int64_t end = frames("--external-sync master", 9, 0);
  EXPECT_EQ(end, 150);
  EXPECT_EQ(frames("--external-sync sub", 7, 0), end);
  EXPECT_EQ(frames("--external-sync sub --sync-delay 30000", 40, 30'000), end);
  EXPECT_EQ(frames("", 9, 0), 9 + 90) << "alone from its own first capture";
}

TEST(RecordingLength, OfNothingIsOneCapture) {
  const auto options = *Parsed("-l 0 --device-time x.mkv").options;
  RecordingLength length(options);
  EXPECT_TRUE(length.holds(1'000'000));
  EXPECT_FALSE(length.holds(1'033'333));
}

TEST(Remarks, NameWhatGoesWrongAtARig) {
  using Seconds = Remarks::Seconds;
  const auto sub = *Parsed("--external-sync sub -e 8330 x.mkv").options;
  Remarks remarks(sub);
  EXPECT_EQ(remarks.before_start(), "");
  EXPECT_THAT(Remarks(*Parsed("--external-sync sub x.mkv").options).before_start(),
              HasSubstr("exposure is automatic"));
  EXPECT_EQ(remarks.while_waiting(Seconds(59), Family::azure_kinect), "");
  EXPECT_THAT(remarks.while_waiting(Seconds(60), Family::azure_kinect),
              HasSubstr("turns its depth off"));
  EXPECT_EQ(remarks.while_waiting(Seconds(61), Family::azure_kinect), "") << "said once";
  for (const Family other : {Family::femto_bolt, Family::femto_mega})
    EXPECT_EQ(Remarks(sub).while_waiting(Seconds(100), other), "") << "its depth goes on";
  EXPECT_THAT(remarks.at_first_capture(Seconds(0.03)), HasSubstr("master was started first"));
  EXPECT_EQ(Remarks(sub).at_first_capture(Seconds(0.2)), "");
  const auto alone = *Parsed("x.mkv").options;
  EXPECT_EQ(Remarks(alone).at_first_capture(Seconds(0)), "");
  EXPECT_EQ(Remarks(alone).while_waiting(Seconds(100), Family::azure_kinect), "");
}

TEST(Remarks, CountWhatIsMissing) {
  const auto options = *Parsed("x.mkv").options;
  Remarks remarks(options);
  for (const int64_t tick : {10, 11, 12, 15, 16}) remarks.on_capture(tick * 100'000 / 3);
  EXPECT_EQ(remarks.at_end("x.mkv", 12'300'000),
            "x.mkv: 5 captures over 0.2 s, 12.3 MB; 2 between them missing");
}

}  // namespace
}  // namespace lockstep

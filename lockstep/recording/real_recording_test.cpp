// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "lockstep/recording/reader.h"
#include "tests/support/files.h"

namespace lockstep {
namespace {

using testing::data_file;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::unique_ptr<RecordingReader> open_data(std::string_view name) {
  auto reader = RecordingReader::open(data_file(name));
  if (!reader) {
    ADD_FAILURE() << reader.error().message;
    return nullptr;
  }
  return std::move(*reader);
}

std::vector<int64_t> microseconds(const std::vector<RecordingStamps::Entry>& entries) {
  std::vector<int64_t> us;
  for (const auto& entry : entries) us.push_back(entry.stamp.us());
  return us;
}

// Values: worked example of docs/recording-format.md.
TEST(RealRecording, HeadSaysHowTheCameraWasSet) {
  const auto reader = open_data("real-recording/recording.mkv");
  ASSERT_TRUE(reader);
  const RecordingInfo& info = reader->info();
  const RecordingHeader& header = info.header;
  EXPECT_EQ(header.camera.color_format, ColorFormat::mjpg);
  EXPECT_EQ(header.camera.color_resolution, ColorResolution::p720);
  EXPECT_EQ(header.camera.depth_mode, DepthMode::nfov_unbinned);
  EXPECT_EQ(header.camera.frame_rate, FrameRate::fps5);
  EXPECT_EQ(header.camera.wired_sync, WiredSync::standalone);
  EXPECT_EQ(header.camera.depth_delay_off_color, Micros(0));
  EXPECT_TRUE(header.camera.imu && header.has_imu && header.has_color && header.has_depth);
  EXPECT_TRUE(header.has_ir && header.has_wired_sync_tag);
  EXPECT_FALSE(header.is_virtual || info.has_side_track);
  EXPECT_EQ(header.serial, "001514394512");
  EXPECT_EQ(header.color_firmware, "1.6.110");
  EXPECT_EQ(header.depth_firmware, "1.6.79");
  EXPECT_EQ(header.muxing_app, "libmatroska-1.4.9");
  EXPECT_EQ(header.writing_app, "k4arecord-1.4.1");
  EXPECT_EQ(header.date_utc_ns, 620'580'037'000'000'000);  // 2020-08-31T15:20:37Z
  EXPECT_THAT(header.calibration_json, SizeIs(3900));
  EXPECT_EQ(header.calibration_json.front(), '{');
  EXPECT_EQ(header.calibration_json.back(), '}');
  EXPECT_EQ(info.start_offset_us, 336'277U);
  EXPECT_EQ(info.first.us(), 800'222);
  EXPECT_EQ(info.last.us(), 800'222);
  EXPECT_EQ(info.file_bytes, 1'699'264U);
  EXPECT_TRUE(info.closed_cleanly && info.has_cues);
  EXPECT_THAT(info.damage, IsEmpty());
}

TEST(RealRecording, CaptureHasItsStampsAndValues) {
  const auto reader = open_data("real-recording/recording.mkv");
  ASSERT_TRUE(reader);
  const auto capture = reader->next_capture();
  ASSERT_TRUE(capture) << capture.error().message;
  ASSERT_TRUE(*capture && (*capture)->color && (*capture)->depth && (*capture)->ir);
  const Capture& c = **capture;
  EXPECT_EQ(c.color->stamp.us(), 800'222);
  EXPECT_EQ(c.depth->stamp.us(), 800'222);
  EXPECT_EQ(c.ir->stamp.us(), 800'222);

  const auto jpeg = c.color->bytes.get();
  ASSERT_EQ(jpeg.size(), 217'095U);
  EXPECT_EQ(jpeg[0], std::byte{0xFF});
  EXPECT_EQ(jpeg[1], std::byte{0xD8});
  EXPECT_EQ(jpeg[jpeg.size() - 1], std::byte{0xD9});

  const auto depth = c.depth->samples();
  ASSERT_EQ(depth.size(), 640U * 576U);
  uint64_t valid = 0;
  uint64_t sum = 0;
  uint16_t lowest = 65535;
  uint16_t highest = 0;
  for (const uint16_t mm : depth) {
    if (mm == 0) continue;
    ++valid;
    sum += mm;
    lowest = std::min(lowest, mm);
    highest = std::max(highest, mm);
  }
  EXPECT_EQ(valid, 281'945U);
  EXPECT_EQ(lowest, 165);
  EXPECT_EQ(highest, 3690);
  EXPECT_EQ(sum / valid, 1351U);
  EXPECT_EQ(depth[288 * 640 + 320], 1939);

  const auto ir = c.ir->samples();
  EXPECT_EQ(std::count(ir.begin(), ir.end(), 0), 64'731);
  EXPECT_EQ(*std::max_element(ir.begin(), ir.end()), 65535);

  const auto end = reader->next_capture();
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
}

TEST(RealRecording, ImuSampleHasItsValues) {
  const auto reader = open_data("real-recording/recording.mkv");
  ASSERT_TRUE(reader);
  const auto sample = reader->next_imu();
  ASSERT_TRUE(sample && *sample);
  EXPECT_EQ((*sample)->acceleration_stamp.ns(), 336'277'000);
  EXPECT_EQ((*sample)->angular_rate_stamp.ns(), 336'277'000);
  EXPECT_THAT((*sample)->acceleration_mps2,
              ElementsAre(FloatNear(-2.888193F, 1e-6F), FloatNear(-0.193805F, 1e-6F),
                          FloatNear(-9.437137F, 1e-6F)));
  EXPECT_THAT((*sample)->angular_rate_radps,
              ElementsAre(FloatNear(-0.0010146F, 1e-7F), FloatNear(-0.0019478F, 1e-7F),
                          FloatNear(0.0060235F, 1e-7F)));
  const auto end = reader->next_imu();
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
}

// Published stamps of a real rig (tests/data/vendor-written/README.md).
TEST(VendorWritten, TwoCamerasCarryThePublishedStamps) {
  const auto master = open_data("vendor-written/two-cameras-master.mkv");
  const auto sub = open_data("vendor-written/two-cameras-sub.mkv");
  ASSERT_TRUE(master && sub);
  EXPECT_EQ(master->info().header.camera.wired_sync, WiredSync::master);
  EXPECT_EQ(sub->info().header.camera.wired_sync, WiredSync::subordinate);
  const auto of_master = master->scan();
  const auto of_sub = sub->scan();
  ASSERT_TRUE(of_master && of_sub);
  EXPECT_THAT(microseconds(of_master->color), ElementsAre(128555, 161888, 195211, 228544));
  EXPECT_THAT(microseconds(of_master->depth),
              ElementsAre(61911, 95200, 128577, 161900, 195244, 228566));
  EXPECT_EQ(microseconds(of_master->ir), microseconds(of_master->depth));
  EXPECT_THAT(microseconds(of_sub->color), ElementsAre(61955, 95288, 128622, 161955, 195288));
  EXPECT_THAT(microseconds(of_sub->depth), ElementsAre(61888, 95233, 128566, 161911, 195222));
  EXPECT_THAT(of_master->notes, IsEmpty());
}

TEST(VendorWritten, CapturesOfTheMasterBeginWithoutColour) {
  const auto reader = open_data("vendor-written/two-cameras-master.mkv");
  ASSERT_TRUE(reader);
  std::vector<bool> colour;
  for (auto capture = reader->next_capture(); capture && *capture;
       capture = reader->next_capture()) {
    EXPECT_TRUE((*capture)->depth && (*capture)->ir);
    colour.push_back((*capture)->color.has_value());
  }
  EXPECT_THAT(colour, ElementsAre(false, false, true, true, true, true));
}

TEST(VendorWritten, ImuBesideColour) {
  const auto reader = open_data("vendor-written/colour-imu-30fps.mkv");
  ASSERT_TRUE(reader);
  const auto stamps = reader->scan();
  ASSERT_TRUE(stamps);
  EXPECT_THAT(stamps->color, SizeIs(70));
  EXPECT_THAT(stamps->depth, IsEmpty());
  uint64_t samples = 0;
  DeviceTime last;
  for (auto sample = reader->next_imu(); sample && *sample; sample = reader->next_imu()) {
    EXPECT_GT((*sample)->acceleration_stamp, last);
    last = (*sample)->acceleration_stamp;
    ++samples;
  }
  EXPECT_EQ(samples, stamps->imu_samples);
  EXPECT_GT(samples, 1000U);
  EXPECT_EQ(stamps->last_imu, last);
  EXPECT_TRUE(reader->info().closed_cleanly && reader->info().has_cues);
}

TEST(VendorWritten, StampsBeyond71MinutesAreRight) {
  const auto reader = open_data("vendor-written/past-71-minutes.mkv");
  ASSERT_TRUE(reader);
  const auto stamps = reader->scan();
  ASSERT_TRUE(stamps);
  ASSERT_FALSE(stamps->color.empty());
  EXPECT_EQ(reader->info().first.us(), 5'000'000'000);
  EXPECT_EQ(stamps->color.front().stamp.us(), 5'000'000'000);
}

TEST(VendorWritten, AKilledRecorderLeavesWhatItHadWritten) {
  const auto reader = open_data("vendor-written/killed.mkv");
  ASSERT_TRUE(reader);
  const RecordingInfo& info = reader->info();
  EXPECT_FALSE(info.closed_cleanly || info.has_cues);
  EXPECT_FALSE(info.damage.empty());
  const auto stamps = reader->scan();
  ASSERT_TRUE(stamps);
  EXPECT_GT(stamps->color.size(), 60U);
  size_t captures = 0;
  for (auto capture = reader->next_capture(); capture && *capture;
       capture = reader->next_capture()) {
    EXPECT_EQ((*capture)->color->stamp, stamps->color[captures].stamp);
    ++captures;
  }
  EXPECT_EQ(captures, stamps->color.size());
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lockstep/recording/recording_fixture.h"
#include "tests/support/files.h"

namespace lockstep {
namespace {

using namespace testing;
using ::testing::IsEmpty;

bool same_bytes(const std::optional<Image>& a, const std::optional<Image>& b) {
  if (a.has_value() != b.has_value()) return false;
  return !a || (std::ranges::equal(a->bytes.get(), b->bytes.get()) && a->stamp == b->stamp &&
                a->format == b->format && a->width_px == b->width_px);
}

class RoundTrip : public ::testing::TestWithParam<BlockTimes> {};

TEST_P(RoundTrip, EverythingComesBack) {
  const TempFolder folder;
  const auto path = folder / "a.mkv";
  RecordingWriterOptions options;
  options.block_times = GetParam();
  // Beyond 71 minutes, where 32 bits of microseconds end.
  const int64_t first_us = 5'000'000'000;
  auto writer = RecordingWriter::create(path, small_header(), options);
  ASSERT_TRUE(writer) << writer.error().message;
  ASSERT_TRUE(feed(**writer, 75, first_us));
  const auto finished = (*writer)->finish();
  ASSERT_TRUE(finished) << finished.error().message;

  auto reader = RecordingReader::open(path);
  ASSERT_TRUE(reader) << reader.error().message;
  const RecordingInfo& info = (*reader)->info();
  EXPECT_THAT(info.damage, IsEmpty());
  EXPECT_TRUE(info.closed_cleanly && info.has_cues && info.has_side_track);
  EXPECT_EQ(info.header.camera, small_header().camera);
  EXPECT_EQ(info.header.serial, small_header().serial);
  EXPECT_EQ(info.header.calibration_json, small_header().calibration_json);
  EXPECT_EQ(info.header.date_utc_ns, small_header().date_utc_ns);
  EXPECT_EQ(info.first.us(), first_us - 160);
  for (int i = 0; i < 75; ++i) {
    const auto capture = (*reader)->next_capture();
    ASSERT_TRUE(capture && *capture) << i;
    const Capture wanted = capture_at(first_us + i * int64_t{100'000} / 3);
    EXPECT_TRUE(same_bytes((*capture)->color, wanted.color)) << i;
    EXPECT_TRUE(same_bytes((*capture)->depth, wanted.depth)) << i;
    EXPECT_TRUE(same_bytes((*capture)->ir, wanted.ir)) << i;
  }
  const auto end = (*reader)->next_capture();
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);

  int64_t imu_us = first_us - 20'000;
  uint64_t samples = 0;
  for (auto sample = (*reader)->next_imu(); sample && *sample; sample = (*reader)->next_imu()) {
    EXPECT_EQ((*sample)->acceleration_stamp, imu_at(imu_us).acceleration_stamp);
    EXPECT_EQ((*sample)->angular_rate_stamp, imu_at(imu_us).angular_rate_stamp);
    EXPECT_EQ((*sample)->acceleration_mps2[1], imu_at(imu_us).acceleration_mps2[1]);
    imu_us += 611;
    ++samples;
  }
  EXPECT_EQ(samples, (*writer)->stats().imu_samples);
}

INSTANTIATE_TEST_SUITE_P(BlockTimes, RoundTrip,
                         ::testing::Values(BlockTimes::absolute, BlockTimes::relative));

}  // namespace
}  // namespace lockstep

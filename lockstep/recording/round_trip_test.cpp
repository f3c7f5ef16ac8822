// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/support/files.h"
#include "tests/support/independent_reader.h"
#include "tests/support/recording_fixture.h"

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

/// Copies captures and IMU samples of one recording into a new one.
void record_again(RecordingReader& from, const std::filesystem::path& to) {
  RecordingWriterOptions options;
  options.block_times = BlockTimes::relative;
  auto writer = RecordingWriter::create(to, from.info().header, options);
  ASSERT_TRUE(writer) << writer.error().message;
  for (auto sample = from.next_imu(); sample && *sample; sample = from.next_imu()) {
    ASSERT_TRUE((*writer)->write_imu(**sample));
  }
  for (auto capture = from.next_capture(); capture && *capture; capture = from.next_capture()) {
    ASSERT_TRUE((*writer)->write(**capture));
  }
  const auto finished = (*writer)->finish();
  ASSERT_TRUE(finished) << finished.error().message;
}

TEST(Rerecorded, TheRealRecordingIsTheSameToUsAndToOthers) {
  const TempFolder folder;
  const auto path = folder / "again.mkv";
  auto original = RecordingReader::open(data_file("real-recording/recording.mkv"));
  ASSERT_TRUE(original);
  record_again(**original, path);
  auto again = RecordingReader::open(path);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_THAT((*again)->info().damage, IsEmpty());
  EXPECT_EQ((*again)->info().header.camera, (*original)->info().header.camera);
  EXPECT_EQ((*again)->info().start_offset_us, 336'277U);
  ASSERT_TRUE((*original)->seek(DeviceTime()));
  const auto first = (*original)->next_capture();
  const auto second = (*again)->next_capture();
  ASSERT_TRUE(first && *first && second && *second);
  EXPECT_TRUE(same_bytes((*first)->color, (*second)->color));
  EXPECT_TRUE(same_bytes((*first)->depth, (*second)->depth));
  EXPECT_TRUE(same_bytes((*first)->ir, (*second)->ir));

  const auto of_original = walk_independently(read_file(data_file("real-recording/recording.mkv")));
  const auto of_again = walk_independently(read_file(path));
  EXPECT_EQ(of_again.error, "");
  for (const uint64_t track : {1, 2, 3, 4}) {
    EXPECT_EQ(of_again.block_times.at(track), of_original.block_times.at(track));
  }
  for (const auto& [name, value] : of_original.tags) {
    if (name.ends_with("_TRACK")) continue;  // its UID is a new one
    EXPECT_EQ(of_again.tags.at(name), value) << name;
  }
  EXPECT_EQ(of_again.duration, of_original.duration);
}

TEST(Rerecorded, MkvinfoHasNothingToComplainOf) {
  if (std::system("mkvinfo --version > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "mkvinfo (package mkvtoolnix) is not installed";
  }
  const TempFolder folder;
  auto original = RecordingReader::open(data_file("real-recording/recording.mkv"));
  ASSERT_TRUE(original);
  record_again(**original, folder / "again.mkv");
  const std::string command = "LC_ALL=C mkvinfo --all '" + (folder / "again.mkv").string() +
                              "' > '" + (folder / "said").string() + "' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
  const std::string said = read_file(folder / "said");
  for (const char* wanted :
       {"V_MS/VFW/FOURCC", "b16g", "S_K4A/IMU", "S_LOCKSTEP", "Cue", "Duration"}) {
    EXPECT_THAT(said, ::testing::HasSubstr(wanted));
  }
  EXPECT_THAT(said, ::testing::Not(::testing::HasSubstr("rror")));
}

INSTANTIATE_TEST_SUITE_P(BlockTimes, RoundTrip,
                         ::testing::Values(BlockTimes::absolute, BlockTimes::relative));

}  // namespace
}  // namespace lockstep

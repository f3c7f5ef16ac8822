// SPDX-License-Identifier: MIT
#include "lockstep/recording/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "lockstep/recording/streams.h"
#include "tests/support/files.h"
#include "tests/support/independent_reader.h"
#include "tests/support/recording_fixture.h"

namespace lockstep {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A disk in memory that takes `limit` bytes and then part of a write.
class SmallDisk final : public mkv::ByteSink {
 public:
  SmallDisk(std::string& content, size_t limit, Errc failure)
      : content_(content), limit_(limit), failure_(failure) {}

  Result<void> write_at(uint64_t offset, std::span<const mkv::ByteView> pieces) override {
    for (const mkv::ByteView& piece : pieces) {
      const size_t room = limit_ - std::min<size_t>(limit_, offset);
      const size_t count = std::min(room, piece.size());
      content_.resize(std::max(content_.size(), static_cast<size_t>(offset) + count));
      if (count > 0) std::memcpy(content_.data() + offset, piece.data(), count);
      if (count < piece.size()) return Error{failure_, "cannot write: the disk is full"};
      offset += count;
    }
    return {};
  }
  Result<void> sync() override { return {}; }
  Result<void> truncate(uint64_t size) override {
    content_.resize(static_cast<size_t>(size));
    return {};
  }

 private:
  std::string& content_;
  size_t limit_;
  Errc failure_;
};

std::unique_ptr<RecordingWriter> writer_in_memory(std::string& content,
                                                  const RecordingWriterOptions& options = {},
                                                  size_t limit = SIZE_MAX,
                                                  Errc failure = Errc::no_space) {
  auto writer = create_recording_on(std::make_unique<SmallDisk>(content, limit, failure),
                                    small_header(), options);
  return writer ? std::move(*writer) : nullptr;
}

TEST(RecordingWriter, AFullDiskAtAnyWriteLeavesWhatWasWritten) {
  std::string whole;
  {
    auto writer = writer_in_memory(whole);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(feed(*writer, 24, 1'000'000));
    ASSERT_TRUE(writer->finish());
  }
  for (size_t limit = 20'000; limit < whole.size(); limit += whole.size() / 40) {
    std::string content;
    auto writer = writer_in_memory(content, {}, limit);
    ASSERT_TRUE(writer);
    auto fed = feed(*writer, 24, 1'000'000);
    const auto finished = writer->finish();
    ASSERT_FALSE(fed && finished) << limit;
    const Error& error = fed ? finished.error() : fed.error();
    EXPECT_EQ(error.code, Errc::no_space);
    EXPECT_THAT(error.message, HasSubstr("disk is full"));
    if (!fed) {
      EXPECT_EQ(writer->write(capture_at(9'000'000)).error().code, Errc::no_space);
    }
    const auto walk = walk_independently(content);
    EXPECT_EQ(walk.error, "") << limit;
    auto reader = open_recording_on(mkv::memory_source(mkv::as_bytes(content)), "full");
    if (!reader) continue;  // not even the first cluster had room
    EXPECT_TRUE((*reader)->info().closed_cleanly) << limit;
    const auto stamps = (*reader)->scan();
    ASSERT_TRUE(stamps);
    EXPECT_EQ(stamps->color.size(), walk.blocks_of_track(1));
  }
}

TEST(RecordingWriter, ADiskTooSmallForTheHeadIsAnError) {
  std::string content;
  auto writer =
      create_recording_on(std::make_unique<SmallDisk>(content, 3000, Errc::io), small_header(), {});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, Errc::io);
}

TEST(RecordingWriter, ErrorsOfTheDeviceComeBackFromEveryLaterCall) {
  std::string content;
  auto writer = writer_in_memory(content, {}, 100'000, Errc::io);
  ASSERT_TRUE(writer);
  const auto fed = feed(*writer, 60, 1'000'000);
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().code, Errc::io);
  EXPECT_EQ(writer->write(capture_at(5'000'000)).error().message, fed.error().message);
  EXPECT_EQ(writer->write_imu(imu_at(5'000'000)).error().message, fed.error().message);
  EXPECT_EQ(writer->finish().error().message, fed.error().message);
}

TEST(RecordingWriter, LateDataInsideTheWindowComeInOrderAndOlderAreCounted) {
  std::string content;
  auto writer = writer_in_memory(content);
  ASSERT_TRUE(writer);
  for (const int64_t us : {1'000'000, 1'066'666, 1'033'333, 1'100'000, 2'000'000}) {
    ASSERT_TRUE(writer->write(capture_at(us)));
  }
  ASSERT_TRUE(writer->write(capture_at(1'050'000)));  // its cluster is on disk
  EXPECT_EQ(writer->stats().late_items, 4U);          // three images and a note
  ASSERT_TRUE(writer->finish());
  const auto walk = walk_independently(content);
  EXPECT_EQ(walk.error, "");
  EXPECT_THAT(walk.block_times.at(1),
              ElementsAre(1'000'000, 1'033'333, 1'066'666, 1'100'000, 2'000'000));
}

TEST(RecordingWriter, FileIsWhatTheFormatAsksFor) {
  std::string content;
  RecordingWriterOptions options;
  options.block_times = BlockTimes::relative;
  RecordingHeader header = small_header();
  header.is_virtual = true;
  header.extra_tags = {{"RIG", "three"}};
  auto writer = create_recording_on(std::make_unique<SmallDisk>(content, SIZE_MAX, Errc::io),
                                    header, options);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(feed(**writer, 90, 3'000'000));
  ASSERT_TRUE((*writer)->finish());
  const auto walk = walk_independently(content);
  EXPECT_EQ(walk.error, "");
  EXPECT_THAT(walk.track_names, ElementsAre("COLOR", "DEPTH", "IR", "IMU", "LOCKSTEP"));
  EXPECT_THAT(walk.attachments, ElementsAre("calibration.json"));
  EXPECT_TRUE(walk.has_cues);
  EXPECT_EQ(walk.tags.at("K4A_START_OFFSET_NS"), "2980000000");
  EXPECT_EQ(walk.tags.at("K4A_COLOR_MODE"), "MJPG_720P");
  EXPECT_EQ(walk.tags.at("K4A_DEPTH_MODE"), "NFOV_2X2BINNED");
  EXPECT_EQ(walk.tags.at("K4A_WIRED_SYNC_MODE"), "SUBORDINATE");
  EXPECT_EQ(walk.tags.at("K4A_SUBORDINATE_DELAY_NS"), "160000");
  EXPECT_EQ(walk.tags.at("LOCKSTEP_VIRTUAL"), "1");
  EXPECT_EQ(walk.tags.at("RIG"), "three");
  EXPECT_EQ(walk.tags.count("K4A_CUSTOM_TRACK_LOCKSTEP"), 1U);
  EXPECT_EQ(walk.block_times.at(1).front(), 20'000);
  EXPECT_FLOAT_EQ(static_cast<float>(walk.duration), 20'000.F + 89.F * 100'000.F / 3.F);
}

TEST(RecordingWriter, SideTrackKeepsWhatTheHostKnew) {
  std::string content;
  auto writer = writer_in_memory(content);
  ASSERT_TRUE(writer);
  Capture capture = capture_at(1'000'000);
  capture.temperature_c = 41.5;
  capture.jacks = {true, std::nullopt};
  capture.dropped_before = 3;
  capture.color->arrival = HostTime(Nanos(123'456'789));
  capture.color->exposure = Micros(8330);
  capture.color->gain = 7;
  ASSERT_TRUE(writer->write(capture));
  ASSERT_TRUE(writer->finish());
  auto reader = open_recording_on(mkv::memory_source(mkv::as_bytes(content)), "notes");
  ASSERT_TRUE(reader);
  const auto stamps = (*reader)->scan();
  ASSERT_TRUE(stamps);
  ASSERT_EQ(stamps->notes.size(), 1U);
  const CaptureNote& note = stamps->notes[0];
  EXPECT_EQ(note.stamp, capture.stamp());
  EXPECT_EQ(note.arrival, HostTime(Nanos(123'456'789)));
  EXPECT_EQ(note.exposure, Micros(8330));
  EXPECT_EQ(note.gain, 7);
  EXPECT_EQ(note.white_balance_k, std::nullopt);
  EXPECT_EQ(note.temperature_c, 41.5);
  EXPECT_EQ(note.jacks, capture.jacks);
  EXPECT_EQ(note.dropped_before, 3U);
  const auto depth = capture.depth->samples();
  const auto zeros = static_cast<double>(std::count(depth.begin(), depth.end(), 0));
  EXPECT_NEAR(*note.zero_depth_share, zeros / static_cast<double>(depth.size()), 1e-6);
  double sum = 0;
  for (const uint16_t value : capture.ir->samples()) sum += value;
  EXPECT_NEAR(*note.mean_ir, sum / static_cast<double>(depth.size()), 0.01);
  const auto read = (*reader)->next_capture();
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->color->arrival, capture.color->arrival);
  EXPECT_EQ((*read)->dropped_before, 3U);
}

TEST(RecordingWriter, RefusesWhatDoesNotBelongIn) {
  std::string content;
  auto writer = writer_in_memory(content);
  ASSERT_TRUE(writer);
  EXPECT_EQ(writer->write({}).error().code, Errc::invalid_argument);
  Capture wrong_size = capture_at(1'000'000);
  wrong_size.depth->width_px = 640;
  EXPECT_EQ(writer->write(wrong_size).error().code, Errc::invalid_argument);
  Capture short_plane = capture_at(1'000'000);
  short_plane.ir->bytes = short_plane.color->bytes;
  EXPECT_EQ(writer->write(short_plane).error().code, Errc::invalid_argument);
  Capture before_zero = capture_at(1'000'000);
  before_zero.color->stamp = DeviceTime(Micros(-1));
  EXPECT_EQ(writer->write(before_zero).error().code, Errc::invalid_argument);
  EXPECT_TRUE(writer->write(capture_at(1'000'000)));
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(writer->write(capture_at(2'000'000)).error().code, Errc::bad_state);
}

TEST(RecordingWriter, NeverWritesOverAFileUnlessAskedTo) {
  const TempFolder folder;
  write_file(folder / "a.mkv", "precious");
  const auto refused = RecordingWriter::create(folder / "a.mkv", small_header(), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::already_exists);
  EXPECT_EQ(read_file(folder / "a.mkv"), "precious");
  RecordingWriterOptions replace;
  replace.existing = ExistingFile::replace;
  EXPECT_TRUE(RecordingWriter::create(folder / "a.mkv", small_header(), replace));
}

}  // namespace
}  // namespace lockstep

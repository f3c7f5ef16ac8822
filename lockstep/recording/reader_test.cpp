// SPDX-License-Identifier: MIT
#include "lockstep/recording/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "lockstep/recording/streams.h"
#include "tests/support/files.h"
#include "tests/support/recording_fixture.h"

namespace lockstep {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kFirstUs = 1'000'000;

std::string small_file(int captures) {
  const TempFolder folder;
  auto writer = RecordingWriter::create(folder / "a.mkv", small_header(), {});
  EXPECT_TRUE(writer && feed(**writer, captures, kFirstUs) && (*writer)->finish());
  return read_file(folder / "a.mkv");
}

std::unique_ptr<RecordingReader> open_memory(std::string_view file) {
  auto reader = open_recording_on(mkv::memory_source(mkv::as_bytes(file)), "memory");
  if (!reader) ADD_FAILURE() << reader.error().message;
  return reader ? std::move(*reader) : nullptr;
}

int64_t stamp_of(const Result<std::optional<Capture>>& capture) {
  return capture && *capture ? (*capture)->stamp().us() : -1;
}

TEST(RecordingReader, BackAndForth) {
  const std::string file = small_file(40);
  const auto reader = open_memory(file);
  ASSERT_TRUE(reader);
  std::vector<int64_t> forward;
  for (int64_t us = 0; (us = stamp_of(reader->next_capture())) >= 0;) forward.push_back(us);
  ASSERT_EQ(forward.size(), 40U);
  std::vector<int64_t> backward;
  for (int64_t us = 0; (us = stamp_of(reader->previous_capture())) >= 0;) backward.push_back(us);
  std::reverse(backward.begin(), backward.end());
  EXPECT_EQ(forward, backward);
  EXPECT_EQ(stamp_of(reader->next_capture()), forward[0]);
  EXPECT_EQ(stamp_of(reader->next_capture()), forward[1]);
  EXPECT_EQ(stamp_of(reader->previous_capture()), forward[0]);
  EXPECT_EQ(stamp_of(reader->next_capture()), forward[1]);
}

/// Counts how often somebody reads from memory.
class CountingSource : public mkv::ByteSource {
 public:
  CountingSource(std::string_view file, size_t& reads)
      : memory_(mkv::memory_source(mkv::as_bytes(file))), reads_(reads) {}
  [[nodiscard]] uint64_t size() const override { return memory_->size(); }
  Result<size_t> read_at(uint64_t offset, std::span<std::byte> into) override {
    ++reads_;
    return memory_->read_at(offset, into);
  }

 private:
  std::unique_ptr<mkv::ByteSource> memory_;
  size_t& reads_;
};

// Colour until the end, depth and IR for the first three captures or the last three: whoever looks
// for their next image at every capture reads the whole file each time.
TEST(RecordingReader, AStreamThatEndsEarlyIsLookedForOnce) {
  constexpr int kCaptures = 3000;
  for (const bool ends_early : {true, false}) {
    const TempFolder folder;
    auto writer = RecordingWriter::create(folder / "a.mkv", small_header(), {});
    ASSERT_TRUE(writer);
    for (int i = 0; i < kCaptures; ++i) {
      const int64_t stamp_us = kFirstUs + i * int64_t{100'000} / 3;
      Capture capture;
      if (ends_early ? i < 3 : i >= kCaptures - 3) {
        capture = capture_at(stamp_us);
      } else {
        capture.color = image_of(PixelFormat::mjpg, {1280, 720}, stamp_us, noise(64, 0));
      }
      ASSERT_TRUE((*writer)->write(capture));
    }
    ASSERT_TRUE((*writer)->finish());
    const std::string file = read_file(folder / "a.mkv");
    size_t reads = 0;
    const auto reader = open_recording_on(std::make_unique<CountingSource>(file, reads), "counted");
    ASSERT_TRUE(reader);
    int captures = 0;
    while (stamp_of((*reader)->next_capture()) >= 0) ++captures;
    while (stamp_of((*reader)->previous_capture()) >= 0) ++captures;
    EXPECT_EQ(captures, 2 * kCaptures);
    EXPECT_LT(reads, 10U * 2 * kCaptures);
  }
}

TEST(RecordingReader, SeekFindsTheFirstCaptureWithAnImageAtOrAfter) {
  const std::string file = small_file(100);
  const auto reader = open_memory(file);
  ASSERT_TRUE(reader);
  for (const int index : {50, 0, 99, 31, 3}) {
    const int64_t us = kFirstUs + index * int64_t{100'000} / 3;
    ASSERT_TRUE(reader->seek(DeviceTime(Micros(us))));
    const auto capture = reader->next_capture();
    EXPECT_EQ(stamp_of(capture), us);
    EXPECT_TRUE((*capture)->depth && (*capture)->ir);  // 160 us before the target
    const auto sample = reader->next_imu();
    ASSERT_TRUE(sample);
    if (*sample) {
      EXPECT_GE((*sample)->acceleration_stamp.us(), us);
    }
    ASSERT_TRUE(reader->seek(DeviceTime(Micros(us))));
    EXPECT_EQ(stamp_of(reader->previous_capture()),
              index == 0 ? -1 : kFirstUs + (index - 1) * int64_t{100'000} / 3);
  }
  ASSERT_TRUE(reader->seek(DeviceTime(Micros(99'000'000))));
  EXPECT_EQ(stamp_of(reader->next_capture()), -1);
}

TEST(RecordingReader, ABrokenClusterIsSkippedAndNamed) {
  std::string file = small_file(60);
  const size_t at = file.find("\x1F\x43\xB6\x75", file.size() / 2);
  ASSERT_NE(at, std::string::npos);
  std::fill_n(file.begin() + static_cast<long>(at), 2000, '\0');
  const auto reader = open_memory(file);
  ASSERT_TRUE(reader);
  const auto stamps = reader->scan();
  ASSERT_TRUE(stamps);
  EXPECT_GE(stamps->color.size(), 58U);
  EXPECT_LT(stamps->color.size(), 61U);
  EXPECT_TRUE(std::ranges::any_of(reader->info().damage, [at](const RecordingDamage& damage) {
    return damage.offset == at && damage.what.find("skipped") != std::string::npos;
  }));
  EXPECT_EQ(stamps->color.back().stamp.us(), kFirstUs + 59 * int64_t{100'000} / 3);
}

TEST(RecordingReader, WrongCuesAreDoneWithout) {
  std::string file = small_file(60);
  const size_t cues = file.rfind("\x1C\x53\xBB\x6B");
  ASSERT_NE(cues, std::string::npos);
  for (size_t i = cues + 8; i < file.size(); ++i) {
    if (file[i] == '\xF1') ++file[i + 2];  // position of a cluster
  }
  const auto reader = open_memory(file);
  ASSERT_TRUE(reader);
  EXPECT_FALSE(reader->info().has_cues);
  EXPECT_EQ(reader->scan()->color.size(), 60U);
  EXPECT_FALSE(reader->info().damage.empty());
}

TEST(RecordingReader, WhatIsNoRecordingIsASentence) {
  const auto message = [](std::string_view bytes) {
    const auto reader = open_recording_on(mkv::memory_source(mkv::as_bytes(bytes)), "x.mkv");
    return reader ? "opened" : reader.error().message;
  };
  EXPECT_THAT(message(""), HasSubstr("x.mkv: the file is empty"));
  EXPECT_THAT(message("RIFF....AVI LIST and so on"), HasSubstr("not a Matroska file"));
  const TempFolder folder;
  const auto missing = RecordingReader::open(folder / "none.mkv");
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_THAT(missing.error().message, HasSubstr("none.mkv"));
  EXPECT_EQ(RecordingReader::open(folder.path()).error().code, Errc::unusable_input);
}

/// Any order of arrival within the window, any gaps: everything comes back, in order.
RC_GTEST_PROP(RecordingReader, RandomCapturesComeBack, ()) {
  const auto steps_us = *rc::gen::resize(
      15, rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(20'000, 120'000)));
  std::vector<int64_t> stamps;
  int64_t us = kFirstUs;
  for (const int64_t step : steps_us) stamps.push_back(us += step);
  RC_PRE(!stamps.empty());
  const TempFolder folder;
  auto writer = RecordingWriter::create(folder / "a.mkv", small_header(), {});
  RC_ASSERT(writer.ok());
  std::vector<int64_t> arrival = stamps;
  for (size_t i = 1; i < arrival.size(); ++i) {
    // Neighbours change places when that keeps them well within the window of 200 ms.
    if (arrival[i] - arrival[i - 1] < 90'000 && *rc::gen::arbitrary<bool>()) {
      std::swap(arrival[i], arrival[i - 1]);
    }
  }
  // A stamp can wander far by repeated swaps; hold it to the window.
  int64_t newest = 0;
  for (const int64_t stamp : arrival) {
    newest = std::max(newest, stamp);
    RC_PRE(newest - stamp < 150'000);
  }
  for (const int64_t stamp : arrival) RC_ASSERT((*writer)->write(capture_at(stamp, 50)).ok());
  RC_ASSERT((*writer)->finish().ok());
  RC_ASSERT((*writer)->stats().late_items == 0U);
  auto reader = RecordingReader::open(folder / "a.mkv");
  RC_ASSERT(reader.ok());
  const auto scan = (*reader)->scan();
  std::vector<int64_t> found;
  for (const auto& entry : scan->color) found.push_back(entry.stamp.us());
  RC_ASSERT(found == stamps);
  RC_ASSERT((*reader)->info().damage.empty());
}

}  // namespace
}  // namespace lockstep

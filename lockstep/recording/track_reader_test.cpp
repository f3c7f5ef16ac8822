// SPDX-License-Identifier: MIT
#include "lockstep/recording/track_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "lockstep/mkv/byte_sink.h"
#include "lockstep/recording/streams.h"
#include "lockstep/recording/writer.h"
#include "tests/support/files.h"
#include "tests/support/recording_fixture.h"

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::read_file;
using testing::TempFolder;

/// Stamps of colour, depth and IR in microseconds, -1 for none; empty at the end.
std::vector<int64_t> stamps(TrackReader& reader, Direction direction) {
  const auto capture = reader.next_capture(direction);
  EXPECT_TRUE(capture) << capture.error().message;
  if (!capture || !*capture) return {};
  std::vector<int64_t> found;
  for (const auto* image : {&(*capture)->color, &(*capture)->depth, &(*capture)->ir})
    found.push_back(*image ? (*image)->stamp.us() : -1);
  return found;
}

/// A file whose images have the bytes that a test gives them.
class Tracks : public ::testing::Test {
 protected:
  void write(const std::function<void(TrackWriter&)>& feed, Micros depth_delay = Micros(0)) {
    RecordingHeader header = testing::small_header();
    header.camera.depth_delay_off_color = depth_delay;
    RecordingWriterOptions options;
    options.block_times = BlockTimes::relative;
    options.side_track = false;
    auto sink = mkv::create_file_sink(path_, ExistingFile::replace);
    ASSERT_TRUE(sink);
    auto writer = create_tracks_on(std::move(*sink), header, options);
    ASSERT_TRUE(writer) << writer.error().message;
    feed(**writer);
    ASSERT_TRUE((*writer)->finish());
  }
  static void put(TrackWriter& writer, std::string_view track, int64_t us, size_t bytes) {
    const auto data = testing::noise(bytes, 1);
    ASSERT_TRUE(writer.write_block(track, DeviceTime(Micros(us)), ImageBytes(data, *data)));
  }
  static void put_capture(TrackWriter& writer, int64_t color_us, int64_t depth_us) {
    put(writer, "COLOR", color_us, 50);
    put(writer, "DEPTH", depth_us, kPlane);
    put(writer, "IR", depth_us, kPlane);
  }
  std::unique_ptr<TrackReader> open() {
    auto reader = TrackReader::open(path_);
    EXPECT_TRUE(reader) << reader.error().message;
    return reader ? std::move(*reader) : nullptr;
  }

  static constexpr size_t kPlane = size_t{320} * 288 * 2;
  TempFolder folder_;
  std::filesystem::path path_ = folder_ / "tracks.mkv";
};

TEST_F(Tracks, OfADelayedDepthCameraMeetAllTheSame) {
  // Depth comes a period and a half behind colour, as it was told to.
  constexpr int64_t kDelay = 50'000, kPeriod = 33'333;
  write(
      [](TrackWriter& writer) {
        for (int64_t i = 0; i < 6; ++i)
          put_capture(writer, 1'000'000 + i * kPeriod, 1'000'000 + i * kPeriod + kDelay);
      },
      Micros(kDelay));
  const auto reader = open();
  const auto expect = [&](Direction direction, int64_t i) {
    const int64_t color = 1'000'000 + i * kPeriod, depth = color + kDelay;
    EXPECT_THAT(stamps(*reader, direction), ElementsAre(color, depth, depth)) << i;
  };
  for (int64_t i = 0; i < 6; ++i) expect(Direction::forward, i);
  EXPECT_THAT(stamps(*reader, Direction::forward), IsEmpty());
  for (int64_t i = 5; i >= 0; --i) expect(Direction::backward, i);
  // A target counts in the time at which both would have come without the delay.
  for (int64_t i = 1; i < 6; ++i) {
    reader->seek((i * kPeriod + kDelay) * 1000);
    expect(Direction::forward, i);
    reader->seek((i * kPeriod + kDelay) * 1000);
    expect(Direction::backward, i - 1);
  }
}

TEST_F(Tracks, ThatEndEarlierAreMetAgainOnTheWayBack) {
  write([](TrackWriter& writer) {
    put_capture(writer, 1'000'000, 1'000'000);
    put(writer, "COLOR", 1'033'333, 50);
    put(writer, "COLOR", 1'066'666, 50);
  });
  const auto reader = open();
  EXPECT_THAT(stamps(*reader, Direction::forward), ElementsAre(1'000'000, 1'000'000, 1'000'000));
  EXPECT_THAT(stamps(*reader, Direction::forward), ElementsAre(1'033'333, -1, -1));
  EXPECT_THAT(stamps(*reader, Direction::forward), ElementsAre(1'066'666, -1, -1));
  EXPECT_THAT(stamps(*reader, Direction::backward), ElementsAre(1'033'333, -1, -1));
  EXPECT_THAT(stamps(*reader, Direction::backward), ElementsAre(1'000'000, 1'000'000, 1'000'000));
}

TEST_F(Tracks, AreLeftWhereTheyAreBehindAnImageThatCannotBeRead) {
  write([](TrackWriter& writer) {
    put(writer, "COLOR", 1'000'000, 50);
    put(writer, "DEPTH", 1'000'000, kPlane - 2);  // too small
    put(writer, "IR", 1'000'000, kPlane);
    put_capture(writer, 1'033'333, 1'033'333);
  });
  const auto reader = open();
  const auto broken = reader->next_capture(Direction::forward);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Errc::unusable_input);
  EXPECT_THAT(stamps(*reader, Direction::forward), ElementsAre(-1, -1, 1'000'000));
  EXPECT_THAT(stamps(*reader, Direction::forward), ElementsAre(1'033'333, 1'033'333, 1'033'333));
}

/// The size of one cluster reaches into the one behind it, of which an image may hold what looks
/// like another cluster.
TEST_F(Tracks, WithABrokenClusterAreTheSameThereAndBack) {
  constexpr std::string_view kLikeACluster{
      "\x1F\x43\xB6\x75\x89\xE7\x81\x07\xA3\x84\x81\x00\x00\x80", 14};
  for (const std::string_view in_image : {std::string_view(), kLikeACluster}) {
    write([](TrackWriter& writer) {
      for (int64_t i = 0; i < 8; ++i) put(writer, "COLOR", 1'000'000 + i * 33'333, 300);
    });
    std::string file = read_file(path_);
    const auto clusters = testing::clusters_of(file);
    ASSERT_EQ(clusters.size(), 8U);
    const size_t end = clusters[4].body_end - 50, too_long = end - clusters[3].body;
    file[clusters[3].body - 2] = static_cast<char>(0x40 | too_long >> 8);
    file[clusters[3].body - 1] = static_cast<char>(too_long & 0xFF);
    file.replace(end + 5, in_image.size(), in_image);
    testing::write_file(path_, file);
    const auto reader = open();
    ASSERT_NE(reader, nullptr);
    const auto walk = [&](Direction direction) {
      std::vector<int64_t> found;
      for (auto capture = stamps(*reader, direction); !capture.empty();
           capture = stamps(*reader, direction))
        found.push_back(capture[0]);
      return found;
    };
    const auto there = walk(Direction::forward);
    EXPECT_EQ(there.size(), 8U);
    for (int i = 0; i < 2; ++i) {
      auto back = walk(Direction::backward);
      std::reverse(back.begin(), back.end());
      EXPECT_EQ(back, there);
      reader->seek(INT64_MAX);  // and without having been there before
    }
  }
}

TEST_F(Tracks, OfAnyProgramAreRead) {
  // No track of this file is a camera's.
  write([](TrackWriter& writer) { put_capture(writer, 1'000'000, 1'000'000); });
  std::string file = read_file(path_);
  for (const char* word : {"COLOR", "DEPTH", "IMU"}) {
    for (size_t at = file.find(word); at != std::string::npos; at = file.find(word)) file[at] = 'X';
  }
  for (size_t at = file.find("_IR_TRACK"); at != std::string::npos; at = file.find("_IR_TRACK"))
    file[at + 1] = 'X';
  for (size_t at = file.find("\x53\x6E\x82IR"); at != std::string::npos;
       at = file.find("\x53\x6E\x82IR"))
    file[at + 3] = 'X';
  testing::write_file(path_, file);
  const auto reader = open();
  ASSERT_NE(reader, nullptr);
  EXPECT_EQ(reader->tracks().size(), 4U);
  EXPECT_THAT(stamps(*reader, Direction::forward), IsEmpty());
  const auto block = reader->next_block("XOLOR", Direction::forward);
  ASSERT_TRUE(block && *block);
  EXPECT_EQ((*block)->bytes.size(), 50U);
  EXPECT_EQ(reader->next_block("COLOR", Direction::forward).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "lockstep/mkv/head_reader.h"
#include "lockstep/mkv/head_writer.h"
#include "lockstep/recording/head_codec.h"
#include "lockstep/recording/recover.h"
#include "lockstep/recording/streams.h"
#include "lockstep/recording/track_reader.h"
#include "tests/support/files.h"
#include "tests/support/independent_reader.h"
#include "tests/support/recording_fixture.h"

// Files that the vendor's recorder left behind: cut off anywhere, killed before it closed them, and
// killed after a flush. What survives is what stood in them, bit for bit.

namespace lockstep {
namespace {

using namespace testing;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kFiles[] = {
    "real-recording/recording.mkv",       "vendor-written/two-cameras-master.mkv",
    "vendor-written/two-cameras-sub.mkv", "vendor-written/colour-imu-30fps.mkv",
    "vendor-written/past-71-minutes.mkv", "vendor-written/killed.mkv"};

/// A block as it stands in a file.
using Block = std::tuple<uint64_t, int64_t, uint64_t, int, std::string>;

/// Those that end before `cut`, in an order that does not depend on their file's.
std::vector<Block> blocks_of(std::string_view file, uint64_t cut = UINT64_MAX) {
  std::vector<Block> blocks;
  for (const mkv::Cluster& cluster : clusters_of(file)) {
    for (const mkv::BlockRef& block : cluster.blocks) {
      // Behind a group's block stands its duration.
      const uint64_t end = block.offset + block.size + (block.in_group ? 6 : 0);
      if (end <= cut)
        blocks.emplace_back(block.track, block.time, block.duration, block.flags,
                            file.substr(block.offset, block.size));
    }
  }
  std::sort(blocks.begin(), blocks.end());
  return blocks;
}

struct Recovery {
  RecoveredRecording told;
  std::string file;
};

/// What recover_recording() makes of a file; the original stays as it is.
std::optional<Recovery> recover(std::string_view torn) {
  const TempFolder folder;
  write_file(folder / "torn.mkv", torn);
  const auto recovered = recover_recording(folder / "torn.mkv", folder / "whole.mkv");
  EXPECT_EQ(read_file(folder / "torn.mkv"), torn);
  if (!recovered) {
    EXPECT_FALSE(std::filesystem::exists(folder / "whole.mkv"));
    return std::nullopt;
  }
  // Readers that are as strict as the vendor's take it.
  EXPECT_TRUE(TrackReader::open(folder / "whole.mkv"));
  const auto reader = RecordingReader::open(folder / "whole.mkv");
  EXPECT_TRUE(reader && (*reader)->info().closed_cleanly && (*reader)->info().damage.empty());
  Recovery recovery{*recovered, read_file(folder / "whole.mkv")};
  EXPECT_EQ(walk_independently(recovery.file).error, "");
  return recovery;
}

/// That the file made of `torn`, the first bytes of `whole`, has all its blocks and no others.
void expect_survivors(std::string_view whole, std::string_view torn) {
  const auto recovery = recover(torn);
  ASSERT_TRUE(recovery);
  const std::vector<Block> kept = blocks_of(recovery->file);
  const std::vector<Block> in_whole = blocks_of(whole);
  const std::vector<Block> before_cut = blocks_of(whole, torn.size());
  EXPECT_TRUE(std::includes(in_whole.begin(), in_whole.end(), kept.begin(), kept.end()));
  EXPECT_TRUE(std::includes(kept.begin(), kept.end(), before_cut.begin(), before_cut.end()));
}

/// Places in front of, in and behind the parts of a cluster.
std::vector<uint64_t> cuts_in(const mkv::Cluster& cluster) {
  std::vector<uint64_t> cuts = {cluster.offset, cluster.offset + 3, cluster.body + 2,
                                cluster.body + 8, cluster.body_end - 1};
  for (const mkv::BlockRef& block : cluster.blocks) {
    for (const uint64_t cut :
         {block.offset - 2, block.offset + block.size / 2, block.offset + block.size})
      cuts.push_back(cut);
  }
  return cuts;
}

uint64_t end_of_first_image(const std::vector<mkv::Cluster>& clusters) {
  for (const mkv::Cluster& cluster : clusters) {
    const auto image = std::ranges::find(cluster.blocks, false, &mkv::BlockRef::in_group);
    if (image != cluster.blocks.end()) return image->offset + image->size;
  }
  return UINT64_MAX;
}

TEST(VendorRecovery, OfAFileThatWasCutAnywhereKeepsWhatStoodBeforeTheCut) {
  for (const char* name : kFiles) {
    const std::string whole = read_file(data_file(name));
    const auto clusters = clusters_of(whole);
    const uint64_t first_image_end = end_of_first_image(clusters);
    int tried = 0;
    for (const size_t i : {size_t{0}, size_t{1}, clusters.size() / 2, clusters.size() - 1}) {
      if (i >= clusters.size()) continue;
      for (const uint64_t cut : cuts_in(clusters[i])) {
        if (cut < first_image_end) continue;  // refused, see below
        SCOPED_TRACE(std::string(name) + " cut at " + std::to_string(cut));
        expect_survivors(whole, std::string_view(whole).substr(0, cut));
        ++tried;
      }
    }
    EXPECT_GT(tried, 5) << name;
  }
}

TEST(VendorRecovery, OfAFileWithoutAFrameIsRefused) {
  const std::string whole = read_file(data_file("vendor-written/colour-imu-30fps.mkv"));
  const auto clusters = clusters_of(whole);
  const uint64_t first = clusters.front().offset;
  for (const uint64_t cut : {uint64_t{0}, uint64_t{45}, uint64_t{700}, uint64_t{1400}, first,
                             first + 6, first + 12, end_of_first_image(clusters) - 1})
    EXPECT_FALSE(recover(std::string_view(whole).substr(0, cut))) << cut;
}

void put(std::string& file, size_t at, std::string_view bytes) {
  file.replace(at, bytes.size(), bytes);
}

/// Big-endian, as sizes and positions stand in a file.
std::string bytes_of(uint64_t value, size_t count) {
  std::string bytes(count, '\0');
  for (size_t i = 0; i < count; ++i) bytes[count - 1 - i] = static_cast<char>(value >> 8 * i);
  return bytes;
}

mkv::OpenedSegment segment_of(std::string_view file) {
  const auto source = mkv::memory_source(mkv::as_bytes(file));
  mkv::SourceWindow window(*source);
  mkv::DamageList damage;
  const auto segment = mkv::read_segment_head(window, damage);
  EXPECT_TRUE(segment);
  return *segment;
}

/// A whole file of the vendor's as it stood on the disk while it was written: no size, Voids where
/// seek entries and Info come, no start offset, `clusters` clusters and nothing behind them.
std::string as_killed(std::string file, size_t clusters) {
  mkv::OpenedSegment segment = segment_of(file);
  std::erase_if(segment.head.tags, [](const mkv::Tag& tag) { return tag.name == kStartOffsetTag; });
  const auto tags = mkv::encode_tags(segment.head.tags, segment.first_cluster - segment.tags_at);
  EXPECT_TRUE(tags);
  put(file, segment.tags_at, mkv::as_text(*tags));
  put(file, mkv::kSegmentStart + 4, std::string("\x01\0\0\0\0\0\0\0", 8));
  put(file, mkv::kSegmentDataStart, "\xEC\x44" + std::string(1025, '\0'));
  put(file, mkv::kSegmentDataStart + 1027, "\xEC\x41" + std::string(257, '\0'));
  return file.substr(0, clusters_of(file).at(clusters).offset);
}

/// The same, killed after a flush behind `flushed` clusters: what was written next stands where the
/// cues stood, which the head still names, and so it does the size of that time.
std::string as_killed_after_flush(std::string file, size_t flushed) {
  const auto clusters = clusters_of(file);
  const uint64_t cues_at = clusters.at(flushed).offset;
  constexpr uint64_t kCuesBytes = 33;
  put(file, mkv::kSegmentStart + 5, bytes_of(cues_at + kCuesBytes - mkv::kSegmentDataStart, 7));
  const size_t entry = file.find("\x53\xAB\x84\x1C\x53\xBB\x6B\x53\xAC");
  EXPECT_LT(entry, mkv::kFrontBytes);
  const auto width = static_cast<size_t>(file.at(entry + 9) & 0x0F);
  put(file, entry + 10, bytes_of(cues_at - mkv::kSegmentDataStart, width));
  return file.substr(0, clusters.back().body_end);
}

TEST(VendorRecovery, OfARecorderThatDiedBeforeItClosedItsFile) {
  for (const char* name :
       {"vendor-written/two-cameras-master.mkv", "vendor-written/colour-imu-30fps.mkv",
        "vendor-written/past-71-minutes.mkv"}) {
    const std::string whole = read_file(data_file(name));
    const size_t clusters = clusters_of(whole).size() * 2 / 3;
    const std::string killed = as_killed(whole, clusters);
    const auto recovery = recover(killed);
    ASSERT_TRUE(recovery) << name;
    EXPECT_EQ(blocks_of(recovery->file), blocks_of(killed)) << name;
    const auto walk = walk_independently(recovery->file);
    EXPECT_TRUE(walk.has_cues) << name;
    EXPECT_GT(walk.duration, 0) << name;
    // The IMU knows the time of the device; without one nothing does, and that is said.
    const mkv::SegmentHead head = segment_of(whole).head;
    const bool has_imu = std::any_of(head.tracks.begin(), head.tracks.end(),
                                     [](const auto& track) { return track.name == "IMU"; });
    EXPECT_EQ(walk.tags.at("K4A_START_OFFSET_NS"),
              has_imu ? head.find_tag(kStartOffsetTag)->value : "0")
        << name;
    EXPECT_EQ(walk.tags.at("K4A_WIRED_SYNC_MODE"), head.find_tag("K4A_WIRED_SYNC_MODE")->value);
    if (!has_imu) {
      EXPECT_THAT(recovery->told.notes, Contains(HasSubstr("count from the first datum")));
    }
  }
}

TEST(VendorRecovery, OfARecorderThatDiedAfterAFlush) {
  for (const char* name :
       {"vendor-written/two-cameras-sub.mkv", "vendor-written/colour-imu-30fps.mkv",
        "vendor-written/past-71-minutes.mkv"}) {
    const std::string whole = read_file(data_file(name));
    const size_t clusters = clusters_of(whole).size();
    for (const size_t flushed : {clusters / 3, clusters - 1}) {
      const std::string killed = as_killed_after_flush(whole, flushed);
      const auto recovery = recover(killed);
      ASSERT_TRUE(recovery) << name;
      EXPECT_EQ(blocks_of(recovery->file), blocks_of(whole)) << name;
      EXPECT_THAT(recovery->told.notes, Contains(HasSubstr("behind the flush")));
      EXPECT_EQ(recovery->told.bytes_dropped, 0U);
      // And torn in what came after it.
      SCOPED_TRACE(name);
      expect_survivors(whole, std::string_view(killed).substr(0, killed.size() - 9));
    }
  }
}

/// Our own files keep the cues of a flush; what was written behind them is read as well.
TEST(VendorRecovery, OfOursThatDiedAfterAFlush) {
  const TempFolder folder;
  auto sink = mkv::create_file_sink(folder / "a.mkv", ExistingFile::refuse);
  ASSERT_TRUE(sink);
  auto writer = create_tracks_on(std::move(*sink), small_header(), {});
  ASSERT_TRUE(writer);
  ASSERT_TRUE(feed(**writer, 20, 1'000'000));
  ASSERT_TRUE((*writer)->flush());
  const std::string flushed = read_file(folder / "a.mkv");
  ASSERT_TRUE(feed(**writer, 20, 3'000'000));
  const std::string killed = read_file(folder / "a.mkv");
  ASSERT_GT(blocks_of(killed).size(), blocks_of(flushed).size());
  const auto recovery = recover(killed);
  ASSERT_TRUE(recovery);
  EXPECT_EQ(blocks_of(recovery->file), blocks_of(killed));
  // What is only flushed is whole.
  write_file(folder / "flushed.mkv", flushed);
  const auto reader = RecordingReader::open(folder / "flushed.mkv");
  ASSERT_TRUE(reader);
  EXPECT_TRUE((*reader)->info().closed_cleanly);
  EXPECT_THAT((*reader)->info().damage, IsEmpty());
}

}  // namespace
}  // namespace lockstep

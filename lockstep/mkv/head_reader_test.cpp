// SPDX-License-Identifier: MIT
#include "lockstep/mkv/head_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lockstep/mkv/byte_source.h"
#include "lockstep/mkv/element_writer.h"
#include "lockstep/mkv/head_elements.h"
#include "lockstep/mkv/ids.h"

namespace lockstep::mkv {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr size_t kMany = 1u << 19;

Bytes file_with(const ElementWriter& segment) {
  ElementWriter type;
  type.put_text(id::kDocType, "matroska");
  ElementWriter file;
  file.put_master(id::kEbml, type);
  file.put_master(id::kSegment, segment);
  return file.bytes();
}

/// A file with one element in its segment, which holds `count` empty ones of two or three bytes.
Bytes file_of(uint32_t id, uint32_t child, size_t count) {
  ElementWriter children;
  for (size_t i = 0; i < count; ++i) {
    put_id(children.bytes(), child);
    put_vint(children.bytes(), 0);
  }
  ElementWriter segment;
  segment.put_master(id, children);
  return file_with(segment);
}

struct Opened {
  OpenedSegment segment;
  std::string damage;  ///< the only one; "" for none
};

Opened open(const Bytes& file) {
  const auto source = memory_source(file);
  SourceWindow window(*source);
  DamageList damage;
  auto segment = read_segment_head(window, damage);
  EXPECT_TRUE(segment);
  EXPECT_LE(damage.list().size(), 1U);
  if (!segment) return {};
  return {std::move(*segment), damage.list().empty() ? "" : damage.list().front().what};
}

auto says_kept(size_t kept) {
  return AllOf(HasSubstr("are 524288, more than any recording's"),
               HasSubstr("only the first " + std::to_string(kept) + " are used"));
}

/// Two bytes in the file would be a hundred in memory.
TEST(HeadReader, KeepsOnlySoManyOfWhatAFileMayHoldMillionsOf) {
  const Opened tracks = open(file_of(id::kTracks, id::kTrackEntry, kMany));
  EXPECT_EQ(tracks.segment.head.tracks.size(), kMostTracks);
  EXPECT_THAT(tracks.damage, says_kept(kMostTracks));

  const Opened tags = open(file_of(id::kTags, id::kTag, kMany));
  EXPECT_EQ(tags.segment.head.tags.size(), kMostTags);
  EXPECT_THAT(tags.damage, says_kept(kMostTags));

  const Opened attachments = open(file_of(id::kAttachments, id::kAttachedFile, kMany));
  EXPECT_EQ(attachments.segment.head.attachments.size(), kMostAttachments);
  EXPECT_THAT(attachments.damage, says_kept(kMostAttachments));

  const Opened cues = open(file_of(id::kCues, id::kCuePoint, kMany));
  EXPECT_EQ(cues.segment.cues.size(), kMostCues);
  EXPECT_THAT(cues.damage, says_kept(kMostCues));

  EXPECT_THAT(open(file_of(id::kSeekHead, id::kSeek, kMany)).damage, says_kept(kMostSeekEntries));
}

TEST(HeadReader, KeepsAsManyAsThereMayBe) {
  const Opened tracks = open(file_of(id::kTracks, id::kTrackEntry, kMostTracks));
  EXPECT_EQ(tracks.segment.head.tracks.size(), kMostTracks);
  EXPECT_EQ(tracks.damage, "");
  const Opened cues = open(file_of(id::kCues, id::kCuePoint, kMostCues));
  EXPECT_EQ(cues.segment.cues.size(), kMostCues);
  EXPECT_EQ(cues.damage, "");
}

/// A file whose head says that its cues stand at `position` of the segment, where they do not.
Bytes file_without_cues(uint64_t position) {
  ElementWriter entry;
  entry.put_uint(id::kSeekId, id::kCues);
  entry.put_uint64(id::kSeekPosition, position);
  ElementWriter entries;
  entries.put_master(id::kSeek, entry);
  ElementWriter segment;
  segment.put_master(id::kSeekHead, entries);
  segment.put_void(100);
  return file_with(segment);
}

/// Most often they are missing because the file was cut, which then says so.
TEST(HeadReader, SaysWhereWhatIsMissingShouldStand) {
  const size_t size = file_without_cues(0).size();
  for (const uint64_t behind : {uint64_t{5000}, ~uint64_t{0}}) {
    EXPECT_EQ(open(file_without_cues(behind)).damage,
              "the cues are missing: by the head of the file they stand behind byte " +
                  std::to_string(size) + ", where it ends");
  }
  EXPECT_THAT(open(file_without_cues(60)).damage, HasSubstr(", and something else is there"));
}

}  // namespace
}  // namespace lockstep::mkv

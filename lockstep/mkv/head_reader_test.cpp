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

/// A file with one element in its segment, which holds `count` empty ones of two or three bytes.
Bytes file_of(uint32_t id, uint32_t child, size_t count) {
  ElementWriter children;
  for (size_t i = 0; i < count; ++i) {
    put_id(children.bytes(), child);
    put_vint(children.bytes(), 0);
  }
  ElementWriter segment;
  segment.put_master(id, children);
  ElementWriter type;
  type.put_text(id::kDocType, "matroska");
  ElementWriter file;
  file.put_master(id::kEbml, type);
  file.put_master(id::kSegment, segment);
  return file.bytes();
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

}  // namespace
}  // namespace lockstep::mkv

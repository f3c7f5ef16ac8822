// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "lockstep/mkv/bytes.h"
#include "lockstep/mkv/segment_head.h"

// Encodes what stands in front of the clusters (docs/recording-format.md, "A file at a glance").
// The front (EBML head, Segment head, SeekHead, Info) has a fixed length, so it is written again in
// place when the file is finished.

namespace lockstep::mkv {

inline constexpr uint64_t kSegmentStart = 40;  ///< of the Segment element
inline constexpr uint64_t kSegmentDataStart =
    52;                                         ///< positions in SeekHead and Cues count from here
inline constexpr uint64_t kFrontBytes = 1338;   ///< EBML head to the end of Info and its Void
inline constexpr uint64_t kTagsReserve = 1027;  ///< Void behind the tags, into which tags can grow

/// Where the parts behind the front begin, as offsets in the file; 0: absent.
struct HeadPositions {
  uint64_t tracks = 0;
  uint64_t attachments = 0;
  uint64_t tags = 0;
  uint64_t cues = 0;
  uint64_t file_end = 0;  ///< 0 while recording: the Segment's size is then "unknown"
};

/// The first kFrontBytes bytes. Nothing when the Info strings are too long for their reserve.
[[nodiscard]] std::optional<Bytes> encode_front(const SegmentInfo& info,
                                                const HeadPositions& positions);
[[nodiscard]] Bytes encode_tracks(const std::vector<TrackEntry>& tracks);
[[nodiscard]] Bytes encode_attachments(const std::vector<Attachment>& attachments);
/// Tags and the Void behind them, `total` bytes in all (0: kTagsReserve of Void). Nothing when the
/// tags do not fit.
[[nodiscard]] std::optional<Bytes> encode_tags(const std::vector<Tag>& tags, uint64_t total);

}  // namespace lockstep::mkv

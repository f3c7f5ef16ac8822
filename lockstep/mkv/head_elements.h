// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/mkv/segment_head.h"

// Bodies of the elements in front of the clusters, decoded from memory. What does not decode is
// left out; nothing here can fail, recurse or grow beyond its input.

namespace lockstep::mkv {

/// Where a seek entry says that an element stands.
struct SeekEntry {
  uint32_t id = 0;
  uint64_t position = 0;  ///< from the segment's first byte of data
};

struct DocType {
  std::string name;
  uint64_t read_version = 1;
};

/// False when the checksum in front of the children does not fit them, or when they do not fill
/// the body.
[[nodiscard]] bool is_sound(ByteView body);
[[nodiscard]] DocType decode_ebml_head(ByteView body);
[[nodiscard]] std::vector<SeekEntry> decode_seek_head(ByteView body);
[[nodiscard]] SegmentInfo decode_info(ByteView body);
[[nodiscard]] std::vector<TrackEntry> decode_tracks(ByteView body);
[[nodiscard]] std::vector<Attachment> decode_attachments(ByteView body);
[[nodiscard]] std::vector<Tag> decode_tags(ByteView body);
[[nodiscard]] std::vector<CuePoint> decode_cues(ByteView body);

}  // namespace lockstep::mkv

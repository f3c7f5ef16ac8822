// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/mkv/segment_head.h"

// Bodies of the elements in front of the clusters, decoded from memory. What does not decode is
// left out; nothing here can fail or recurse, and of what a file may hold millions of in a few
// bytes each, only so many are kept.

namespace lockstep::mkv {

/// Far more than any recording has, and little memory. A recording has six tracks and one
/// attachment.
inline constexpr size_t kMostTracks = 64;
inline constexpr size_t kMostAttachments = 64;
inline constexpr size_t kMostSeekEntries = 64;
inline constexpr size_t kMostTags = 4096;
/// Three days at one a second, as recorders write them: 4 MiB.
inline constexpr size_t kMostCues = 1u << 18;

/// The first entries of an element, as many as are kept, and how many came behind them.
template <typename T>
struct Entries {
  std::vector<T> kept;
  uint64_t left_out = 0;
};

/// Where a seek entry says that an element stands.
struct SeekEntry {
  uint32_t id = 0;
  uint64_t position = 0;  ///< from the segment's first byte of data
};

struct DocType {
  std::string name;
  uint64_t version = 1;
  uint64_t read_version = 1;
};

/// False when the checksum in front of the children does not fit them, or when they do not fill
/// the body.
[[nodiscard]] bool is_sound(ByteView body);
[[nodiscard]] DocType decode_ebml_head(ByteView body);
[[nodiscard]] Entries<SeekEntry> decode_seek_head(ByteView body);
[[nodiscard]] SegmentInfo decode_info(ByteView body);
[[nodiscard]] Entries<TrackEntry> decode_tracks(ByteView body);
[[nodiscard]] Entries<Attachment> decode_attachments(ByteView body);
[[nodiscard]] Entries<Tag> decode_tags(ByteView body);
/// Ascending by position.
[[nodiscard]] Entries<CuePoint> decode_cues(ByteView body);

}  // namespace lockstep::mkv

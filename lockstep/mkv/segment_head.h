// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/mkv/bytes.h"

// What stands in front of the clusters of a Matroska file, as plain data. The writer takes one, the
// reader returns one.

namespace lockstep::mkv {

struct SegmentInfo {
  uint64_t timestamp_scale_ns = 1'000'000;  ///< of one timestamp unit; Matroska's default
  std::string muxing_app;
  std::string writing_app;
  std::string title;
  std::optional<int64_t> date_utc_ns;    ///< since 2001-01-01T00:00:00Z
  std::optional<double> duration_units;  ///< in timestamp units
};

inline constexpr uint64_t kVideoTrack = 1;
inline constexpr uint64_t kSubtitleTrack = 17;

struct TrackEntry {
  uint64_t number = 0;  ///< as in blocks; from 1
  uint64_t uid = 0;
  uint64_t type = kVideoTrack;
  std::string codec_id;
  std::string name;
  Bytes codec_private;
  uint64_t default_duration_ns = 0;  ///< 0: none
  uint64_t width_px = 0;             ///< 0: no Video element
  uint64_t height_px = 0;
};

struct Attachment {
  std::string name;
  std::string mime_type;
  uint64_t uid = 0;
  Bytes data;
};

enum class TagTarget { none, track, attachment };

struct Tag {
  std::string name;
  std::string value;
  TagTarget target = TagTarget::none;
  uint64_t target_uid = 0;
};

struct SegmentHead {
  SegmentInfo info;
  std::vector<TrackEntry> tracks;
  std::vector<Attachment> attachments;
  std::vector<Tag> tags;

  [[nodiscard]] const Tag* find_tag(std::string_view name) const {
    for (const Tag& tag : tags) {
      if (tag.name == name) return &tag;  // the first one counts
    }
    return nullptr;
  }
};

struct CuePoint {
  uint64_t time = 0;      ///< timestamp units
  uint64_t position = 0;  ///< of the cluster, from the segment's first byte of data
};

}  // namespace lockstep::mkv

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/mkv/damage.h"
#include "lockstep/mkv/segment_head.h"
#include "lockstep/mkv/source_window.h"

namespace lockstep::mkv {

/// What was found around the clusters, and where these are.
struct OpenedSegment {
  SegmentHead head;
  uint64_t doc_type_version = 1;
  uint64_t doc_type_read_version = 1;
  bool has_info = false;
  bool has_tracks = false;
  uint64_t tracks_at = 0;  ///< offsets in the file; 0: there are none
  uint64_t tags_at = 0;
  uint64_t data_start = 0;        ///< positions in seek entries and cues count from here
  uint64_t data_end = 0;          ///< end of the segment, at most the end of the file
  uint64_t written_end = 0;       ///< data_end; behind it, where a recorder wrote on after a flush
  uint64_t first_cluster = 0;     ///< data_end when there is none
  bool size_was_zero = false;     ///< the vendor's recorder died before it finished the file
  bool size_was_unknown = false;  ///< ours did (or another streaming writer wrote the file)
  bool cut_off = false;           ///< the file is shorter than its segment says
  bool seek_entry_wrong = false;  ///< a seek entry names a place where its element is not
  bool cues_overwritten = false;  ///< a cluster stands where a seek entry has the cues
  std::vector<CuePoint> cues;     ///< ascending; empty without any

  /// Its recorder flushed, wrote on and died.
  [[nodiscard]] bool goes_on() const { return written_end > data_end || cues_overwritten; }
};

/// Reads everything but the clusters. Errors: unusable_input (not Matroska; no segment), io.
Result<OpenedSegment> read_segment_head(SourceWindow& window, DamageList& damage);

/// True for the ids that stand directly in a segment.
[[nodiscard]] bool is_top_level(uint32_t id);

}  // namespace lockstep::mkv

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/mkv/damage.h"
#include "lockstep/mkv/head_reader.h"
#include "lockstep/mkv/segment_head.h"
#include "lockstep/recording/header.h"

// Between RecordingHeader and the tracks, tags and attachments of a Matroska file
// (docs/recording-format.md, "Tracks" and "Tags").

namespace lockstep {

/// Track numbers; 0: no such track.
struct KinectTracks {
  uint64_t color = 0;
  uint64_t depth = 0;
  uint64_t ir = 0;
  uint64_t imu = 0;
  uint64_t notes = 0;  ///< the side track LOCKSTEP
};

inline constexpr std::string_view kStartOffsetTag = "K4A_START_OFFSET_NS";

struct EncodedHead {
  mkv::SegmentHead head;
  KinectTracks tracks;
  std::vector<uint64_t> custom_tracks;  ///< numbers, in the order of the header
};
/// `side_track`: add the track LOCKSTEP. The start offset is not among the tags.
/// Errors: invalid_argument (no track at all; a name of a tag or track that readers refuse).
Result<EncodedHead> encode_recording_head(const RecordingHeader& header, bool side_track);

struct DecodedHead {
  RecordingHeader header;
  KinectTracks tracks;
  Nanos frame_period{0};
  PixelFormat color_pixels = PixelFormat::mjpg;
  int color_width_px = 0;
  int color_height_px = 0;
  int depth_width_px = 0;  ///< of depth and IR
  int depth_height_px = 0;
  bool depth_little_endian = false;  ///< files of before 2019
  bool ir_little_endian = false;
  std::optional<uint64_t> start_offset_ns;  ///< as the tag says, 64 bits
};
/// Errors: unusable_input when it is not a recording of a Kinect. What is missing or odd goes to
/// `damage`.
Result<DecodedHead> decode_recording_head(const mkv::OpenedSegment& segment,
                                          mkv::DamageList& damage);

}  // namespace lockstep

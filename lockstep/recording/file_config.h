// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "lockstep/base/result.h"
#include "lockstep/frame/image_shape.h"
#include "lockstep/mkv/head_reader.h"
#include "lockstep/sensor/config.h"

namespace lockstep {

/// What the head of a file says of a camera, read as strictly as the vendor's library reads it: it
/// refuses what it cannot make sense of, where decode_recording_head() repairs. Files of any tracks
/// are taken.
struct FileConfig {
  const mkv::TrackEntry* color = nullptr;  ///< in the head that was read; null: no such track
  const mkv::TrackEntry* depth = nullptr;
  const mkv::TrackEntry* ir = nullptr;
  const mkv::TrackEntry* imu = nullptr;
  CameraConfig camera;  ///< modes, rate, wired sync, delays
  ImageShape color_shape;
  ImageShape depth_shape;
  ImageShape ir_shape;
  bool depth_little_endian = false;  ///< files of before 2019
  bool ir_little_endian = false;
  Nanos frame_period{33'333'333};
  int64_t start_offset_ns = 0;
};

/// Errors: unusable_input, with the rule that the file breaks.
Result<FileConfig> read_file_config(const mkv::OpenedSegment& segment);

}  // namespace lockstep

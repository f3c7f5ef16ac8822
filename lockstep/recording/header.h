// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lockstep/frame/capture.h"
#include "lockstep/sensor/config.h"

namespace lockstep {

/// A track of data that no camera delivers. Its blocks hold whatever its program writes.
struct CustomTrack {
  std::string name;  ///< capital letters, digits, _ and -; unlike that of any other track
  std::string codec_id;
  std::vector<std::byte> codec_private;
  bool is_video = false;
  uint64_t width_px = 0;  ///< of video
  uint64_t height_px = 0;
  uint64_t frame_rate = 0;      ///< of video, at least 1
  bool high_frequency = false;  ///< of other data: many share one block
};

/// A file in the file.
struct AttachedFile {
  std::string name;
  std::vector<std::byte> data;
};

/// What the head of a recording says of the camera and how it was set (docs/recording-format.md,
/// "Tags"). Written from one and read back into one.
struct RecordingHeader {
  CameraConfig camera;    ///< modes, rate, wired sync, both delays, imu; exposure is not in a file
  bool has_color = true;  ///< tracks that the file has
  bool has_depth = true;
  bool has_ir = true;
  bool has_imu = false;
  bool has_wired_sync_tag = true;  ///< false in files that some other program wrote
  std::string serial;              ///< empty when the file does not say
  std::string color_firmware;
  std::string depth_firmware;
  std::string calibration_json;  ///< the attachment, byte for byte; empty when absent
  bool is_virtual = false;       ///< our tag LOCKSTEP_VIRTUAL
  std::string muxing_app;        ///< on reading only
  std::string writing_app;
  int64_t date_utc_ns = 0;  ///< since 2001-01-01T00:00:00Z, as in the file
  std::vector<std::pair<std::string, std::string>> extra_tags;  ///< untargeted, in order
  std::vector<CustomTrack> custom_tracks;  ///< on writing only: TrackReader reads them back
  size_t custom_tracks_before_imu = 0;     ///< tracks are numbered in the order they were asked for
  std::vector<AttachedFile> attachments;   ///< beside the calibration; on writing only
};

/// One entry of the side track LOCKSTEP: what the host knew about one capture (decision 9 of
/// docs/decisions). Every field may be absent.
struct CaptureNote {
  DeviceTime stamp;                 ///< block time of the entry: Capture::stamp()
  std::optional<HostTime> arrival;  ///< host monotonic clock
  std::optional<Micros> exposure;
  std::optional<int> gain;
  std::optional<int> white_balance_k;
  std::optional<double> temperature_c;
  SyncJacks jacks;
  uint64_t dropped_before = 0;             ///< captures lost by device or queue before this one
  std::optional<double> zero_depth_share;  ///< 0..1, share of depth pixels that are 0
  std::optional<double> mean_ir;           ///< mean of the IR samples
};

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/frame/capture.h"
#include "lockstep/recording/header.h"

namespace lockstep {

/// What is wrong with a file that can nevertheless be read.
struct RecordingDamage {
  std::string what;     ///< one sentence: what is missing, where, what was done instead
  uint64_t offset = 0;  ///< byte in the file
};

struct RecordingInfo {
  std::filesystem::path path;
  RecordingHeader header;
  DeviceTime first;  ///< earliest and latest image stamps in the file
  DeviceTime last;
  uint64_t file_bytes = 0;
  uint64_t start_offset_us = 0;  ///< as corrected beyond 32 bits where the file allows it
  bool has_side_track = false;
  bool closed_cleanly = true;  ///< false: the recorder died before it finished the file
  bool has_cues = true;
  std::vector<RecordingDamage> damage;
};

/// Stamps and sizes of everything in a file, without its pixels.
struct RecordingStamps {
  struct Entry {
    DeviceTime stamp;
    uint32_t bytes = 0;
  };
  std::vector<Entry> color, depth, ir;  ///< in file order
  std::vector<CaptureNote> notes;       ///< of the side track, empty without one
  uint64_t imu_samples = 0;
  std::optional<DeviceTime> first_imu, last_imu;
};

/// Reads one recording of the vendor's recorder, of ours, or a damaged one. Holds memory of a
/// cluster, not of the file. Not thread-safe; several readers of one file are fine.
class RecordingReader {
 public:
  /// not_found, io; unusable_input: not Matroska, or not a Kinect recording; truncated: a recording
  /// without a frame that can be read, because its recorder was stopped before the first one or
  /// because what was there was cut off or spoiled. Every message names the file.
  static Result<std::unique_ptr<RecordingReader>> open(const std::filesystem::path& path);
  virtual ~RecordingReader() = default;

  [[nodiscard]] virtual const RecordingInfo& info() const = 0;

  /// Next capture in time order, depth and IR in host byte order; nothing at the end.
  virtual Result<std::optional<Capture>> next_capture() = 0;
  /// Capture before the one last returned; nothing at the beginning.
  virtual Result<std::optional<Capture>> previous_capture() = 0;
  /// The next capture returned is the first with an image at or after `time`.
  virtual Result<void> seek(DeviceTime time) = 0;
  /// Next IMU sample; its position is independent of the captures'. seek() moves it too.
  virtual Result<std::optional<ImuSample>> next_imu() = 0;

  /// Stamps of the whole file; independent of the reading position.
  virtual Result<RecordingStamps> scan() = 0;
};

}  // namespace lockstep

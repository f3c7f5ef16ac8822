// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>

#include "lockstep/base/result.h"
#include "lockstep/export/footage.h"
#include "lockstep/recording/reader.h"

namespace lockstep {

/// All that one camera recorded in a span of rig time, captures and inertial samples in the order
/// in which they are due, part after part. Holds one capture and one sample. Borrows the camera.
class RecordedStream {
 public:
  /// From `from` on and before `to`.
  RecordedStream(const FootageCamera& camera, RigTime from, RigTime to)
      : camera_(&camera), from_(from), to_(to) {}

  /// Reads what comes first. Errors, here and below: those of RecordingReader.
  Result<void> begin() { return advance(); }
  [[nodiscard]] bool at_end() const { return !capture_ && !imu_; }
  /// Rig time of what is next; at the end, after everything.
  [[nodiscard]] RigTime due() const;
  [[nodiscard]] bool imu_is_next() const;
  [[nodiscard]] const Capture& capture() const { return *capture_; }
  [[nodiscard]] const ImuSample& imu() const { return *imu_; }
  /// Of the part that is being read.
  [[nodiscard]] const FootagePart& clock() const { return camera_->parts[part_]; }
  /// Goes on behind what was next.
  Result<void> advance();

 private:
  Result<void> open_next_part();
  Result<void> read_capture();
  Result<void> read_imu();

  const FootageCamera* camera_;
  RigTime from_, to_;
  size_t next_part_ = 0, part_ = 0;
  std::unique_ptr<RecordingReader> reader_;
  std::optional<Capture> capture_;
  std::optional<ImuSample> imu_;
};

}  // namespace lockstep

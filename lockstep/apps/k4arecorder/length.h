// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "lockstep/apps/k4arecorder/options.h"

namespace lockstep {

/// When a recording is long enough. The host's clock counts from the capture before the first that
/// is recorded, as the vendor's recorder does. The camera's clock counts from the first capture
/// recorded; on a sync line, whose cameras have one zero, from a whole multiple of two seconds, so
/// that every recorder ends on the same frame. Pure.
class RecordingLength {
 public:
  explicit RecordingLength(const RecorderOptions& options) : options_(options) {}

  /// By the host's clock: nothing more is to be recorded once `elapsed` went by and something was.
  [[nodiscard]] bool reached(std::chrono::duration<double> elapsed) const;
  /// By the camera's clock: the capture of that stamp is part of the recording.
  [[nodiscard]] bool holds(int64_t stamp_us);
  /// How much of it there is, for a progress line; milliseconds of total_ms().
  [[nodiscard]] uint64_t done_ms(std::chrono::duration<double> elapsed) const;
  [[nodiscard]] uint64_t total_ms() const;

 private:
  const RecorderOptions& options_;
  std::optional<double> end_us_;  ///< of device time
};

}  // namespace lockstep

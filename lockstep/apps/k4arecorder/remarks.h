// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "lockstep/apps/k4arecorder/file_content.h"
#include "lockstep/apps/k4arecorder/options.h"
#include "lockstep/sensor/modes.h"
#include "lockstep/sync/monitor.h"

namespace lockstep {

/// What a person at the rig should know beside the vendor's lines: each is said once, empty where
/// there is nothing to say. Pure: it is told what happens.
class Remarks {
 public:
  using Seconds = std::chrono::duration<double>;
  explicit Remarks(const RecorderOptions& options);

  [[nodiscard]] std::string before_start() const;
  /// `after`: since the cameras were started. `family`: of the camera that waits.
  std::string while_waiting(Seconds after, Family family);
  /// `pulse_after`: from the start of the cameras to the pulse from which their clock counts.
  [[nodiscard]] std::string at_first_capture(Seconds pulse_after) const;
  /// A capture that is recorded; without a stamp it has no image, and counts no tick.
  std::string on_capture(std::optional<int64_t> stamp_us);
  /// `silent`: since the last capture.
  std::string while_silent(Seconds silent);
  /// What was recorded, and what of it is missing.
  [[nodiscard]] std::string at_end(const std::string& file, uint64_t bytes) const;
  /// The same where the disk took no more: what is in the file, which is less than was given.
  [[nodiscard]] std::string at_end_of_disk(const std::string& file,
                                           const Result<FileContent>& content) const;

  [[nodiscard]] int64_t captures() const { return captures_; }

 private:
  const RecorderOptions& options_;
  TickCounter counter_;
  int64_t captures_ = 0, ticks_ = 0, lost_ = 0;
  std::optional<int64_t> last_us_;
  bool said_power_down_ = false, said_silence_ = false, said_jump_ = false;
};

}  // namespace lockstep

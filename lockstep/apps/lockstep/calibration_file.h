// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lockstep/apps/common/interrupt.h"
#include "lockstep/apps/common/progress.h"
#include "lockstep/base/result.h"

// What every way to calibrate begins with.

namespace lockstep {

/// Where a calibration goes: `output`, or, where that is empty, calibration.json of the take.
/// Errors: invalid_argument for a name that does not end in .json; already_exists.
Result<std::filesystem::path> new_calibration_file(const std::string& take,
                                                   const std::string& output);

/// Warns of what a detector did that crashed or hung, and of images that were left out, each with
/// its sentence.
void say_mishaps(const std::vector<std::string>& mishaps, const std::vector<std::string>& left_out);

/// A bar that appears with the first step of a job, and Ctrl-C, which ends it. Ctrl-C is as usual
/// again when the object goes: keep it for the job alone.
class WatchedJob {
 public:
  explicit WatchedJob(std::string what) : what_(std::move(what)) {}

  /// For options that call `progress` with how much is done and how much there is; false: stop.
  [[nodiscard]] std::function<bool(int64_t done, int64_t all)> progress();
  /// Takes the bar away, so that something else can be said.
  void end() { bar_.reset(); }

 private:
  std::string what_;
  const Interrupt interrupt_;
  std::optional<Progress> bar_;
};

}  // namespace lockstep

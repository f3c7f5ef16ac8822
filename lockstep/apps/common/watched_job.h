// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "lockstep/apps/common/interrupt.h"
#include "lockstep/apps/common/progress.h"

namespace lockstep {

/// A bar that appears with the first step of a job, and Ctrl-C, which ends it. Ctrl-C is as usual
/// again when the object goes: keep it for the job alone.
class WatchedJob {
 public:
  explicit WatchedJob(std::string what, bool quiet = false)
      : what_(std::move(what)), quiet_(quiet) {}

  /// For options that call `progress` with how much is done and how much there is; false: stop.
  [[nodiscard]] std::function<bool(int64_t done, int64_t all)> progress();
  /// For options that ask whether to stop, from any thread.
  [[nodiscard]] std::function<bool()> stopped() const {
    return [this] { return interrupt_.requested(); };
  }
  /// Takes the bar away, so that something else can be said.
  void end() { bar_.reset(); }

 private:
  std::string what_;
  bool quiet_;
  const Interrupt interrupt_;
  std::optional<Progress> bar_;
};

}  // namespace lockstep

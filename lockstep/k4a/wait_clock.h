// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>

#include "lockstep/base/thread_annotations.h"
#include "lockstep/time/clock.h"

namespace lockstep::k4a {

/// The time in which a program waits for its devices. Thread-safe.
class WaitClock {
 public:
  virtual ~WaitClock() = default;
  [[nodiscard]] virtual HostTime now() = 0;
  /// Returns at `until`, once `changed` is notified, or earlier; the caller holds `mutex`.
  virtual void wait(std::condition_variable_any& changed, Mutex& mutex, HostTime until) = 0;
};

/// CLOCK_MONOTONIC.
class RealTime final : public WaitClock {
 public:
  HostTime now() override { return HostTime(std::chrono::steady_clock::now().time_since_epoch()); }
  void wait(std::condition_variable_any& changed, Mutex& mutex, HostTime until) override {
    changed.wait_until(mutex, std::chrono::steady_clock::time_point(until.time_since_epoch()));
  }
};

}  // namespace lockstep::k4a

// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <condition_variable>

#include "lockstep/base/thread_annotations.h"
#include "lockstep/device/device.h"
#include "lockstep/virtual/virtual_rig.h"

namespace lockstep {

/// The clock of a virtual rig, in any pace, and where its devices wait. Thread-safe.
class WorldClock final : public SessionClock {
 public:
  WorldClock(VirtualRigOptions::Pace pace, HostTime start);

  HostTime now() override;
  void sleep_until(HostTime time) override;

  /// False: waiting has no sense, the one who would wait moves the clock.
  [[nodiscard]] bool waits() const { return pace_ != VirtualRigOptions::Pace::as_fast_as_possible; }

  /// Counts the starts and stops in the rig.
  [[nodiscard]] uint64_t changes();
  void change();
  /// Returns at `until`, or earlier once changes() is no longer `seen`.
  void wait(HostTime until, uint64_t seen);

 private:
  [[nodiscard]] bool is_real() const { return pace_ == VirtualRigOptions::Pace::real_time; }

  const VirtualRigOptions::Pace pace_;
  std::atomic<int64_t> stepped_ns_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  uint64_t changes_ LOCKSTEP_GUARDED_BY(mutex_) = 0;
};

}  // namespace lockstep

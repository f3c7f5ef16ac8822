// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lockstep/frame/device_state.h"
#include "lockstep/time/clock.h"

namespace lockstep {

/// What is known of one camera while a rig waits for pulses or for lock.
struct LockFacts {
  std::string name;
  DeviceState state = DeviceState::idle;
  bool is_source = false;
  bool plugged = true;       ///< something is in its Sync In, as far as it can tell
  std::string cable_from;    ///< where the plan's cable to its Sync In comes from: "left Sync Out"
  bool any_picture = false;  ///< whose stamp counts
  /// Pictures come, but none that shows its clock rolled back: the first stamp.
  std::optional<DeviceTime> not_rolled_back{};
  bool out_of_step = false;           ///< outside the single-tick gate on the newest common tick
  std::optional<double> offset_us{};  ///< newest offset to plan
  std::optional<double> moved_us{};   ///< by how much that moved while the rig tried to lock
  /// Its clock was zeroed so much later than that of the source, by host arrival; none: it was not.
  std::optional<double> zeroed_apart_us{};
  /// Exposure that the plan gives it, which moves the centres of its images, depth's with colour
  /// off too; none: automatic.
  std::optional<Micros> exposure{};
};

/// Sentences for the person at the rig: which cameras keep it from locking and how that shows, the
/// likely cause, and what to do. `source` gives the pulses: a camera's name, or "" for a generator.
[[nodiscard]] std::string lock_trouble(const std::vector<LockFacts>& cameras,
                                       const std::string& source);

}  // namespace lockstep

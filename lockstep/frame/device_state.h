// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace lockstep {

/// Where a camera is in the life of a rig; one enum for the session, reports and viewers
/// (docs/model.md). armed: started, plugged and silent. locked: ten ticks in a row in step
/// and nothing written; a session, which records from there on, never rests in it.
enum class DeviceState {
  idle,
  starting,
  armed,
  locking,
  locked,
  recording,
  lagging,
  lost,
  stopping,
  failed,
};

[[nodiscard]] std::string_view to_string(DeviceState state);

}  // namespace lockstep

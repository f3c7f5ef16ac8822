// SPDX-License-Identifier: MIT
#include "lockstep/frame/device_state.h"

#include <array>

namespace lockstep {

std::string_view to_string(DeviceState state) {
  static constexpr std::array<std::string_view, 10> kNames = {
      "idle",      "starting", "armed", "locking",  "locked",
      "recording", "lagging",  "lost",  "stopping", "failed"};
  return kNames.at(static_cast<size_t>(state));
}

}  // namespace lockstep

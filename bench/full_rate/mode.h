// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::full_rate {

/// A colour and a depth mode at the highest rate that both have.
struct Mode {
  k4a_device_configuration_t config{};

  /// As it is asked for: "BGRA_2160P+NFOV_UNBINNED", with OFF for what is off.
  [[nodiscard]] std::string name() const;
  [[nodiscard]] int frames_per_second() const;
  [[nodiscard]] bool color_on() const {
    return config.color_resolution != K4A_COLOR_RESOLUTION_OFF;
  }
  [[nodiscard]] bool depth_on() const { return config.depth_mode != K4A_DEPTH_MODE_OFF; }
};

/// All that an Azure Kinect has: 84 with colour, which run as master and subordinate, and 5
/// without.
[[nodiscard]] std::vector<Mode> all_modes();
[[nodiscard]] std::optional<Mode> mode_of(std::string_view name);

}  // namespace lockstep::full_rate

// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include <cstdint>
#include <optional>
#include <string>

#include "lockstep/base/result.h"
#include "lockstep/device/color_controls.h"
#include "lockstep/sensor/family.h"
#include "lockstep/sensor/modes.h"

namespace lockstep::k4a {

/// What a colour control takes.
struct ColorRange {
  bool supports_auto = false;
  int32_t min = 0, max = 0, step = 0, usual = 0;
  k4a_color_control_mode_t usual_mode = K4A_COLOR_CONTROL_MODE_MANUAL;
};

/// Of a command 0..9; nothing where cameras of the family have no such control. The exposure steps
/// of an Azure Kinect depend on the power line that the handle knows of.
[[nodiscard]] std::optional<ColorRange> color_range(k4a_color_control_command_t command,
                                                    Powerline line, Family family);

struct ColorSetting {
  k4a_color_control_mode_t mode = K4A_COLOR_CONTROL_MODE_MANUAL;
  int32_t value = 0;  ///< of automatic ones what they were before
};

/// What a camera is set to; exposure in whole hundreds of microseconds, as it keeps it. All zero
/// for a control that it does not have.
[[nodiscard]] ColorSetting color_setting(const ColorControls& controls,
                                         k4a_color_control_command_t command, Family family);

/// What is told of an exposure that a camera keeps: of an Azure Kinect the step of its table at or
/// above it, beyond the table its last one. Microseconds.
[[nodiscard]] int32_t told_exposure(int32_t exposure_us, Powerline line, Family family);

/// What the camera keeps when it is set so. Errors: invalid_argument.
Result<ColorControl> color_control(const ColorControls& controls,
                                   k4a_color_control_command_t command,
                                   k4a_color_control_mode_t mode, int32_t value, Powerline line,
                                   Family family);

}  // namespace lockstep::k4a

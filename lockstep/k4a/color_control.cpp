// SPDX-License-Identifier: MIT
#include "lockstep/k4a/color_control.h"

#include <fmt/core.h>

#include <algorithm>

#include "lockstep/sensor/timing.h"

namespace lockstep::k4a {
namespace {

constexpr int32_t kExposureUnit = 100;        // microseconds
constexpr int32_t kFactoryExposure = 15'600;  // 1/64 s in whole units

// In the order of the commands; exposure in the camera's own units of time.
constexpr ColorRange kRanges[kColorControls] = {
    {true, 500, 133'330, 100, kFactoryExposure, K4A_COLOR_CONTROL_MODE_AUTO},
    {},
    {false, 0, 255, 1, 128},
    {false, 0, 10, 1, 5},
    {false, 0, 63, 1, 32},
    {false, 0, 4, 1, 2},
    {true, 2500, 12'500, 10, 4500, K4A_COLOR_CONTROL_MODE_AUTO},
    {false, 0, 1, 1, 0},
    {false, 0, 255, 1, 128},
    {false, 1, 2, 1, 2},
};

}  // namespace

int32_t exposure_step(int32_t exposure_us, Powerline line) {
  const auto steps = exposure_steps_us(Family::azure_kinect, line);
  const auto step = std::lower_bound(steps.begin(), steps.end(), exposure_us);
  return step == steps.end() ? steps.back() : *step;
}

ColorRange color_range(k4a_color_control_command_t command, Powerline line) {
  ColorRange range = kRanges[command];
  if (command != K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE) return range;
  range.max = exposure_steps_us(Family::azure_kinect, line).back();
  range.usual = exposure_step(range.usual, line);
  return range;
}

ColorSetting color_setting(const ColorControls& controls, k4a_color_control_command_t command) {
  const ColorRange& range = kRanges[command];
  const ColorControl& kept = controls[static_cast<size_t>(command)];
  if (kept.stored == 0) return {range.usual_mode, range.usual};
  const bool automatic = range.supports_auto && kept.automatic != 0;
  return {automatic ? K4A_COLOR_CONTROL_MODE_AUTO : K4A_COLOR_CONTROL_MODE_MANUAL,
          std::clamp(kept.value, range.min, range.max)};
}

Result<ColorControl> color_control(const ColorControls& controls,
                                   k4a_color_control_command_t command,
                                   k4a_color_control_mode_t mode, int32_t value, Powerline line) {
  const ColorRange& range = kRanges[command];
  if (mode == K4A_COLOR_CONTROL_MODE_AUTO) {
    if (!range.supports_auto)
      return Error{Errc::invalid_argument, "This control can't be automatic"};
    return ColorControl{color_setting(controls, command).value, 1, 1};
  }
  if (command == K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE)
    return ColorControl{exposure_step(value, line) / kExposureUnit * kExposureUnit, 1, 0};
  if (value < range.min || value > range.max || (value - range.min) % range.step != 0)
    return Error{Errc::invalid_argument, fmt::format("{} is not within {} to {} in steps of {}",
                                                     value, range.min, range.max, range.step)};
  return ColorControl{value, 1, 0};
}

}  // namespace lockstep::k4a

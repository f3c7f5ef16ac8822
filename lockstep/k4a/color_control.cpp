// SPDX-License-Identifier: MIT
#include "lockstep/k4a/color_control.h"

#include <fmt/core.h>

#include <algorithm>

#include "lockstep/sensor/family.h"
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

// The Femto cameras' library documents its brightness; limits of gain and exposure are the
// family's, and everything else is as above.
constexpr ColorRange kFemtoBrightness{false, 0, 100, 1, 50};

bool is_azure(Family family) {
  return family == Family::azure_kinect;
}

std::optional<ColorRange> femto_range(k4a_color_control_command_t command, Family family) {
  ColorRange range = kRanges[command];
  const FamilyTraits& traits = family_traits(family);
  switch (command) {
    case K4A_COLOR_CONTROL_AUTO_EXPOSURE_PRIORITY:
    case K4A_COLOR_CONTROL_BACKLIGHT_COMPENSATION:
      return std::nullopt;
    case K4A_COLOR_CONTROL_BRIGHTNESS:
      return kFemtoBrightness;
    case K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE:
      range.min = traits.min_exposure_us;
      range.max = traits.max_exposure_us;
      return range;
    case K4A_COLOR_CONTROL_GAIN:
      range.min = traits.min_gain;
      range.max = traits.max_gain;
      return range;
    default:
      return range;
  }
}

std::optional<ColorRange> range_of(k4a_color_control_command_t command, Family family) {
  return is_azure(family) ? kRanges[command] : femto_range(command, family);
}

/// A Femto's library rounds these down to their step; everything else has to be on it.
bool is_rounded_down(k4a_color_control_command_t command, Family family) {
  return !is_azure(family) &&
         (command == K4A_COLOR_CONTROL_WHITEBALANCE || command == K4A_COLOR_CONTROL_GAIN);
}

int32_t exposure_step(int32_t exposure_us, Powerline line) {
  const auto steps = exposure_steps_us(Family::azure_kinect, line);
  const auto step = std::lower_bound(steps.begin(), steps.end(), exposure_us);
  return step == steps.end() ? steps.back() : *step;
}

}  // namespace

int32_t told_exposure(int32_t exposure_us, Powerline line, Family family) {
  return is_azure(family) ? exposure_step(exposure_us, line) : exposure_us;
}

std::optional<ColorRange> color_range(k4a_color_control_command_t command, Powerline line,
                                      Family family) {
  std::optional<ColorRange> range = range_of(command, family);
  if (command != K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE || !is_azure(family)) return range;
  range->max = exposure_steps_us(family, line).back();
  range->usual = exposure_step(range->usual, line);
  return range;
}

ColorSetting color_setting(const ColorControls& controls, k4a_color_control_command_t command,
                           Family family) {
  const auto range = range_of(command, family);
  if (!range) return {};
  const ColorControl& kept = controls[static_cast<size_t>(command)];
  if (kept.stored == 0) return {range->usual_mode, range->usual};
  const bool automatic = range->supports_auto && kept.automatic != 0;
  return {automatic ? K4A_COLOR_CONTROL_MODE_AUTO : K4A_COLOR_CONTROL_MODE_MANUAL,
          std::clamp(kept.value, range->min, range->max)};
}

Result<ColorControl> color_control(const ColorControls& controls,
                                   k4a_color_control_command_t command,
                                   k4a_color_control_mode_t mode, int32_t value, Powerline line,
                                   Family family) {
  const auto range = range_of(command, family);
  if (!range) return Error{Errc::invalid_argument, "Cameras of this family have no such control"};
  if (mode == K4A_COLOR_CONTROL_MODE_AUTO) {
    if (!range->supports_auto)
      return Error{Errc::invalid_argument, "This control can't be automatic"};
    return ColorControl{color_setting(controls, command, family).value, 1, 1};
  }
  if (command == K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE && is_azure(family))
    return ColorControl{exposure_step(value, line) / kExposureUnit * kExposureUnit, 1, 0};
  const bool within = value >= range->min && value <= range->max;
  const int32_t above = within ? (value - range->min) % range->step : 0;
  if (!within || (above != 0 && !is_rounded_down(command, family)))
    return Error{Errc::invalid_argument, fmt::format("{} is not within {} to {} in steps of {}",
                                                     value, range->min, range->max, range->step)};
  return ColorControl{value - above, 1, 0};
}

}  // namespace lockstep::k4a

// SPDX-License-Identifier: MIT
// The functions k4a_device_*_color_control*.
#include <fmt/core.h>
#include <k4a/k4a.h>

#include "lockstep/k4a/color_control.h"
#include "lockstep/k4a/device_lookup.h"
#include "lockstep/k4a/guard.h"

using namespace lockstep;       // NOLINT(google-build-using-namespace)
using namespace lockstep::k4a;  // NOLINT(google-build-using-namespace)

namespace {

bool is_command(k4a_color_control_command_t command) {
  return command >= K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE &&
         command <= K4A_COLOR_CONTROL_POWERLINE_FREQUENCY;
}

}  // namespace

k4a_result_t k4a_device_get_color_control_capabilities(k4a_device_t device_handle,
                                                       k4a_color_control_command_t command,
                                                       bool* supports_auto, int32_t* min_value,
                                                       int32_t* max_value, int32_t* step_value,
                                                       int32_t* default_value,
                                                       k4a_color_control_mode_t* default_mode) {
  static constexpr const char* kName = "k4a_device_get_color_control_capabilities";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto device = find_device(device_handle, kName);
    if (!device) return K4A_RESULT_FAILED;
    if (!is_command(command)) return refuse(kName, "There is no such command");
    if (supports_auto == nullptr || min_value == nullptr || max_value == nullptr ||
        step_value == nullptr || default_value == nullptr || default_mode == nullptr)
      return refuse(kName, "An argument is NULL");
    const auto range = device->color_range_of(command);
    if (!range) return refuse(kName, "Cameras of this family have no such control");
    *supports_auto = range->supports_auto;
    *min_value = range->min;
    *max_value = range->max;
    *step_value = range->step;
    *default_value = range->usual;
    *default_mode = range->usual_mode;
    return K4A_RESULT_SUCCEEDED;
  });
}

k4a_result_t k4a_device_get_color_control(k4a_device_t device_handle,
                                          k4a_color_control_command_t command,
                                          k4a_color_control_mode_t* mode, int32_t* value) {
  static constexpr const char* kName = "k4a_device_get_color_control";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto device = find_device(device_handle, kName);
    if (!device) return K4A_RESULT_FAILED;
    if (!is_command(command)) return refuse(kName, "There is no such command");
    if (mode == nullptr || value == nullptr) return refuse(kName, "An argument is NULL");
    const auto controls = device->source().color_controls(device->info().serial);
    if (!controls) return refuse(kName, controls.error().message);
    const Family family = device->info().family;
    const ColorSetting setting = color_setting(*controls, command, family);
    const bool exposure = command == K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE;
    // The Femto cameras' library leaves the mode alone where there is but one.
    const bool one_mode = !exposure && command != K4A_COLOR_CONTROL_WHITEBALANCE;
    if (family == Family::azure_kinect || !one_mode) *mode = setting.mode;
    *value = exposure ? told_exposure(setting.value, device->powerline, family) : setting.value;
    return K4A_RESULT_SUCCEEDED;
  });
}

k4a_result_t k4a_device_set_color_control(k4a_device_t device_handle,
                                          k4a_color_control_command_t command,
                                          k4a_color_control_mode_t mode, int32_t value) {
  static constexpr const char* kName = "k4a_device_set_color_control";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto device = find_device(device_handle, kName);
    if (!device) return K4A_RESULT_FAILED;
    if (!is_command(command)) return refuse(kName, "There is no such command");
    if (mode != K4A_COLOR_CONTROL_MODE_AUTO && mode != K4A_COLOR_CONTROL_MODE_MANUAL)
      return refuse(kName, "There is no such mode");
    const Family family = device->info().family;
    if (command == K4A_COLOR_CONTROL_AUTO_EXPOSURE_PRIORITY && family == Family::azure_kinect) {
      log(K4A_LOG_LEVEL_WARNING, __FILE__, __LINE__, "AUTO_EXPOSURE_PRIORITY does nothing");
      return K4A_RESULT_SUCCEEDED;
    }
    const std::string& serial = device->info().serial;
    const auto controls = device->source().color_controls(serial);
    if (!controls) return refuse(kName, controls.error().message);
    const auto control = color_control(*controls, command, mode, value, device->powerline, family);
    if (!control) return refuse(kName, control.error().message);
    const auto set = device->set_color_control(static_cast<size_t>(command), *control);
    if (!set) return refuse(kName, set.error().message);
    if (command == K4A_COLOR_CONTROL_POWERLINE_FREQUENCY)
      device->powerline = static_cast<Powerline>(value);
    return K4A_RESULT_SUCCEEDED;
  });
}

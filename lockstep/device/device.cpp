// SPDX-License-Identifier: MIT
#include "lockstep/device/device.h"

#include <fmt/core.h>

namespace lockstep {
namespace {

Error wrong_state(const DeviceInfo& info, const char* function, const char* state,
                  const char* needed, const char* mend) {
  return {Errc::bad_state,
          fmt::format("{}: {} was called while the device is {}, but needs it {}: {}", info.serial,
                      function, state, needed, mend)};
}

/// What the device runs after the check, or why it cannot.
Result<CameraConfig> checked(const DeviceInfo& info, const CameraConfig& config) {
  const ConfigCheck check = check_config(info.family, config);
  if (check.outcome != ConfigCheck::Outcome::invalid) return check.adjusted;
  std::string why;
  for (const ConfigNote& note : check.notes) why += (why.empty() ? "" : " ") + note.text;
  return Error{Errc::invalid_argument,
               fmt::format("{}: start() refuses this configuration: {}", info.serial, why)};
}

}  // namespace

Result<std::string> Device::calibration_json() {
  auto blob = do_calibration_json();
  if (!blob) return blob;
  while (!blob->empty() && blob->back() == '\0') blob->pop_back();
  return blob;
}

Result<SyncJacks> Device::read_jacks() {
  return do_read_jacks();
}

Result<void> Device::start(const CameraConfig& config, const std::function<bool()>& wanted) {
  if (running_) return wrong_state(info_, "start()", "running", "idle", "call stop() first");
  auto config_run = checked(info_, config);
  if (!config_run) return std::move(config_run).error();
  wanted_ = wanted ? &wanted : nullptr;
  auto started = do_start(*config_run);
  wanted_ = nullptr;
  if (!started) return started;
  running_ = true;
  return {};
}

void Device::stop() {
  // Two threads may stop at once: only one of them stops.
  if (running_.exchange(false)) do_stop();
}

void Device::stop_images() {
  if (running_) do_stop_images();
}

void Device::adjust_color(const CameraConfig& config) {
  if (running_) do_adjust_color(config);
}

Result<std::variant<CapturePtr, ReadEnd>> Device::next_capture(Nanos timeout) {
  if (!running_) {
    return wrong_state(info_, "next_capture()", "idle", "running", "call start() first");
  }
  auto read = do_next_capture(timeout);
  // A stop that came while this call waited is an end, not a failure.
  if (!read && !running_) return std::variant<CapturePtr, ReadEnd>(ReadEnd::ended);
  return read;
}

Result<std::vector<ImuSample>> Device::take_imu() {
  if (!running_) return wrong_state(info_, "take_imu()", "idle", "running", "call start() first");
  return do_take_imu();
}

}  // namespace lockstep

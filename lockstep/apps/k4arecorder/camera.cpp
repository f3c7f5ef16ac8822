// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/camera.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>

#include "lockstep/base/text.h"

namespace lockstep {
namespace {

constexpr int kOpenTries = 10;
constexpr auto kBetweenTries = std::chrono::milliseconds(100);

struct Reason {
  std::mutex mutex;
  std::string text;
};

Reason& last_reason() {
  static auto* const one = new Reason;  // libk4a may log while the program ends
  return *one;
}

void keep_reason(void*, k4a_log_level_t, const char*, const int, const char* message) {
  Reason& reason = last_reason();
  const std::lock_guard lock(reason.mutex);
  reason.text = message;
}

/// What libk4a said last, without the function's name in front; said once.
std::string take_reason() {
  Reason& reason = last_reason();
  const std::lock_guard lock(reason.mutex);
  const std::string text = std::exchange(reason.text, "");
  const size_t name = text.find("(). ");
  return name == std::string::npos ? text : text.substr(name + 4);
}

std::string version_text(const k4a_version_t& version) {
  return fmt::format("{}.{}.{}", version.major, version.minor, version.iteration);
}

Result<DeviceHandle> open_index(uint32_t index) {
  k4a_device_t device = nullptr;
  const k4a_result_t opened = k4a_device_open(index, &device);
  if (opened == K4A_RESULT_SUCCEEDED) return DeviceHandle(device);
  Error error = runtime_error("k4a_device_open", opened);
  error.code = Errc::busy;
  return error;
}

Result<DeviceHandle> open_serial(const std::string& serial, uint32_t count) {
  uint32_t closed = 0;
  for (uint32_t index = 0; index < count; ++index) {
    auto device = open_index(index);
    if (!device) {
      if (device.error().message.find(serial) != std::string::npos) return device;  // says why
      ++closed;
    } else if (serial_of(device->get()) == serial) {
      return device;
    }
  }
  if (closed == 0)
    return Error{Errc::not_found, fmt::format("--serial: no device has serial number {}: --list "
                                              "shows those that are connected",
                                              serial)};
  return Error{Errc::busy,
               fmt::format("--serial: none of the devices that can be opened has serial number {}; "
                           "{} of {} cannot, such as those that another program uses",
                           serial, closed, count)};
}

Result<DeviceHandle> open_once(const RecorderOptions& options) {
  const uint32_t count = k4a_device_get_installed_count();
  if (count == 0) {
    const std::string why = take_reason();
    return Error{Errc::not_found,
                 why.empty() ? "No devices connected." : "No devices connected: " + why};
  }
  if (!options.serial.empty()) return open_serial(options.serial, count);
  if (options.device >= count)
    return Error{
        Errc::not_found,
        fmt::format("--device: there is no device {}: {} connected, counted from 0 (--list "
                    "shows them)",
                    options.device, count == 1 ? "1 is" : fmt::format("{} are", count))};
  return open_index(options.device);
}

std::string list_entry(uint32_t index) {
  const auto device = open_index(index);
  if (!device) return fmt::format("Index:{}\tin use by another program, or not answering\n", index);
  k4a_hardware_version_t version{};
  k4a_device_get_version(device->get(), &version);
  return fmt::format("Index:{}\tSerial:{}\tColor:{}\tDepth:{}\n", index,
                     printable(serial_of(device->get())), version_text(version.rgb),
                     version_text(version.depth));
}

}  // namespace

void keep_reasons() {
  setenv("K4A_ENABLE_LOG_TO_STDOUT", "0", 0);
  k4a_set_debug_message_handler(keep_reason, nullptr, K4A_LOG_LEVEL_ERROR);
}

Error runtime_error(const char* function, int code) {
  const std::string why = take_reason();
  return {Errc::device_lost, fmt::format("Runtime error: {}() returned {}{}{}", function, code,
                                         why.empty() ? "" : ": ", why)};
}

Result<DeviceHandle> open_device(const RecorderOptions& options) {
  for (int tries = 1;; ++tries) {
    auto device = open_once(options);
    if (device || device.error().code != Errc::busy || tries == kOpenTries) return device;
    std::this_thread::sleep_for(kBetweenTries);
  }
}

std::string serial_of(k4a_device_t device) {
  size_t size = 0;
  if (k4a_device_get_serialnum(device, nullptr, &size) != K4A_BUFFER_RESULT_TOO_SMALL) return "";
  std::string serial(size, '\0');
  if (k4a_device_get_serialnum(device, serial.data(), &size) != K4A_BUFFER_RESULT_SUCCEEDED)
    return "";
  serial.resize(size > 0 ? size - 1 : 0);  // its NUL is not of the text
  return serial;
}

std::string version_text(k4a_device_t device) {
  k4a_hardware_version_t version{};
  if (k4a_device_get_version(device, &version) != K4A_RESULT_SUCCEEDED) return "";
  const bool release = version.firmware_build == K4A_FIRMWARE_BUILD_RELEASE;
  return fmt::format("{}; C: {}; D: {}[{}.{}]; A: {}", release ? "Rel" : "Dbg",
                     version_text(version.rgb), version_text(version.depth),
                     version.depth_sensor.major, version.depth_sensor.minor,
                     version_text(version.audio));
}

std::string device_list() {
  const uint32_t count = k4a_device_get_installed_count();
  std::string list;
  for (uint32_t index = 0; index < count; ++index) list += list_entry(index);
  if (list.empty()) {
    const std::string why = take_reason();
    list = "No devices connected." + (why.empty() ? "" : " " + printable(why)) + "\n";
  }
  return list;
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/k4a/record_device.h"

#include <fmt/format.h>
#include <k4a/k4a.h>

#include "lockstep/k4a/log.h"

namespace lockstep::k4a {
namespace {

std::string version_text(const k4a_version_t& version) {
  return fmt::format("{}.{}.{}", version.major, version.minor, version.iteration);
}

/// What a function that fills a buffer gives; empty when it fails.
template <typename Char, typename Get>
std::string text_of(k4a_device_t device, Get get) {
  size_t size = 0;
  if (get(device, nullptr, &size) != K4A_BUFFER_RESULT_TOO_SMALL) return "";
  std::string text(size, '\0');
  if (get(device, reinterpret_cast<Char*>(text.data()), &size) != K4A_BUFFER_RESULT_SUCCEEDED)
    return "";
  text.resize(text.find_last_not_of('\0') + 1);
  return text;
}

}  // namespace

bool describe_device(k4a_device_t device, RecordingHeader& header) {
  k4a_hardware_version_t version;
  if (k4a_device_get_version(device, &version) != K4A_RESULT_SUCCEEDED) return false;
  header.color_firmware = version_text(version.rgb);
  header.depth_firmware = version_text(version.depth);
  header.serial = text_of<char>(device, k4a_device_get_serialnum);
  if (header.serial.empty())
    LOCKSTEP_K4A_ERROR("The device does not tell its serial number: the recording has none");
  header.calibration_json = text_of<uint8_t>(device, k4a_device_get_raw_calibration);
  return !header.calibration_json.empty();
}

}  // namespace lockstep::k4a

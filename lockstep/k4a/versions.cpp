// SPDX-License-Identifier: MIT
#include "lockstep/k4a/versions.h"

#include <fmt/core.h>
#include <k4a/k4aversion.h>

#include <cstdio>
#include <tuple>

namespace lockstep::k4a {
namespace {

k4a_version_t parse_version(const std::string& text) {
  k4a_version_t version{};
  std::sscanf(text.c_str(), "%u.%u.%u", &version.major, &version.minor, &version.iteration);
  return version;
}

std::string text_of(const k4a_version_t& version) {
  return fmt::format("{}.{}.{}", version.major, version.minor, version.iteration);
}

bool is_below(const k4a_version_t& version, const k4a_version_t& limit) {
  const auto numbers = [](const k4a_version_t& v) {
    return std::tuple(v.major, v.minor, v.iteration);
  };
  return numbers(version) < numbers(limit);
}

bool any_below(const k4a_hardware_version_t& version, const k4a_version_t& rgb,
               const k4a_version_t& depth, const k4a_version_t& audio,
               const k4a_version_t& sensor) {
  return is_below(version.rgb, rgb) || is_below(version.depth, depth) ||
         is_below(version.audio, audio) || is_below(version.depth_sensor, sensor);
}

}  // namespace

k4a_hardware_version_t hardware_version(const DeviceInfo& info) {
  k4a_hardware_version_t version{};
  version.depth = parse_version(info.depth_firmware);
  version.firmware_build = K4A_FIRMWARE_BUILD_RELEASE;
  version.firmware_signature = K4A_FIRMWARE_SIGNATURE_UNSIGNED;
  if (info.family != Family::azure_kinect) return version;
  version.rgb = parse_version(info.color_firmware);
  version.audio = {1, 6, 14};
  version.depth_sensor = {6109, 7, 0};
  version.firmware_signature = K4A_FIRMWARE_SIGNATURE_MSFT;
  return version;
}

std::string versions_text(const DeviceInfo& info) {
  const k4a_hardware_version_t version = hardware_version(info);
  return fmt::format("Serial number {}, firmware: colour {}, depth {}, audio {}, sensor {}; SDK {}",
                     info.serial, text_of(version.rgb), text_of(version.depth),
                     text_of(version.audio), text_of(version.depth_sensor), K4A_VERSION_STR);
}

FirmwareAge firmware_age(const DeviceInfo& info) {
  if (info.is_playback || info.family != Family::azure_kinect) return FirmwareAge::current;
  const k4a_hardware_version_t version = hardware_version(info);
  if (any_below(version, {1, 5, 92}, {1, 5, 66}, {1, 5, 14}, {5006, 27, 0}))
    return FirmwareAge::too_old;
  return any_below(version, {1, 6, 110}, {1, 6, 79}, {1, 6, 14}, {6109, 7, 0})
             ? FirmwareAge::dated
             : FirmwareAge::current;
}

}  // namespace lockstep::k4a

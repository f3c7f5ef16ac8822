// SPDX-License-Identifier: MIT
#include "bench/full_rate/mode.h"

#include <fmt/core.h>

#include "lockstep/sensor/config.h"

namespace lockstep::full_rate {
namespace {

/// The mode at its highest rate; nothing for what the sensor cannot do.
std::optional<Mode> make(const CameraConfig& wanted) {
  if (!wanted.color_on() && !wanted.depth_on()) return std::nullopt;
  for (const FrameRate rate : {FrameRate::fps30, FrameRate::fps15, FrameRate::fps5}) {
    CameraConfig config = wanted;
    config.frame_rate = rate;
    if (check_config(Family::azure_kinect, config).outcome != ConfigCheck::Outcome::valid) continue;
    Mode mode;
    mode.config.color_format = static_cast<k4a_image_format_t>(config.color_format);
    mode.config.color_resolution = static_cast<k4a_color_resolution_t>(config.color_resolution);
    mode.config.depth_mode = static_cast<k4a_depth_mode_t>(config.depth_mode);
    mode.config.camera_fps = static_cast<k4a_fps_t>(rate);
    mode.config.synchronized_images_only = mode.color_on() && mode.depth_on();
    return mode;
  }
  return std::nullopt;
}

}  // namespace

std::string Mode::name() const {
  const auto color = color_mode_name(static_cast<ColorFormat>(config.color_format),
                                     static_cast<ColorResolution>(config.color_resolution));
  return fmt::format("{}+{}", color, to_string(static_cast<DepthMode>(config.depth_mode)));
}

int Mode::frames_per_second() const {
  return lockstep::frames_per_second(static_cast<FrameRate>(config.camera_fps));
}

std::vector<Mode> all_modes() {
  std::vector<Mode> all;
  const auto add = [&](ColorFormat format, ColorResolution resolution) {
    for (int depth = 0; depth <= static_cast<int>(DepthMode::passive_ir); ++depth) {
      CameraConfig config;
      config.color_format = format;
      config.color_resolution = resolution;
      config.depth_mode = static_cast<DepthMode>(depth);
      if (const auto mode = make(config)) all.push_back(*mode);
    }
  };
  for (int format = 0; format <= static_cast<int>(ColorFormat::bgra32); ++format) {
    for (int size = 1; size <= static_cast<int>(ColorResolution::p3072); ++size)
      add(static_cast<ColorFormat>(format), static_cast<ColorResolution>(size));
  }
  add(ColorFormat::mjpg, ColorResolution::off);
  return all;
}

std::optional<Mode> mode_of(std::string_view name) {
  for (const Mode& mode : all_modes()) {
    if (mode.name() == name) return mode;
  }
  return std::nullopt;
}

}  // namespace lockstep::full_rate

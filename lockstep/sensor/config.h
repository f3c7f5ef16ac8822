// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/sensor/modes.h"
#include "lockstep/time/clock.h"

namespace lockstep {

/// Everything that is set on one camera before it starts.
struct CameraConfig {
  ColorFormat color_format = ColorFormat::mjpg;
  ColorResolution color_resolution = ColorResolution::p720;  ///< off: no colour
  DepthMode depth_mode = DepthMode::nfov_unbinned;           ///< off: no depth, no IR
  FrameRate frame_rate = FrameRate::fps30;
  WiredSync wired_sync = WiredSync::standalone;
  Micros depth_delay_off_color{0};         ///< signed; moves depth only
  Micros subordinate_delay_off_master{0};  ///< moves colour, and depth with it
  bool synchronized_images_only = false;   ///< drop captures that lack colour or depth
  bool pair_images = true;                 ///< false: every image is a capture of its own
  bool imu = false;
  std::optional<Micros> exposure;      ///< colour exposure; nothing = automatic
  std::optional<int> gain;             ///< 0..255; nothing = the camera's own
  std::optional<int> white_balance_k;  ///< nothing = automatic
  std::optional<Powerline> powerline;  ///< nothing = the camera's own

  [[nodiscard]] bool color_on() const { return color_resolution != ColorResolution::off; }
  [[nodiscard]] bool depth_on() const { return depth_mode != DepthMode::off; }
  friend bool operator==(const CameraConfig&, const CameraConfig&) = default;
};

/// What was adjusted, or why a configuration is invalid.
struct ConfigNote {
  std::string setting;  ///< as the rig file calls it, such as "depth_mode"
  std::string text;     ///< one sentence
};

/// Outcome of a check before any device is touched. `adjusted` is the configuration the camera will
/// really run (exposure raised to its step, say), equal to the request when valid.
struct ConfigCheck {
  enum class Outcome { valid, adjusted, invalid };
  Outcome outcome = Outcome::valid;
  CameraConfig adjusted;
  std::vector<ConfigNote> notes;
};

/// Checks a configuration against what `family` can do. Jack states are not looked at here: they
/// are evidence of the cables, which the rig's plan and the device's start judge.
[[nodiscard]] ConfigCheck check_config(Family family, const CameraConfig& config);

}  // namespace lockstep

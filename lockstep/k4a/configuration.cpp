// SPDX-License-Identifier: MIT
#include "lockstep/k4a/configuration.h"

#include <fmt/core.h>

#include <algorithm>

#include "lockstep/k4a/color_control.h"
#include "lockstep/k4a/modes.h"
#include "lockstep/sensor/family.h"

namespace lockstep::k4a {
namespace {

template <typename T>
bool is_within(T value, T first, T last) {
  return value >= first && value <= last;
}

int fps_of(k4a_fps_t fps) {
  return frames_per_second(from_c(fps));
}

std::string check_values(const k4a_device_configuration_t& c, Family family) {
  if (!is_within(c.color_format, K4A_IMAGE_FORMAT_COLOR_MJPG, K4A_IMAGE_FORMAT_COLOR_BGRA32))
    return fmt::format("{} is no colour format of a camera", static_cast<int>(c.color_format));
  if (!is_within(c.color_resolution, K4A_COLOR_RESOLUTION_OFF, K4A_COLOR_RESOLUTION_3072P))
    return fmt::format("{} is no colour resolution", static_cast<int>(c.color_resolution));
  if (!is_within(c.depth_mode, K4A_DEPTH_MODE_OFF, K4A_DEPTH_MODE_PASSIVE_IR))
    return fmt::format("{} is no depth mode", static_cast<int>(c.depth_mode));
  const bool has_25 = family != Family::azure_kinect;
  const int last = has_25 ? static_cast<int>(FrameRate::fps25) : K4A_FRAMES_PER_SECOND_30;
  if (!is_within<int>(c.camera_fps, K4A_FRAMES_PER_SECOND_5, last))
    return fmt::format("{} is no frame rate", static_cast<int>(c.camera_fps));
  if (!is_within(c.wired_sync_mode, K4A_WIRED_SYNC_MODE_STANDALONE,
                 K4A_WIRED_SYNC_MODE_SUBORDINATE))
    return fmt::format("{} is no wired-sync mode", static_cast<int>(c.wired_sync_mode));
  return "";
}

std::string check_sync(const k4a_device_configuration_t& c, const SyncJacks& jacks, Family family,
                       int most_delay_us) {
  const bool subordinate = c.wired_sync_mode == K4A_WIRED_SYNC_MODE_SUBORDINATE;
  const bool master = c.wired_sync_mode == K4A_WIRED_SYNC_MODE_MASTER;
  if (subordinate && jacks.in_plugged == false)
    return "a subordinate needs a cable in Sync In: plug it in";
  if (master && jacks.out_plugged == false) return "a master needs a cable in Sync Out: plug it in";
  if (master && family_traits(family).master_needs_color &&
      c.color_resolution == K4A_COLOR_RESOLUTION_OFF)
    return "a master with colour off gives no pulses: turn its colour on";
  const auto most_us = subordinate ? static_cast<uint32_t>(most_delay_us) : 0U;
  if (c.subordinate_delay_off_master_usec > most_us)
    return fmt::format("subordinate_delay_off_master_usec is {}, and may be {} at most here",
                       c.subordinate_delay_off_master_usec, most_us);
  return "";
}

std::string check_cameras(const k4a_device_configuration_t& c, int most_delay_us) {
  const bool depth = c.depth_mode != K4A_DEPTH_MODE_OFF;
  const bool color = c.color_resolution != K4A_COLOR_RESOLUTION_OFF;
  if (!depth && !color) return "colour and depth are both off: turn one on";
  const int most_us = depth && color ? most_delay_us : 0;
  if (!is_within(c.depth_delay_off_color_usec, -most_us, most_us))
    return fmt::format("depth_delay_off_color_usec is {}, and may be {} us at most here",
                       c.depth_delay_off_color_usec, most_us);
  if (c.synchronized_images_only && !(depth && color))
    return "synchronized_images_only needs colour and depth: turn both on";
  return "";
}

std::string check_modes(const k4a_device_configuration_t& c) {
  const int fps = fps_of(c.camera_fps);
  if (c.depth_mode == K4A_DEPTH_MODE_WFOV_UNBINNED && fps > 15)
    return "WFOV_UNBINNED runs at 15 fps at most";
  if (c.color_resolution == K4A_COLOR_RESOLUTION_OFF) return "";
  const bool raw = c.color_format == K4A_IMAGE_FORMAT_COLOR_NV12 ||
                   c.color_format == K4A_IMAGE_FORMAT_COLOR_YUY2;
  if (raw && c.color_resolution != K4A_COLOR_RESOLUTION_720P)
    return "NV12 and YUY2 exist in 720P only: take MJPG or BGRA32";
  if (c.color_resolution == K4A_COLOR_RESOLUTION_3072P && fps > 15)
    return "3072P runs at 15 fps at most";
  return "";
}

}  // namespace

std::string why_not(const k4a_device_configuration_t& config, const SyncJacks& jacks,
                    Family family) {
  if (auto why = check_values(config, family); !why.empty()) return why;
  int most_delay_us = 1'000'000 / fps_of(config.camera_fps);
  if (const double limit_us = family_traits(family).max_delay_us; limit_us > 0)
    most_delay_us = std::min(most_delay_us, static_cast<int>(limit_us));
  if (auto why = check_sync(config, jacks, family, most_delay_us); !why.empty()) return why;
  if (auto why = check_cameras(config, most_delay_us); !why.empty()) return why;
  if (family != Family::azure_kinect) return "";  // the camera itself knows its modes
  return check_modes(config);
}

CameraConfig camera_config(const k4a_device_configuration_t& config) {
  CameraConfig camera;
  camera.color_format = from_c(config.color_format);
  camera.color_resolution = from_c(config.color_resolution);
  camera.depth_mode = from_c(config.depth_mode);
  camera.frame_rate = from_c(config.camera_fps);
  camera.wired_sync = from_c(config.wired_sync_mode);
  camera.depth_delay_off_color = Micros(config.depth_delay_off_color_usec);
  camera.subordinate_delay_off_master = Micros(config.subordinate_delay_off_master_usec);
  camera.synchronized_images_only = config.synchronized_images_only;
  camera.imu = true;  // it is there from the start; k4a_device_start_imu opens its queue
  return camera;
}

void set_colors(CameraConfig& camera, const ColorControls& controls, Family family) {
  const auto set = [&](k4a_color_control_command_t command) -> std::optional<int> {
    const ColorSetting now = color_setting(controls, command, family);
    return now.mode == K4A_COLOR_CONTROL_MODE_AUTO ? std::nullopt : std::optional(now.value);
  };
  const auto exposure_us = set(K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE);
  camera.exposure = exposure_us ? std::optional(Micros(*exposure_us)) : std::nullopt;
  camera.gain = set(K4A_COLOR_CONTROL_GAIN);
  camera.white_balance_k = set(K4A_COLOR_CONTROL_WHITEBALANCE);
  camera.powerline = static_cast<Powerline>(*set(K4A_COLOR_CONTROL_POWERLINE_FREQUENCY));
}

}  // namespace lockstep::k4a

// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/take_place.h"

#include <fmt/core.h>

#include "lockstep/apps/common/utc_now.h"
#include "lockstep/host/machine.h"

namespace lockstep {
namespace {

/// The C API's numbers are ours: lockstep/k4a holds them to each other.
CameraConfig config_of(const RecorderOptions& options) {
  const k4a_device_configuration_t& from = options.config;
  CameraConfig config;
  config.color_format = static_cast<ColorFormat>(from.color_format);
  config.color_resolution = static_cast<ColorResolution>(from.color_resolution);
  config.depth_mode = static_cast<DepthMode>(from.depth_mode);
  config.frame_rate = static_cast<FrameRate>(from.camera_fps);
  config.wired_sync = static_cast<WiredSync>(from.wired_sync_mode);
  config.depth_delay_off_color = Micros(from.depth_delay_off_color_usec);
  config.subordinate_delay_off_master = Micros(from.subordinate_delay_off_master_usec);
  config.imu = options.imu;
  if (options.exposure_us) config.exposure = Micros(*options.exposure_us);
  config.gain = options.gain;
  return config;
}

}  // namespace

Result<SharedTake> enter_take(const RecorderOptions& options, const CameraIdentityInRig& identity,
                              const std::string& serial) {
  TakeManifest take;
  take.is_virtual = identity.is_virtual;
  take.created_utc = utc_now();
  take.lockstep_version = LOCKSTEP_VERSION;
  take.host = host_name();
  take.plan.rig_name = identity.rig_name;
  take.rig_toml = identity.rig_toml;
  return SharedTake::join(options.take, std::move(take),
                          {.name = identity.name,
                           .serial = serial,
                           .family = identity.family,
                           .config = config_of(options)});
}

std::string take_summary(const SharedTake& take, const SharedTake::Left& left) {
  if (!left.last) return "";
  const std::string folder = take.folder().string();
  if (left.manifest.cameras.empty()) return fmt::format("take {}: nothing was recorded", folder);
  return fmt::format("take {}: {}, {}. Is it in step? lockstep verify {}", folder,
                     to_string(left.manifest.state), common_ticks_text(left.manifest), folder);
}

}  // namespace lockstep

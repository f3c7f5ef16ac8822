// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include <string>

#include "lockstep/device/color_controls.h"
#include "lockstep/frame/capture.h"
#include "lockstep/sensor/config.h"

namespace lockstep::k4a {

/// Why a camera with these plugs refuses a configuration, by the vendor's rules in their order, for
/// Femto cameras by those of their maker's library; empty when it takes it.
[[nodiscard]] std::string why_not(const k4a_device_configuration_t& config, const SyncJacks& jacks,
                                  Family family);

/// A configuration that is taken, its colour settings left automatic.
[[nodiscard]] CameraConfig camera_config(const k4a_device_configuration_t& config);
/// Gives it the colour settings that a camera keeps.
void set_colors(CameraConfig& camera, const ColorControls& controls, Family family);

}  // namespace lockstep::k4a

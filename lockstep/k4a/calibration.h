// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include <optional>
#include <string_view>

#include "lockstep/base/result.h"
#include "lockstep/geometry/camera_model.h"
#include "lockstep/transform/device_geometry.h"

namespace lockstep::k4a {

/// What a device's JSON text says for a pair of modes, one of which may be OFF. Errors:
/// invalid_argument for modes, unusable_input for the text.
Result<k4a_calibration_t> assemble_calibration(std::string_view json, k4a_depth_mode_t depth_mode,
                                               k4a_color_resolution_t color_resolution);

/// The lens of a camera block, which programs may have changed; nothing where it cannot be
/// computed with: another model, too few parameters, no focal length.
[[nodiscard]] std::optional<CameraModel> model_of(const k4a_calibration_camera_t& camera);

/// The cameras that are on, with their lenses, and how they stand to each other (metres). Nothing
/// where a camera that is on has no lens that can be computed with, or both are off.
[[nodiscard]] std::optional<DeviceGeometry> geometry_of(const k4a_calibration_t& calibration);

}  // namespace lockstep::k4a

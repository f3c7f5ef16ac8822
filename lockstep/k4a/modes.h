// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include "lockstep/sensor/modes.h"

// The modes of the C API as ours. Values out of range are the caller's to refuse first.

namespace lockstep::k4a {

static_assert(static_cast<int>(DepthMode::passive_ir) == K4A_DEPTH_MODE_PASSIVE_IR);
static_assert(static_cast<int>(ColorResolution::p3072) == K4A_COLOR_RESOLUTION_3072P);
static_assert(static_cast<int>(ColorFormat::bgra32) == K4A_IMAGE_FORMAT_COLOR_BGRA32);

[[nodiscard]] constexpr DepthMode depth_mode_of(k4a_depth_mode_t mode) {
  return static_cast<DepthMode>(mode);
}
[[nodiscard]] constexpr ColorResolution color_resolution_of(k4a_color_resolution_t resolution) {
  return static_cast<ColorResolution>(resolution);
}
[[nodiscard]] constexpr ColorFormat color_format_of(k4a_image_format_t format) {
  return static_cast<ColorFormat>(format);
}

}  // namespace lockstep::k4a

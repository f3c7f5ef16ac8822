// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "lockstep/codec/picture.h"
#include "lockstep/sensor/modes.h"

namespace lockstep {

/// Values between which a picture's scale runs.
struct DisplayRange {
  int low = 0;
  int high = 0;
};

/// The range in which depth of a mode is usually shown, millimetres.
[[nodiscard]] DisplayRange depth_display_range(DepthMode mode);
/// The same for infrared values.
[[nodiscard]] DisplayRange ir_display_range(DepthMode mode);

/// Depth as people expect it: near blue over green to far red, no reading black.
[[nodiscard]] RgbPicture color_depth(std::span<const uint16_t> depth_mm, int width_px,
                                     int height_px, DisplayRange range);

/// Infrared as grey.
[[nodiscard]] RgbPicture gray_infrared(std::span<const uint16_t> samples, int width_px,
                                       int height_px, DisplayRange range);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/codec/picture.h"

namespace lockstep {

/// JPEG with chroma at half the width (4:2:2), as the cameras send it. `quality` 1..100.
Result<std::vector<std::byte>> encode_jpeg(const RgbPicture& picture, int quality);

/// Pixels of a JPEG. Errors: unusable_input for what is no JPEG, is cut, or is larger than 8192 by
/// 8192 pixels.
Result<RgbPicture> decode_jpeg(std::span<const std::byte> jpeg);

/// The same as blue, green, red and 255 per pixel, decoded fast. unusable_input, too, when it is
/// not of that size.
Result<std::vector<uint8_t>> decode_jpeg_bgra(std::span<const std::byte> jpeg, int width_px,
                                              int height_px);

}  // namespace lockstep

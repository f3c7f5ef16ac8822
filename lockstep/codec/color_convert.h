// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/codec/picture.h"
#include "lockstep/frame/image.h"

namespace lockstep {

/// A colour image as nv12, yuy2 or bgra32, with tight rows: YUV is BT.601 of limited range, alpha
/// is 255. The stamp and what else is known of the image come along. Errors: unusable_input when
/// the bytes are not an image of that size, unsupported for other formats and for odd sizes that
/// the format does not have.
Result<Image> convert_color(const Image& image, PixelFormat format);

/// A picture of an even size as a camera gives it in nv12, yuy2 or bgra32, with tight rows: YUV is
/// BT.601 of full range (docs/sensor-facts.md), alpha is 255. Empty for other formats.
[[nodiscard]] std::vector<uint8_t> color_bytes(const RgbPicture& picture, PixelFormat format);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/codec/picture.h"
#include "lockstep/frame/image.h"

namespace lockstep {

/// Pixels of a colour image in any format that a camera gives: MJPG is decoded, NV12 and YUY2 are
/// taken as BT.601 of full range, which is what the sensor gives, of BGRA the alpha is left out.
/// Errors: unusable_input when the bytes are not an image of that size, invalid_argument for depth
/// and infrared.
Result<RgbPicture> color_picture(const Image& image);

/// The same as blue, green, red and 255 per pixel, with tight rows and of the size that the image
/// says: unusable_input, too, for a JPEG of another one.
Result<std::vector<uint8_t>> color_bgra(const Image& image);

/// A picture as blue, green, red and 255 per pixel, with tight rows.
[[nodiscard]] std::vector<uint8_t> bgra_of(const RgbPicture& picture);

}  // namespace lockstep

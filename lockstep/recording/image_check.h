// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "lockstep/base/result.h"
#include "lockstep/frame/image_shape.h"

namespace lockstep {

[[nodiscard]] std::string_view name_of(PixelFormat format);  ///< "colour", "depth", "IR"

/// invalid_argument when the image is not what the track holds.
Result<void> check_image(const Image& image, const ImageShape& shape);
/// The image with tight rows and with bytes that it keeps alive itself: copied only where it isn't
/// so already. The image fits its shape.
[[nodiscard]] Image own_and_pack(const Image& image);

}  // namespace lockstep

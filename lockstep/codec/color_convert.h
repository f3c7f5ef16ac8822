// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/base/result.h"
#include "lockstep/frame/image.h"

namespace lockstep {

/// A colour image as nv12, yuy2 or bgra32, with tight rows: YUV is BT.601 of limited range, alpha
/// is 255. The stamp and what else is known of the image come along. Errors: unusable_input when
/// the bytes are not an image of that size, unsupported for other formats and for odd sizes that
/// the format does not have.
Result<Image> convert_color(const Image& image, PixelFormat format);

}  // namespace lockstep

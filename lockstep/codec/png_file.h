// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "lockstep/base/result.h"
#include "lockstep/codec/picture.h"

namespace lockstep {

/// The bytes of a PNG file of a colour picture.
Result<std::string> encode_png(const RgbPicture& picture);

/// The bytes of a PNG file of 8-bit grey: `samples` has width * height values, rows from the top.
Result<std::string> encode_png8(std::span<const uint8_t> samples, int width_px, int height_px);

/// The bytes of a PNG file of 16-bit grey: depth in millimetres, or infrared. `samples` has
/// width * height values, rows from the top.
Result<std::string> encode_png16(std::span<const uint16_t> samples, int width_px, int height_px);

}  // namespace lockstep

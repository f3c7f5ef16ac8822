// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

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

/// 16 bits of brightness for each pixel, rows from the top, tightly packed.
struct BrightnessPicture {
  int width_px = 0;
  int height_px = 0;
  std::vector<uint16_t> samples;
};

/// The brightness of a PNG file of any kind, proportional to light: colours are taken as sRGB,
/// 16-bit grey as it is. Errors: unusable_input for what is no PNG, is cut, or is larger than 8192
/// by 8192 pixels.
Result<BrightnessPicture> decode_png_brightness(std::span<const std::byte> png);

}  // namespace lockstep

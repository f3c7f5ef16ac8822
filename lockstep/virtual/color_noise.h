// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lockstep/codec/picture.h"
#include "lockstep/frame/image.h"

namespace lockstep {

/// Noise of the colour sensor on uncompressed rows: about two codes on red, green and blue, one on
/// luma and chroma, none on alpha. Thread-safe.
class ColorNoise {
 public:
  /// `format`: nv12, yuy2 or bgra32.
  explicit ColorNoise(PixelFormat format);

  /// Where a row's numbers begin; `seed` names the frame and the row, which has at most 64 KiB.
  [[nodiscard]] size_t draw(uint64_t seed) const;
  /// `from` with noise on it into `to`, equally long: the bytes of a row from byte `at` on.
  void add(size_t draw, size_t at, std::span<const uint8_t> from, std::span<uint8_t> to) const;

 private:
  std::vector<uint8_t> more_, less_;  ///< how much it adds or takes away; one of the two is 0
};

/// Puts noise of the sensor on a picture that is going to be compressed: about two codes, less in
/// the light.
void add_color_noise(RgbPicture& picture, uint64_t seed);

}  // namespace lockstep

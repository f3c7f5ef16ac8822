// SPDX-License-Identifier: MIT
#include "lockstep/virtual/color_noise.h"

#include <algorithm>
#include <cmath>

#include "lockstep/virtual/depth_noise.h"
#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

constexpr size_t kLongestRow = size_t{1} << 16;
// Whole pixels or pairs of them, so that alpha stays where it is.
constexpr size_t kStep = 4;

}  // namespace

ColorNoise::ColorNoise(PixelFormat format) {
  const bool has_alpha = format == PixelFormat::bgra32;
  const int codes = has_alpha ? 2 : 1;
  const auto numbers = noise_numbers();
  more_.resize(numbers.size());
  less_.resize(numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (has_alpha && i % kStep == kStep - 1) continue;
    const auto noise = static_cast<int>(
        std::lround(static_cast<double>(codes * numbers[i]) / (1 << kNoiseUnitBits)));
    (noise > 0 ? more_ : less_)[i] = static_cast<uint8_t>(std::abs(noise));
  }
}

size_t ColorNoise::draw(uint64_t seed) const {
  return mix_bits(seed) % ((more_.size() - kLongestRow) / kStep) * kStep;
}

void ColorNoise::add(size_t draw, size_t at, std::span<const uint8_t> from,
                     std::span<uint8_t> to) const {
  const uint8_t* const in = from.data();
  const uint8_t* const more = more_.data() + draw + at;
  const uint8_t* const less = less_.data() + draw + at;
  uint8_t* const out = to.data();
  const size_t count = from.size();
  // In eight bits throughout, which processors do for many bytes at once.
  for (size_t i = 0; i < count; ++i) {
    const uint8_t light = in[i], plus = more[i], minus = less[i];
    const auto room = static_cast<uint8_t>(255 - plus);
    const auto brighter = static_cast<uint8_t>((light < room ? light : room) + plus);
    out[i] = static_cast<uint8_t>((brighter > minus ? brighter : minus) - minus);
  }
}

void add_color_noise(RgbPicture& picture, uint64_t seed) {
  const auto noise = noise_numbers();
  const size_t row_length = size_t{3} * static_cast<size_t>(picture.width_px);
  for (int y = 0; y < picture.height_px; ++y) {
    const uint64_t bits = mix_bits(seed, static_cast<uint64_t>(y));
    const int16_t* draw = noise.data() + bits % (noise.size() - row_length);
    uint8_t* row = picture.row(y);
    for (size_t i = 0; i < row_length; ++i) {
      const int value = row[i];
      const int sigma_q4 = 40 - value / 16;
      row[i] = static_cast<uint8_t>(
          std::clamp(value + ((draw[i] * sigma_q4) >> (kNoiseUnitBits + 4)), 0, 255));
    }
  }
}

}  // namespace lockstep

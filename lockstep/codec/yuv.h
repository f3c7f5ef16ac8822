// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

// BT.601 in eight bits, of either range, in whole numbers.

namespace lockstep {

/// Luma takes `luma` codes from `black` on, chroma `chroma` codes around 128.
struct YuvRange {
  int black, luma, chroma;
};
inline constexpr YuvRange kLimitedRange{16, 219, 224};
inline constexpr YuvRange kFullRange{0, 255, 255};

namespace yuv {

constexpr int kOne = 1 << 16;
constexpr int in_fractions(double factor) {
  return static_cast<int>(factor * kOne + (factor < 0 ? -0.5 : 0.5));
}
constexpr uint8_t to_byte(int fractions) {
  return static_cast<uint8_t>(std::clamp((fractions + kOne / 2) >> 16, 0, 255));
}

}  // namespace yuv

struct Rgb {
  uint8_t r, g, b;
};

/// The colour of a luma and a blue and a red difference.
template <YuvRange range>
constexpr Rgb rgb_of(int luma, int blue, int red) {
  using yuv::in_fractions, yuv::to_byte;
  constexpr double kWide = 255.0 / range.chroma;
  const int y = in_fractions(255.0 / range.luma) * (luma - range.black);
  const int u = blue - 128, v = red - 128;
  return {to_byte(y + in_fractions(1.402 * kWide) * v),
          to_byte(y - in_fractions(0.344136 * kWide) * u - in_fractions(0.714136 * kWide) * v),
          to_byte(y + in_fractions(1.772 * kWide) * u)};
}

/// Luma of one pixel (BGRA).
template <YuvRange range>
constexpr uint8_t luma_of(const uint8_t* bgra) {
  using yuv::in_fractions;
  constexpr double kWide = range.luma / 255.0;
  return yuv::to_byte(range.black * yuv::kOne + in_fractions(0.299 * kWide) * bgra[2] +
                      in_fractions(0.587 * kWide) * bgra[1] +
                      in_fractions(0.114 * kWide) * bgra[0]);
}

/// Blue and red difference of the mean of some pixels (BGRA), at least one.
template <YuvRange range>
class Chroma {
 public:
  constexpr void add(const uint8_t* bgra) {
    b_ += bgra[0];
    g_ += bgra[1];
    r_ += bgra[2];
    ++count_;
  }
  [[nodiscard]] constexpr uint8_t blue() const { return of(-0.168736, -0.331264, 0.5); }
  [[nodiscard]] constexpr uint8_t red() const { return of(0.5, -0.418688, -0.081312); }

 private:
  [[nodiscard]] constexpr uint8_t of(double from_r, double from_g, double from_b) const {
    using yuv::in_fractions;
    constexpr double kWide = range.chroma / 255.0;
    const int sum = in_fractions(from_r * kWide) * r_ + in_fractions(from_g * kWide) * g_ +
                    in_fractions(from_b * kWide) * b_;
    return yuv::to_byte(128 * yuv::kOne + sum / count_);
  }

  int b_ = 0, g_ = 0, r_ = 0, count_ = 0;
};

}  // namespace lockstep

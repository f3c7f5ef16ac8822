// SPDX-License-Identifier: MIT
#include "lockstep/codec/depth_coloring.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lockstep {
namespace {

double position(uint16_t value, DisplayRange range) {
  const double at = (value - range.low) / static_cast<double>(std::max(1, range.high - range.low));
  return std::clamp(at, 0.0, 1.0);
}

/// Blue, cyan, green, yellow, red: the outer three quarters of the circle of hues.
std::array<uint8_t, 3> hue(double position) {
  const double at = 4 * position;
  const auto ramp = [&](double centre) {
    return static_cast<uint8_t>(std::lround(255 * std::clamp(2 - std::abs(at - centre), 0.0, 1.0)));
  };
  return {ramp(4), ramp(2), ramp(0)};
}

template <typename Paint>
RgbPicture paint(std::span<const uint16_t> values, int width_px, int height_px, Paint&& color) {
  RgbPicture picture(width_px, height_px);
  const size_t count = std::min(values.size(), picture.rgb.size() / 3);
  for (size_t i = 0; i < count; ++i) {
    const std::array<uint8_t, 3> rgb = color(values[i]);
    std::copy(rgb.begin(), rgb.end(), picture.rgb.begin() + static_cast<ptrdiff_t>(3 * i));
  }
  return picture;
}

}  // namespace

DisplayRange depth_display_range(DepthMode mode) {
  switch (mode) {
    case DepthMode::nfov_2x2binned:
      return {500, 5800};
    case DepthMode::nfov_unbinned:
      return {500, 4000};
    case DepthMode::wfov_2x2binned:
      return {250, 3000};
    default:
      return {250, 2500};
  }
}

DisplayRange ir_display_range(DepthMode mode) {
  return {0, mode == DepthMode::passive_ir ? 100 : 1000};
}

RgbPicture color_depth(std::span<const uint16_t> depth_mm, int width_px, int height_px,
                       DisplayRange range) {
  return paint(depth_mm, width_px, height_px, [&](uint16_t mm) {
    return mm == 0 ? std::array<uint8_t, 3>{} : hue(position(mm, range));
  });
}

RgbPicture gray_infrared(std::span<const uint16_t> samples, int width_px, int height_px,
                         DisplayRange range) {
  return paint(samples, width_px, height_px, [&](uint16_t value) {
    const auto grey = static_cast<uint8_t>(std::lround(255 * position(value, range)));
    return std::array<uint8_t, 3>{grey, grey, grey};
  });
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lockstep {

/// Eight bits of red, green and blue per pixel, rows from the top, tightly packed.
struct RgbPicture {
  int width_px = 0;
  int height_px = 0;
  std::vector<uint8_t> rgb;  ///< 3 * width * height

  RgbPicture() = default;
  RgbPicture(int width, int height)
      : width_px(width),
        height_px(height),
        rgb(size_t{3} * static_cast<size_t>(width) * static_cast<size_t>(height)) {}

  [[nodiscard]] uint8_t* row(int y) {
    return rgb.data() + size_t{3} * static_cast<size_t>(width_px) * static_cast<size_t>(y);
  }
  [[nodiscard]] const uint8_t* row(int y) const {
    return rgb.data() + size_t{3} * static_cast<size_t>(width_px) * static_cast<size_t>(y);
  }
};

}  // namespace lockstep

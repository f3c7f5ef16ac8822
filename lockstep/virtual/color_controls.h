// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace lockstep {

/// One setting of a colour camera. All zero: as the camera came from the factory.
struct ColorControl {
  int32_t value = 0;
  uint16_t stored = 0;     ///< 1: somebody set the value
  uint16_t automatic = 0;  ///< 1: the camera chooses, and keeps the value for later
  friend bool operator==(const ColorControl&, const ColorControl&) = default;
};

/// By the number of the command in the vendor's C API.
inline constexpr size_t kColorControls = 10;
using ColorControls = std::array<ColorControl, kColorControls>;

}  // namespace lockstep

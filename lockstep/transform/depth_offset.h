// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

/// What is added to readings, in whole millimetres, to take out that their camera measures
/// `offset_mm` too far.
[[nodiscard]] int depth_shift_mm(double offset_mm);

/// A reading with that shift; 0, no reading, stays so, and so becomes what would lie behind the
/// camera.
[[nodiscard]] inline uint16_t shifted_depth(uint16_t reading_mm, int shift_mm) {
  const int shifted = std::clamp(reading_mm + shift_mm, 0, 0xFFFF);
  return static_cast<uint16_t>(reading_mm == 0 ? 0 : shifted);
}

/// The readings of a camera that measures `offset_m` too far.
[[nodiscard]] std::vector<uint16_t> without_offset(std::span<const uint16_t> depth_mm,
                                                   double offset_m);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/transform/depth_offset.h"

#include <cmath>

namespace lockstep {

int depth_shift_mm(double offset_mm) {
  return static_cast<int>(std::floor(0.5 - offset_mm));
}

std::vector<uint16_t> without_offset(std::span<const uint16_t> depth_mm, double offset_m) {
  const int shift_mm = depth_shift_mm(offset_m * 1000);
  std::vector<uint16_t> corrected(depth_mm.begin(), depth_mm.end());
  for (uint16_t& depth : corrected) depth = shifted_depth(depth, shift_mm);
  return corrected;
}

}  // namespace lockstep

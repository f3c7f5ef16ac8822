// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

#include "lockstep/base/mix_bits.h"

// Randomness as a function of what it is for: the same seed, camera, tick and purpose give the same
// number on every run, in whatever order they are asked for.

namespace lockstep {

/// Uniform in [0, 1).
[[nodiscard]] constexpr double uniform(uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// Uniform in [low, high).
[[nodiscard]] constexpr double uniform(uint64_t bits, double low, double high) {
  return low + (high - low) * uniform(bits);
}

/// Standard normal by Box and Muller, of one 64-bit number.
[[nodiscard]] inline double normal(uint64_t bits) {
  const double u = (static_cast<double>(bits >> 32) + 0.5) * 0x1p-32;
  const double v = static_cast<double>(bits & 0xffffffffu) * 0x1p-32;
  return std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586 * v);
}

}  // namespace lockstep

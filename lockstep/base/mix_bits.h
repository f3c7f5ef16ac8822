// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace lockstep {

/// Mixes all bits of `x` (the finalizer of SplitMix64).
[[nodiscard]] constexpr uint64_t mix_bits(uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

[[nodiscard]] constexpr uint64_t mix_bits(uint64_t a, uint64_t b) {
  return mix_bits(mix_bits(a) ^ b);
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/virtual/depth_noise.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

// A row takes its numbers at an offset of its own: enough that no two rows of a frame match.
constexpr size_t kNumbers = size_t{1} << 18;

}  // namespace

std::span<const int16_t> noise_numbers() {
  static const auto numbers = [] {
    static std::array<int16_t, kNumbers> table;
    for (size_t i = 0; i < kNumbers; ++i) {
      const double value = normal(mix_bits(i + 12345)) * (1 << kNoiseUnitBits);
      table[i] = static_cast<int16_t>(std::clamp(std::lround(value), -32767L, 32767L));
    }
    return std::span<const int16_t>(table);
  }();
  return numbers;
}

DepthNoise depth_noise(DepthMode mode) {
  // Fitted to measured deviations at 0.8, 1.5 and 3 m (docs/sensor-facts.md).
  switch (mode) {
    case DepthMode::nfov_2x2binned:
      return {0.46, 0.058};
    case DepthMode::nfov_unbinned:
      return {0.53, 0.139};
    case DepthMode::wfov_2x2binned:
      return {0.43, 0.192};
    default:
      return {0.20, 0.88};
  }
}

DepthNoiseKernel::DepthNoiseKernel(const DepthNoise& noise, double factor)
    : constant_q8(
          static_cast<int32_t>(std::lround(noise.constant_mm * factor * kDepthUnitsPerMm * 256))) {
  // units^2 / 2^16 of one metre squared
  const double square_of_metre = 1000.0 * kDepthUnitsPerMm * 1000.0 * kDepthUnitsPerMm / 65536;
  // Beyond this every distance is at the largest sigma anyway, and the kernel would overflow.
  constexpr double kMost = 0x7fffff;
  quadratic_q8 = static_cast<int32_t>(
      std::lround(std::min(kMost, noise.quadratic_mm_per_m2 * factor * kDepthUnitsPerMm * 256 *
                                      65536 / square_of_metre)));
}

void add_noise(const DepthNoiseKernel& kernel, uint64_t seed, std::span<const uint16_t> depth_units,
               std::span<const uint16_t> ir, std::span<uint16_t> depth_mm_out,
               std::span<uint16_t> ir_out) {
  const auto numbers = noise_numbers();
  const size_t count = depth_units.size();
  const uint64_t bits = mix_bits(seed);
  const int16_t* depth_draw = numbers.data() + (bits & 0xffffffffu) % (numbers.size() - count);
  const int16_t* ir_draw = numbers.data() + (bits >> 32) % (numbers.size() - count);
  const int32_t constant_q8 = kernel.constant_q8;
  const int32_t quadratic_q8 = kernel.quadratic_q8 >> 8;
  const uint16_t* depth_in = depth_units.data();
  const uint16_t* ir_in = ir.data();
  uint16_t* depth_out = depth_mm_out.data();
  uint16_t* ir_made = ir_out.data();
  for (size_t i = 0; i < count; ++i) {
    const int32_t light = ir_in[i];
    // Sigma of the infrared: 1.5 counts and 1.5 percent.
    const int32_t noisy_light =
        std::max(0, light + (((384 + 4 * light) * ir_draw[i]) >> (kNoiseUnitBits + 8)));
    ir_made[i] = static_cast<uint16_t>(noisy_light);
    const int32_t units = depth_in[i];
    const auto square =
        static_cast<int32_t>((static_cast<uint32_t>(units) * static_cast<uint32_t>(units)) >> 16);
    const int32_t sigma_q8 = std::min(65535, constant_q8 + ((quadratic_q8 * square) >> 8));
    const int32_t noisy_units = units + ((sigma_q8 * depth_draw[i]) >> (kNoiseUnitBits + 8));
    const bool read = units != 0 && noisy_light >= kDarkIr;
    depth_out[i] =
        static_cast<uint16_t>(read ? (noisy_units + kDepthUnitsPerMm / 2) >> kDepthUnitBits : 0);
  }
}

}  // namespace lockstep

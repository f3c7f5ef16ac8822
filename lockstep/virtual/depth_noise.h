// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "lockstep/sensor/modes.h"

namespace lockstep {

/// Depth is kept in eighths of a millimetre until its noise is on it; 0 = no reading.
inline constexpr int kDepthUnitBits = 3;
inline constexpr int kDepthUnitsPerMm = 1 << kDepthUnitBits;
/// noise_numbers() count in units of 2^-kNoiseUnitBits of one sigma.
inline constexpr int kNoiseUnitBits = 12;

/// Standard normal numbers, drawn once for good.
[[nodiscard]] std::span<const int16_t> noise_numbers();

/// Random error of a mode's depth: sigma = constant + quadratic * z^2, with z in metres.
struct DepthNoise {
  double constant_mm = 0;
  double quadratic_mm_per_m2 = 0;
};
[[nodiscard]] DepthNoise depth_noise(DepthMode mode);

/// The same ready for the kernel, times a factor.
struct DepthNoiseKernel {
  DepthNoiseKernel(const DepthNoise& noise, double factor);
  int32_t constant_q8;   ///< in depth units
  int32_t quadratic_q8;  ///< per 2^16 of squared depth units, times 2^8
};

/// Infrared above this is saturated, which keeps the kernel within 32 bits.
inline constexpr int kBrightestIr = 10'000;
/// Infrared below this gives no depth.
inline constexpr int kDarkIr = 18;

/// One row with fresh noise: depth in units becomes millimetres, and is lost where the infrared is
/// too dark. All spans are of one length. `seed` names the frame and the row.
void add_noise(const DepthNoiseKernel& kernel, uint64_t seed, std::span<const uint16_t> depth_units,
               std::span<const uint16_t> ir, std::span<uint16_t> depth_mm_out,
               std::span<uint16_t> ir_out);

}  // namespace lockstep

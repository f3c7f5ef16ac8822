// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lockstep {

/// What one pass over a plane of 16-bit samples finds on its way.
struct PlaneStats {
  uint64_t zeros = 0;  ///< samples that are 0
  uint64_t sum = 0;    ///< of all samples
};

/// Copies a plane of host-order samples as big-endian ones and carries a CRC-32 over the result, in
/// one pass of cache-sized pieces. `to` has the size of `from`, a multiple of two; they do not
/// overlap. Returns the CRC continued from `crc`.
uint32_t swap_plane_with_crc(std::span<const std::byte> from, std::span<std::byte> to, uint32_t crc,
                             PlaneStats& stats);
/// Swaps the bytes of every sample in place; an odd last byte stays.
void swap_plane(std::span<std::byte> plane);
/// The statistics alone.
PlaneStats plane_stats(std::span<const std::byte> plane);

}  // namespace lockstep

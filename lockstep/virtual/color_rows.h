// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lockstep/virtual/color_noise.h"

// Uncompressed colour in a file of the cache: what stands still as a whole picture, and of each
// picture of the period what differs from it, which is little. Pictures are rows of `row_bytes`, a
// multiple of 4.

namespace lockstep {

/// Of each row, in order, where it begins to differ and for how many bytes; then those bytes.
[[nodiscard]] std::vector<std::byte> row_differences(std::span<const uint8_t> still,
                                                     std::span<const uint8_t> picture,
                                                     size_t row_bytes);

/// Whether a blob is what the above made for `rows` rows: a file of the cache may be anything.
[[nodiscard]] bool are_row_differences(std::span<const std::byte> blob, size_t rows,
                                       size_t row_bytes);

/// The picture again with fresh noise into `to`, as large as `still`. `seed` names the frame.
void show_rows(std::span<const uint8_t> still, std::span<const std::byte> differences,
               size_t row_bytes, const ColorNoise& noise, uint64_t seed, std::span<uint8_t> to);

}  // namespace lockstep

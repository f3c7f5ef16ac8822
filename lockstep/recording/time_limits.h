// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace lockstep {

/// 73 years, the latest time on any clock that is taken from a file. Sums of a few such times do
/// not overflow.
inline constexpr int64_t kLatestNs = int64_t{1} << 61;

}  // namespace lockstep

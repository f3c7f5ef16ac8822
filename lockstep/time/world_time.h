// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "lockstep/time/clock.h"

// World time is HostTime: instants are whole nanoseconds, while lengths and periods may be doubles
// until they are added to one.

namespace lockstep {

/// An instant that no run reaches. Lengths from nanos() can be added to it.
inline constexpr HostTime kNever{Nanos(int64_t{1} << 62)};

/// A length as whole nanoseconds; one beyond 73 years, as hostile rig files have them,
/// or that is no number, as 73 years.
[[nodiscard]] inline Nanos nanos(double length_ns) {
  constexpr double kMostNs = 0x1p61;
  return Nanos(std::llround(std::fmax(-kMostNs, std::fmin(length_ns, kMostNs))));
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "lockstep/sync/alignment.h"
#include "lockstep/sync/report.h"

namespace lockstep {

/// How fast ticks arrived at the host. A camera whose cable is pulled streams on with perfect
/// stamps of its own crystal; its frames arrive at that crystal's pace.
struct ArrivalPace {
  double ppm = 0;  ///< host time per tick against the nominal period
  double se_ppm = 0;
  double first_s = 0, last_s = 0;  ///< range of the common ticks that it was taken over
};

/// Pace over a share of the common range (0 to 1 is all of it). Latency only ever delays, so the
/// earliest arrival of every short window makes the line. None without notes enough.
[[nodiscard]] std::optional<ArrivalPace> arrival_pace(const Alignment& all,
                                                      const AlignedDevice& device,
                                                      double from_share, double to_share);

}  // namespace lockstep

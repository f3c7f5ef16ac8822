// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lockstep/sync/report.h"
#include "lockstep/time/clock_map.h"

namespace lockstep {

/// One stretch of a stream on one unbroken clock. Ticks count from its own first stamp.
struct StreamSegment {
  std::vector<TickStamp> stamps;      ///< rising ticks, one stamp each
  std::vector<TickStamp> duplicates;  ///< further stamps of a tick that has one already
  double period_us = 0;               ///< fitted; nominal with fewer than two stamps
  double period_se_us = 0;

  [[nodiscard]] int64_t last_tick() const { return stamps.empty() ? -1 : stamps.back().tick; }
};

/// Counts ticks along one stream by its own intervals and its own rate (never by another device's
/// stamps): a gap of n periods loses n - 1 ticks, an interval of less than half a period repeats a
/// tick, a step back of more than half a period, or forth by hours, begins a new segment. Copes
/// with rates that are off by a few per cent. Segments come in the order of the stream; none for no
/// stamps.
[[nodiscard]] std::vector<StreamSegment> count_ticks(std::span<const DeviceTime> stamps,
                                                     int frames_per_second);

}  // namespace lockstep

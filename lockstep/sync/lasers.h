// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/sensor/timing.h"
#include "lockstep/sync/measure.h"
#include "lockstep/sync/report.h"

namespace lockstep {

/// The dark gap, in us, of two trains of which the centre of b's comes `b_after_a_us` after a's.
/// dark_gap_us (rig/laser_plan.h) counts from the first pulses.
[[nodiscard]] double centered_gap_us(const LaserTrain& a, const LaserTrain& b, double b_after_a_us,
                                     double period_us);

/// Depth centre of one device over the take: the median of every window against the reference's
/// tick.
struct LaserWindows {
  std::vector<double> center_us;  ///< one per window
  std::vector<double> se_us;      ///< of the median, from the window's scatter
  std::vector<uint8_t> known;     ///< window has ticks enough
  double level_us = 0;            ///< mean over the take, which jitter makes finer than the grid
  double level_se_us = 0;
  bool level_known = false;  ///< enough ticks, and jitter to dither them
  double window_s = 0;
};

/// Depth instants of every device in windows of the gates' length.
[[nodiscard]] std::vector<LaserWindows> laser_windows(const Alignment& all,
                                                      const Measures& measures, size_t reference,
                                                      const Gates& gates);

/// Dark gaps of every pair of devices with lasers, smallest first.
[[nodiscard]] std::vector<LaserReport> laser_gaps(const Alignment& all,
                                                  const std::vector<LaserWindows>& windows,
                                                  const Plan* plan, const Gates& gates);

}  // namespace lockstep

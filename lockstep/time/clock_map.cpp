// SPDX-License-Identifier: MIT
#include "lockstep/time/clock_map.h"

#include <algorithm>
#include <cassert>
#include <vector>

namespace lockstep {

RigTime ClockMap::rig(DeviceTime device) const {
  // device - offset = mid + (rig - mid) * (1 + rate)
  const double since_mid_ns =
      static_cast<double>((device.since_zero() - mid.time_since_epoch()).count()) - offset_us * 1e3;
  return mid + Nanos(std::llround(since_mid_ns / (1 + rate_ppm * 1e-6)));
}

ClockMap fit_clock_map(std::span<const TickStamp> stamps, int frames_per_second) {
  assert(!stamps.empty());
  const auto rig_of = [&](const TickStamp& s) { return rig_time(Tick{s.tick}, frames_per_second); };
  ClockMap map;
  const auto by_stamp = [](const TickStamp& a, const TickStamp& b) { return a.stamp < b.stamp; };
  const auto [low, high] = std::minmax_element(stamps.begin(), stamps.end(), by_stamp);
  map.from = low->stamp;
  map.to = high->stamp;
  map.mid = rig_of(*low) + (rig_of(*high) - rig_of(*low)) / 2;
  std::vector<double> x_s, y_us;
  for (const TickStamp& s : stamps) {
    x_s.push_back(std::chrono::duration<double>(rig_of(s) - map.mid).count());
    y_us.push_back(
        static_cast<double>((s.stamp.since_zero() - rig_of(s).time_since_epoch()).count()) / 1e3);
  }
  const LineFit fit = fit_line_robust(x_s, y_us, 0, 2 * kRegisterStepUs);
  map.offset_us = fit.value;
  map.rate_ppm = fit.slope;  // us per s
  map.offset_se_us = fit.value_se;
  map.rate_se_ppm = fit.slope_se;
  map.rms_us = fit.rms;
  return map;
}

}  // namespace lockstep

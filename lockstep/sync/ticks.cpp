// SPDX-License-Identifier: MIT
#include "lockstep/sync/ticks.h"

#include <algorithm>
#include <cmath>

namespace lockstep {
namespace {

constexpr size_t kIntervalsForMedian = 4096;  // more would not make the first guess better

// A segment of more holes than this, and than four times its frames, is a clock that stepped.
constexpr int64_t kHoleTicks = 108'000;

double to_us(Nanos d) {
  return static_cast<double>(d.count()) / 1e3;
}

/// Median of the intervals that look like one period; nominal when there is none.
double first_period_us(std::span<const DeviceTime> stamps, double nominal_us) {
  std::vector<double> intervals;
  const size_t step = std::max<size_t>(1, stamps.size() / kIntervalsForMedian);
  for (size_t i = step; i < stamps.size(); i += step) {
    const double d = to_us(since(stamps[i - 1], stamps[i]));
    if (d > 0.6 * nominal_us && d < 1.4 * nominal_us) intervals.push_back(d);
  }
  return intervals.empty() ? nominal_us : median(intervals);
}

std::vector<StreamSegment> count_with(std::span<const DeviceTime> stamps, double period_us) {
  std::vector<StreamSegment> segments;
  for (const DeviceTime stamp : stamps) {
    if (segments.empty()) {
      segments.emplace_back().stamps.push_back({0, stamp});
      continue;
    }
    StreamSegment& segment = segments.back();
    const TickStamp last = segment.stamps.back();
    const double periods = to_us(since(last.stamp, stamp)) / period_us;
    const int64_t step = std::llround(periods);
    const int64_t longest = kHoleTicks + 4 * static_cast<int64_t>(segment.stamps.size());
    if (step < 0 || last.tick + step > longest) {
      segments.emplace_back().stamps.push_back({0, stamp});
    } else if (step == 0) {
      segment.duplicates.push_back({last.tick, stamp});
    } else {
      segment.stamps.push_back({last.tick + step, stamp});
    }
  }
  return segments;
}

void fit_period(StreamSegment& segment, double nominal_us) {
  segment.period_us = nominal_us;
  if (segment.stamps.size() < 3) return;
  std::vector<double> ticks, off_us;
  const DeviceTime origin = segment.stamps.front().stamp;
  for (const TickStamp& s : segment.stamps) {
    ticks.push_back(static_cast<double>(s.tick));
    off_us.push_back(to_us(since(origin, s.stamp)) - static_cast<double>(s.tick) * nominal_us);
  }
  const LineFit fit = fit_line(ticks, off_us, static_cast<double>(segment.last_tick()) / 2);
  segment.period_us = nominal_us + fit.slope;
  segment.period_se_us = fit.slope_se;
}

int64_t longest_gap(const StreamSegment& segment) {
  int64_t longest = 1;
  for (size_t i = 1; i < segment.stamps.size(); ++i)
    longest = std::max(longest, segment.stamps[i].tick - segment.stamps[i - 1].tick);
  return longest;
}

}  // namespace

std::vector<StreamSegment> count_ticks(std::span<const DeviceTime> stamps, int frames_per_second) {
  const double nominal_us = frame_period_us(frames_per_second);
  double period_us = first_period_us(stamps, nominal_us);
  std::vector<StreamSegment> segments = count_with(stamps, period_us);
  for (StreamSegment& segment : segments) fit_period(segment, nominal_us);
  if (segments.empty()) return segments;
  // A long gap needs the fitted rate: the median interval is good to a stamp's resolution only.
  const auto main = std::max_element(
      segments.begin(), segments.end(),
      [](const auto& a, const auto& b) { return a.stamps.size() < b.stamps.size(); });
  const double refined_us = main->period_us;
  const double error_periods =
      std::abs(refined_us - period_us) / period_us * static_cast<double>(longest_gap(*main));
  if (main->stamps.size() >= 10 && error_periods > 0.05 &&
      std::abs(refined_us / nominal_us - 1) < 0.4) {
    segments = count_with(stamps, refined_us);
    for (StreamSegment& segment : segments) fit_period(segment, nominal_us);
  }
  return segments;
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/sync/arrival.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "lockstep/sync/measure.h"

namespace lockstep {
namespace {

constexpr size_t kWindows = 48;         // of which each gives its earliest arrival
constexpr size_t kNotesPerWindow = 12;  // fewer would not find an undelayed one

struct Point {
  double s = 0;        ///< from mid-take, by the tick count
  double late_us = 0;  ///< arrival minus tick * T
};

/// Arrivals by tick: a note belongs to the tick of the stream stamp nearest to it.
std::vector<Point> points_of(const Alignment& all, const AlignedDevice& device, int64_t from,
                             int64_t to) {
  std::vector<Point> points;
  const StreamSegment& segment = device.lead().segment();
  const auto& notes = device.evidence->arrivals;
  const double origin_us =
      static_cast<double>(notes.front().arrival.time_since_epoch().count()) / 1e3;
  const Nanos half_period(std::llround(all.period_us() * 500));
  size_t at = 0;
  for (const ArrivalNote& note : notes) {
    while (at < segment.stamps.size() && since(segment.stamps[at].stamp, note.stamp) > half_period)
      ++at;
    if (at == segment.stamps.size()) break;
    if (since(note.stamp, segment.stamps[at].stamp) > half_period) continue;
    const int64_t tick = segment.stamps[at].tick + device.lead().tick_of_first;
    if (tick < from || tick >= to) continue;
    const double arrival_us = static_cast<double>(note.arrival.time_since_epoch().count()) / 1e3;
    points.push_back({seconds_from_mid(all, tick),
                      arrival_us - origin_us - static_cast<double>(tick) * all.period_us()});
  }
  return points;
}

}  // namespace

std::optional<ArrivalPace> arrival_pace(const Alignment& all, const AlignedDevice& device,
                                        double from_share, double to_share) {
  if (device.empty() || device.evidence->arrivals.empty() || all.ticks == 0) return std::nullopt;
  const auto from = static_cast<int64_t>(from_share * static_cast<double>(all.ticks));
  const auto to = static_cast<int64_t>(to_share * static_cast<double>(all.ticks));
  const std::vector<Point> points = points_of(all, device, from, to);
  const size_t windows = std::min(kWindows, points.size() / kNotesPerWindow);
  if (windows < 4) return std::nullopt;
  // Against a first line, so that the pace itself does not decide which arrival is earliest.
  std::vector<double> x, y;
  for (const Point& p : points) {
    x.push_back(p.s);
    y.push_back(p.late_us);
  }
  const LineFit first = fit_line(x, y, 0);
  std::vector<double> early_x, early_y;
  for (size_t w = 0; w < windows; ++w) {
    const auto begin = points.begin() + static_cast<ptrdiff_t>(w * points.size() / windows);
    const auto end = points.begin() + static_cast<ptrdiff_t>((w + 1) * points.size() / windows);
    const auto earliest = std::min_element(begin, end, [&](const Point& a, const Point& b) {
      return a.late_us - first.at(a.s) < b.late_us - first.at(b.s);
    });
    early_x.push_back(earliest->s);
    early_y.push_back(earliest->late_us);
  }
  const LineFit fit = fit_line(early_x, early_y, 0);
  const LineFit& better = fit.slope_se < first.slope_se ? fit : first;
  return ArrivalPace{better.slope, better.slope_se, points.front().s, points.back().s};
}

}  // namespace lockstep

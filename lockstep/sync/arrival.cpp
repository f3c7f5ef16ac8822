// SPDX-License-Identifier: MIT
#include "lockstep/sync/arrival.h"

#include <algorithm>
#include <cmath>

#include "lockstep/sync/measure.h"

namespace lockstep {
namespace {

constexpr size_t kWindows = 48;         // of which each gives its earliest arrival, or more:
constexpr double kLongestWindowS = 5;   // what happens within a window is not seen
constexpr size_t kNotesPerWindow = 12;  // fewer would not find an undelayed one
constexpr size_t kFewestWindows = 4;

struct Point {
  int64_t tick = 0;
  double late_us = 0;  ///< arrival minus tick * T
};

/// Arrivals by tick: a note belongs to the tick of the stream stamp nearest to it.
std::vector<Point> points_of(const Alignment& all, const AlignedDevice& device) {
  std::vector<Point> points;
  if (device.empty() || device.evidence->arrivals.empty()) return points;
  const StreamSegment& segment = device.lead().segment();
  const auto& notes = device.evidence->arrivals;
  const HostTime origin = notes.front().arrival;
  const Nanos half_period(std::llround(all.period_us() * 500));
  size_t at = 0;
  for (const ArrivalNote& note : notes) {
    while (at < segment.stamps.size() && since(segment.stamps[at].stamp, note.stamp) > half_period)
      ++at;
    if (at == segment.stamps.size()) break;
    if (since(note.stamp, segment.stamps[at].stamp) > half_period) continue;
    const int64_t tick = segment.stamps[at].tick + device.lead().tick_of_first;
    if (tick < 0 || tick >= all.ticks) continue;
    const double since_origin_us = static_cast<double>((note.arrival - origin).count()) / 1e3;
    points.push_back({tick, since_origin_us - static_cast<double>(tick) * all.period_us()});
  }
  return points;
}

/// The earliest arrival of every window of the common ticks, against a line of this slope per tick
/// (so that the pace itself does not decide which is earliest); none where a window has too few.
std::vector<std::optional<Point>> earliest(const std::vector<Point>& points, int64_t ticks,
                                           size_t windows, double us_per_tick) {
  std::vector<std::optional<Point>> found(windows);
  std::vector<size_t> count(windows, 0);
  for (Point point : points) {
    const auto w = static_cast<size_t>(point.tick * static_cast<int64_t>(windows) / ticks);
    point.late_us -= us_per_tick * static_cast<double>(point.tick);
    ++count[w];
    if (!found[w] || point.late_us < found[w]->late_us) found[w] = point;
  }
  for (size_t w = 0; w < windows; ++w) {
    if (count[w] < kNotesPerWindow / 2) found[w].reset();
  }
  return found;
}

/// Typical slope from window to window, which a jump does not move.
double typical_us_per_tick(const std::vector<std::optional<Point>>& line) {
  std::vector<double> slopes;
  for (size_t w = 1; w < line.size(); ++w) {
    if (!line[w - 1] || !line[w] || line[w]->tick == line[w - 1]->tick) continue;
    slopes.push_back((line[w]->late_us - line[w - 1]->late_us) /
                     static_cast<double>(line[w]->tick - line[w - 1]->tick));
  }
  return median(slopes);
}

/// The device's earliest arrivals minus the reference's, window by window.
ArrivalTrace trace_of(const Alignment& all, size_t device, size_t reference) {
  ArrivalTrace trace;
  const std::vector<Point> own = points_of(all, all.devices[device]);
  const std::vector<Point> line = points_of(all, all.devices[reference]);
  const double length_s = static_cast<double>(all.ticks) * all.period_us() * 1e-6;
  const size_t wanted = std::max(kWindows, static_cast<size_t>(length_s / kLongestWindowS));
  const size_t windows = std::min(wanted, std::min(own.size(), line.size()) / kNotesPerWindow);
  if (windows < kFewestWindows) return trace;
  const double pace = typical_us_per_tick(earliest(line, all.ticks, windows, 0));
  const auto line_at = earliest(line, all.ticks, windows, pace);
  const auto own_at = earliest(own, all.ticks, windows, pace);
  for (size_t w = 0; w < windows; ++w) {
    if (!own_at[w] || !line_at[w]) continue;
    trace.time_s.push_back(static_cast<double>(own_at[w]->tick) * all.period_us() * 1e-6);
    trace.late_us.push_back(own_at[w]->late_us - line_at[w]->late_us);
  }
  return trace;
}

/// Where stretches without a jump begin: a change far beyond those about it is latency.
std::vector<size_t> stretches_of(const std::vector<double>& late_us) {
  constexpr double kFarBeyond = 6;
  constexpr double kLeastJumpUs = 100;
  const auto count = static_cast<int64_t>(late_us.size());
  std::vector<double> beyond;
  for (int64_t i = 1; i < count; ++i) {
    std::vector<double> about;
    for (int64_t k = std::max<int64_t>(1, i - 2); k <= std::min(count - 1, i + 2); ++k) {
      if (k != i) about.push_back(late_us[size_t(k)] - late_us[size_t(k - 1)]);
    }
    beyond.push_back(std::abs(late_us[size_t(i)] - late_us[size_t(i - 1)] - median(about)));
  }
  const double least = std::max(kLeastJumpUs, kFarBeyond * kSigmaFromMad * median(beyond));
  std::vector<size_t> begins{0};
  for (size_t i = 0; i < beyond.size(); ++i) {
    if (beyond[i] > least) begins.push_back(i + 1);
  }
  return begins;
}

/// Sets the windows about an instant apart, each for itself: they may be of either side of it.
void cut_at(const ArrivalTrace& trace, double at_s, std::vector<size_t>& begins) {
  const std::vector<double>& time = trace.time_s;
  const double window_s = (time.back() - time.front()) / static_cast<double>(time.size() - 1);
  for (size_t i = 1; i < time.size(); ++i) {
    if (time[i] >= at_s - window_s && time[i - 1] <= at_s + window_s) begins.push_back(i);
  }
  std::sort(begins.begin(), begins.end());
  begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
}

/// A slope that holds after (or before) an instant, over stretches that each have their own level.
struct Bend {
  double from_s = 0, to_s = 0;  ///< where the slope is
  double ppm = 0, se_ppm = 0;
  double squares = 0;
  bool known = false;  ///< points enough to tell
};

/// How much wider than with all windows of a usual take four standard errors must be for the same
/// confidence when they come from so few degrees of freedom (Student's t, by Wallace's formula).
double for_few(size_t degrees) {
  const auto quantile = [](double n) {
    constexpr double kErrors = 4;
    const double shrunk = n - 2.0 / 3 + 0.1 / n;
    return std::sqrt(n * std::expm1(kErrors * kErrors * (n - 5.0 / 6) / (shrunk * shrunk)));
  };
  constexpr double kUsual = kWindows - 2;
  return std::max(1.0, quantile(static_cast<double>(degrees)) / quantile(kUsual));
}

Bend fit_bend(const ArrivalTrace& trace, const std::vector<size_t>& begins, double from_s,
              double to_s) {
  Bend bend{from_s, to_s};
  const size_t count = trace.time_s.size();
  std::vector<double> x(count), y(trace.late_us);
  for (size_t i = 0; i < count; ++i) x[i] = std::clamp(trace.time_s[i], from_s, to_s);
  double xx = 0, xy = 0, yy = 0;
  for (size_t k = 0; k < begins.size(); ++k) {
    const size_t end = k + 1 < begins.size() ? begins[k + 1] : count;
    const auto share = static_cast<double>(end - begins[k]);
    double mean_x = 0, mean_y = 0;
    for (size_t i = begins[k]; i < end; ++i) {
      mean_x += x[i] / share;
      mean_y += y[i] / share;
    }
    for (size_t i = begins[k]; i < end; ++i) {
      x[i] -= mean_x;
      y[i] -= mean_y;
      xx += x[i] * x[i];
      xy += x[i] * y[i];
      yy += y[i] * y[i];
    }
  }
  if (count < begins.size() + 3 || !(xx > 0)) return bend;
  bend.known = true;
  bend.ppm = xy / xx;
  bend.squares = std::max(0.0, yy - bend.ppm * xy);
  // Latency that wanders is no white noise: neighbours that are alike tell less.
  double alike = 0;
  for (size_t i = 1; i < count; ++i)
    alike += (y[i] - bend.ppm * x[i]) * (y[i - 1] - bend.ppm * x[i - 1]);
  const double by_chance = 2 / std::sqrt(static_cast<double>(count));
  const double r = bend.squares > 0 ? std::clamp(alike / bend.squares - by_chance, 0.0, 0.9) : 0.0;
  const size_t degrees = count - begins.size() - 1;
  bend.se_ppm = std::sqrt(bend.squares / static_cast<double>(degrees) / xx) *
                std::sqrt((1 + r) / (1 - r)) * for_few(degrees);
  return bend;
}

/// The slope over all, or from an instant on or up to one where that explains the trace far better.
Bend best_bend(const ArrivalTrace& trace, const std::vector<size_t>& begins, const Gates& gates) {
  constexpr size_t kFewestBent = 4;  // windows
  constexpr double kFarBetter = 20;  // mean squares of the noise
  const std::vector<double>& time = trace.time_s;
  const int steps = time.size() <= 2 * kWindows ? 4 : 1;  // instants tried between two windows
  const Bend whole = fit_bend(trace, begins, time.front(), time.back());
  Bend best = whole;
  const auto attempt = [&](double from_s, double to_s) {
    const Bend bend = fit_bend(trace, begins, from_s, to_s);
    if (bend.known && bend.squares < best.squares) best = bend;
  };
  for (size_t i = 0; i + kFewestBent < time.size(); ++i) {
    for (int step = 0; step < steps; ++step) {
      const double share = static_cast<double>(step) / steps;
      attempt(time[i] + share * (time[i + 1] - time[i]), time.back());
      const size_t k = time.size() - 1 - i;
      attempt(time.front(), time[k] - share * (time[k] - time[k - 1]));
    }
  }
  const double noise = best.squares / static_cast<double>(time.size());
  const bool strays = std::abs(best.ppm) > std::max(gates.arrival_fail_ppm, 6 * best.se_ppm);
  return whole.known && (!strays || whole.squares - best.squares < kFarBetter * noise) ? whole
                                                                                       : best;
}

/// Of the trace where it does not stray, or else where its slope begins: the drawing begins at
/// nothing and leaves it.
double level_of(const ArrivalTrace& trace, const Bend& bend) {
  const std::vector<double>& time = trace.time_s;
  const bool late = bend.from_s > time.front(), mended = bend.to_s < time.back();
  std::vector<double> level;
  for (size_t i = 0; i < time.size(); ++i) {
    if (late ? time[i] <= bend.from_s : !mended || time[i] >= bend.to_s)
      level.push_back(trace.late_us[i] -
                      (late || mended ? 0 : bend.ppm * (time[i] - time.front())));
  }
  return median(level);
}

}  // namespace

std::optional<ArrivalDrift> arrival_drift(const Alignment& all, size_t device, size_t reference,
                                          const Gates& gates, std::optional<int64_t> step_tick) {
  constexpr double kSure = 10;          // standard errors
  constexpr double kSureApartUs = 300;  // that no latency wanders
  ArrivalDrift drift;
  drift.trace = trace_of(all, device, reference);
  const std::vector<double>& time = drift.trace.time_s;
  if (time.size() < kFewestWindows) return std::nullopt;
  std::vector<size_t> begins = stretches_of(drift.trace.late_us);
  if (step_tick)
    cut_at(drift.trace, static_cast<double>(*step_tick) * all.period_us() * 1e-6, begins);
  const Bend bend = best_bend(drift.trace, begins, gates);
  if (!bend.known) return std::nullopt;
  const double apart_us = std::abs(bend.ppm) * (bend.to_s - bend.from_s);
  const bool sure = std::abs(bend.ppm) > kSure * bend.se_ppm && apart_us > kSureApartUs;
  const auto tick_at = [&](double s) { return std::llround(s * 1e6 / all.period_us()); };
  drift.rate.ppm = bend.ppm;
  drift.rate.se_ppm = bend.se_ppm;
  drift.rate.judged = bend.se_ppm <= gates.arrival_judged_se_ppm || sure;
  drift.rate.first_tick = bend.from_s <= time.front() ? 0 : tick_at(bend.from_s);
  const int64_t end = bend.to_s >= time.back() ? all.ticks : tick_at(bend.to_s);
  drift.rate.ticks = end - drift.rate.first_tick;
  const double level_us = level_of(drift.trace, bend);
  for (double& us : drift.trace.late_us) us -= level_us;
  return drift;
}

}  // namespace lockstep

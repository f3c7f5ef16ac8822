// SPDX-License-Identifier: MIT
#include "lockstep/sync/lasers.h"

#include <algorithm>
#include <cmath>

#include "lockstep/rig/laser_plan.h"

namespace lockstep {
namespace {

// A take has hundreds of windows and dozens of pairs: so many standard errors are seen by chance.
constexpr double kManyErrors = 4;
constexpr double kDitheredUs = 4;  // scatter that makes a mean finer than the register's steps

LaserTrain train_of(const AlignedDevice& device) {
  if (device.depth.empty()) return {};
  return laser_train(device.evidence->family, device.evidence->config.depth_mode);
}

/// Depth stamp as an instant of the line: drift of a free clock and the stamp's meaning taken out.
double instant_us(const Alignment& all, const Measures& measures, size_t device, size_t tick) {
  const DeviceMeasure& measure = measures.devices[device];
  double us = all.devices[device].depth.series.residual_us[tick];
  if (measure.lead && !all.devices[device].disciplined) {
    const double since_zero_s =
        static_cast<double>(static_cast<int64_t>(tick) + all.ticks_before_first) * all.period_us() *
        1e-6;
    us -= measure.lead->fit.slope * since_zero_s;
  }
  const bool stamp_is_start = measures.reading == StampReading::start_edge_starts ||
                              measures.reading == StampReading::start_edge_ends;
  if (stamp_is_start && !measures.equal_exposures) us += measure.exposure_us.value_or(0) / 2;
  return us;
}

/// Standard deviation as the quartiles tell it, which strays do not move.
double scatter_us(std::vector<double> values) {
  if (values.size() < 4) return kRegisterStepUs / 2;
  std::sort(values.begin(), values.end());
  return (values[values.size() * 3 / 4] - values[values.size() / 4]) / 1.349;
}

/// Mean of a take's instants without those far off the median.
void find_level(const std::vector<double>& instants, LaserWindows& windows) {
  constexpr size_t kFewest = 30;
  const double middle = median(instants);
  double sum = 0, squares = 0, count = 0;
  for (const double us : instants) {
    if (std::abs(us - middle) > 4 * kRegisterStepUs) continue;
    sum += us - middle;
    squares += (us - middle) * (us - middle);
    ++count;
  }
  if (count < static_cast<double>(kFewest)) return;
  const double mean = sum / count;
  const double scatter = std::sqrt(std::max(0.0, squares / count - mean * mean));
  windows.level_us = middle + mean;
  windows.level_se_us = scatter / std::sqrt(count);
  windows.level_known = scatter >= kDitheredUs;
}

/// What a gap may be wrong by: the medians lie on the grid, and scatter moves them.
double uncertainty_us(double se_a, double se_b) {
  return std::max(kRegisterStepUs, kManyErrors * std::hypot(se_a, se_b));
}

LaserWindows windows_of(const Alignment& all, const Measures& measures, size_t device,
                        const std::vector<double>& line, const Gates& gates) {
  const double ticks_per_s = all.frames_per_second;
  const int64_t wanted = std::max<int64_t>(std::llround(gates.laser_window_s * ticks_per_s),
                                           std::llround(gates.laser_window_ticks));
  const int64_t length = std::max<int64_t>(1, std::min(wanted, all.ticks));
  const int64_t count = std::max<int64_t>(1, all.ticks / length);
  const int64_t needed = std::min<int64_t>(std::llround(gates.laser_window_ticks), all.ticks);
  LaserWindows windows;
  windows.window_s = static_cast<double>(length) / ticks_per_s;
  std::vector<double> values, instants;
  for (int64_t w = 0; w < count; ++w) {
    values.clear();
    const int64_t end = w + 1 == count ? all.ticks : (w + 1) * length;  // the last takes the rest
    for (int64_t t = w * length; t < end; ++t) {
      const auto tick = static_cast<size_t>(t);
      if (all.devices[device].depth.series.has(tick))
        values.push_back(instant_us(all, measures, device, tick) - line[tick]);
    }
    windows.center_us.push_back(median(values));
    windows.se_us.push_back(1.25 * scatter_us(values) /
                            std::sqrt(std::max(1.0, static_cast<double>(values.size()))));
    instants.insert(instants.end(), values.begin(), values.end());
    windows.known.push_back(static_cast<int64_t>(values.size()) >=
                            std::min(needed, end - w * length));
  }
  find_level(instants, windows);
  return windows;
}

bool never_overlap(const Plan* plan, const std::string& a, const std::string& b) {
  if (plan == nullptr) return false;
  return std::any_of(plan->gaps.begin(), plan->gaps.end(), [&](const LaserGap& gap) {
    return !gap.may_overlap && ((gap.a == a && gap.b == b) || (gap.a == b && gap.b == a));
  });
}

}  // namespace

double centered_gap_us(const LaserTrain& a, const LaserTrain& b, double b_after_a_us,
                       double period_us) {
  return dark_gap_us(a, -a.duration_us() / 2, b, b_after_a_us - b.duration_us() / 2, period_us);
}

std::vector<LaserWindows> laser_windows(const Alignment& all, const Measures& measures,
                                        size_t reference, const Gates& gates) {
  // A slow line of the reference: its own jitter must not count against the others.
  const TickSeries& source = all.devices[reference].lead().series;
  std::vector<int64_t> ticks;
  std::vector<double> x, y;
  for (size_t i = 0; i < source.present.size(); ++i) {
    if (!source.has(i)) continue;
    x.push_back(seconds_from_mid(all, static_cast<int64_t>(i)));
    y.push_back(source.residual_us[i]);
  }
  const LineFit fit = fit_line_robust(x, y, 0, 2 * kRegisterStepUs);
  std::vector<double> line(source.present.size());
  for (size_t i = 0; i < line.size(); ++i)
    line[i] = fit.at(seconds_from_mid(all, static_cast<int64_t>(i)));

  std::vector<LaserWindows> result;
  for (size_t d = 0; d < all.devices.size(); ++d) {
    result.push_back(train_of(all.devices[d]).pulses > 0 ? windows_of(all, measures, d, line, gates)
                                                         : LaserWindows{});
  }
  return result;
}

namespace {

struct PairWindows {
  const LaserWindows &a, &b;
  LaserTrain train_a, train_b;
  double period_us;

  [[nodiscard]] size_t size() const { return std::min(a.known.size(), b.known.size()); }
  [[nodiscard]] bool known(size_t w) const { return a.known[w] && b.known[w]; }
  [[nodiscard]] double gap_us(double center_a, double center_b) const {
    return centered_gap_us(train_a, train_b, center_b - center_a, period_us);
  }
  [[nodiscard]] double gap_us(size_t w) const { return gap_us(a.center_us[w], b.center_us[w]); }
  /// The window's gap is no larger than this.
  [[nodiscard]] double sure_us(size_t w) const {
    return gap_us(w) + uncertainty_us(a.se_us[w], b.se_us[w]);
  }
};

void measure_windows(const PairWindows& pair, const Gates& gates, LaserReport& report) {
  std::vector<double> gaps;
  for (size_t w = 0; w < pair.size(); ++w) {
    if (!pair.known(w)) continue;
    const double gap = pair.gap_us(w), sure = pair.sure_us(w);
    const bool first = report.windows++ == 0;
    if (first || gap < report.smallest_gap_us) {
      report.smallest_gap_us = gap;
      report.at_s = static_cast<double>(w) * pair.a.window_s;
    }
    if (first || sure < report.sure_gap_us) {
      report.sure_gap_us = sure;
      report.judged_gap_us = gap;
    }
    report.largest_gap_us = first ? gap : std::max(report.largest_gap_us, gap);
    report.windows_below += sure < gates.laser_gap_warn_us;
    gaps.push_back(gap);
  }
  report.typical_gap_us = median(gaps);
  if (!pair.a.level_known || !pair.b.level_known || gaps.empty()) return;
  report.typical_gap_us = pair.gap_us(pair.a.level_us, pair.b.level_us);
  const double sure =
      report.typical_gap_us + kManyErrors * std::hypot(pair.a.level_se_us, pair.b.level_se_us);
  // The mean is finer than a window: it is told wherever it falls short as the worst window does.
  const auto falls = [&](double us) {
    return (us < gates.laser_gap_warn_us) + (us < gates.laser_gap_fail_us);
  };
  if (falls(sure) >= falls(report.sure_gap_us)) report.judged_gap_us = report.typical_gap_us;
  report.sure_gap_us = std::min(report.sure_gap_us, sure);
}

/// From the first to the last window that falls short as the pair does; all, when none does alone.
void find_extent(const PairWindows& pair, const Gates& gates, LaserReport& report) {
  const double gate = report.sure_gap_us < gates.laser_gap_fail_us ? gates.laser_gap_fail_us
                                                                   : gates.laser_gap_warn_us;
  size_t first = pair.size(), last = 0;
  for (size_t w = 0; w < pair.size(); ++w) {
    if (!pair.known(w) || pair.sure_us(w) >= gate) continue;
    first = std::min(first, w);
    last = w;
  }
  if (first == pair.size()) {
    first = 0;
    last = pair.size() - 1;
  }
  report.short_from_s = static_cast<double>(first) * pair.a.window_s;
  report.short_to_s = static_cast<double>(last + 1) * pair.a.window_s;
}

}  // namespace

std::vector<LaserReport> laser_gaps(const Alignment& all, const std::vector<LaserWindows>& windows,
                                    const Plan* plan, const Gates& gates) {
  std::vector<LaserReport> reports;
  for (size_t a = 0; a < all.devices.size(); ++a) {
    for (size_t b = a + 1; b < all.devices.size(); ++b) {
      LaserReport report;
      report.a = all.devices[a].evidence->name;
      report.b = all.devices[b].evidence->name;
      report.overlap = !never_overlap(plan, report.a, report.b);
      const PairWindows pair{windows[a], windows[b], train_of(all.devices[a]),
                             train_of(all.devices[b]), all.period_us()};
      measure_windows(pair, gates, report);
      if (report.windows == 0) continue;
      find_extent(pair, gates, report);
      reports.push_back(report);
    }
  }
  std::stable_sort(reports.begin(), reports.end(), [](const LaserReport& x, const LaserReport& y) {
    return x.sure_gap_us < y.sure_gap_us;
  });
  return reports;
}

}  // namespace lockstep

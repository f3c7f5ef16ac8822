// SPDX-License-Identifier: MIT
#include "lockstep/sync/lasers.h"

#include <algorithm>
#include <cmath>

namespace lockstep {
namespace {

LaserTrain train_of(const AlignedDevice& device) {
  if (device.depth.empty()) return {};
  return laser_train(device.evidence->family, device.evidence->config.depth_mode);
}

/// Depth stamp as an instant of the line: drift of a free clock and the stamp's meaning taken out.
double instant_us(const Alignment& all, const Measures& measures, size_t device, size_t tick) {
  const DeviceMeasure& measure = measures.devices[device];
  double us = all.devices[device].depth.series.residual_us[tick];
  if (measure.color && !all.devices[device].disciplined) {
    const double since_zero_s =
        static_cast<double>(static_cast<int64_t>(tick) + all.ticks_before_first) * all.period_us() *
        1e-6;
    us -= measure.color->fit.slope * since_zero_s;
  }
  const bool stamp_is_start = measures.reading == StampReading::start_edge_starts ||
                              measures.reading == StampReading::start_edge_ends;
  if (stamp_is_start && !measures.equal_exposures) us += measure.exposure_us.value_or(0) / 2;
  return us;
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
  std::vector<double> values;
  for (int64_t w = 0; w < count; ++w) {
    values.clear();
    const int64_t end = w + 1 == count ? all.ticks : (w + 1) * length;  // the last takes the rest
    for (int64_t t = w * length; t < end; ++t) {
      const auto tick = static_cast<size_t>(t);
      if (all.devices[device].depth.series.has(tick))
        values.push_back(instant_us(all, measures, device, tick) - line[tick]);
    }
    windows.center_us.push_back(median(values));
    windows.known.push_back(static_cast<int64_t>(values.size()) >=
                            std::min(needed, end - w * length));
  }
  return windows;
}

bool never_overlap(const Plan* plan, const std::string& a, const std::string& b) {
  if (plan == nullptr) return false;
  return std::any_of(plan->gaps.begin(), plan->gaps.end(), [&](const LaserGap& gap) {
    return !gap.overlap_declared && ((gap.a == a && gap.b == b) || (gap.a == b && gap.b == a));
  });
}

}  // namespace

double dark_gap_us(const LaserTrain& a, const LaserTrain& b, double b_after_a_us,
                   double period_us) {
  const double first_a = -a.duration_us() / 2;
  const double first_b = b_after_a_us - b.duration_us() / 2;
  double smallest = period_us;
  for (int i = 0; i < a.pulses; ++i) {
    for (int j = 0; j < b.pulses; ++j) {
      const double apart = first_b + j * b.pitch_us - first_a - i * a.pitch_us;
      const double after =
          apart - std::floor(apart / period_us) * period_us;  // b's start after a's
      smallest = std::min({smallest, after - a.pulse_us, period_us - after - b.pulse_us});
    }
  }
  return smallest;
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

std::vector<LaserReport> laser_gaps(const Alignment& all, const std::vector<LaserWindows>& windows,
                                    const Plan* plan, const Gates& gates) {
  std::vector<LaserReport> reports;
  for (size_t a = 0; a < all.devices.size(); ++a) {
    for (size_t b = a + 1; b < all.devices.size(); ++b) {
      LaserReport report;
      report.a = all.devices[a].evidence->name;
      report.b = all.devices[b].evidence->name;
      std::vector<double> gaps;
      report.overlap = !never_overlap(plan, report.a, report.b);
      for (size_t w = 0; w < std::min(windows[a].known.size(), windows[b].known.size()); ++w) {
        if (!windows[a].known[w] || !windows[b].known[w]) continue;
        const double gap =
            dark_gap_us(train_of(all.devices[a]), train_of(all.devices[b]),
                        windows[b].center_us[w] - windows[a].center_us[w], all.period_us());
        if (report.windows == 0 || gap < report.smallest_gap_us) {
          report.smallest_gap_us = gap;
          report.at_s = static_cast<double>(w) * windows[a].window_s;
        }
        report.largest_gap_us = report.windows == 0 ? gap : std::max(report.largest_gap_us, gap);
        report.windows_below += gap < gates.laser_gap_warn_us;
        ++report.windows;
        gaps.push_back(gap);
      }
      report.typical_gap_us = median(gaps);
      if (report.windows > 0) reports.push_back(report);
    }
  }
  std::stable_sort(reports.begin(), reports.end(), [](const LaserReport& x, const LaserReport& y) {
    return x.smallest_gap_us < y.smallest_gap_us;
  });
  return reports;
}

}  // namespace lockstep

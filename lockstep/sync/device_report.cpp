// SPDX-License-Identifier: MIT
#include "lockstep/sync/device_report.h"

#include <algorithm>
#include <cmath>

#include "lockstep/sync/arrival.h"

namespace lockstep {
namespace {

constexpr size_t kPlotColumns = 300;
constexpr double kHistogramBinUs = 5;
constexpr int kHistogramBins = 41;

OffsetEstimate estimate(const OffsetSeries& series, double jitter_us) {
  OffsetEstimate result;
  result.offset_us = series.level_us;
  result.se_us = series.level_se_us;
  result.jitter_rms_us = jitter_us;
  result.ticks = static_cast<int64_t>(series.tick.size());
  // Jitter dithers the 90 kHz grid; without it a mean is no finer than the grid.
  const bool dithered = jitter_us >= kRegisterStepUs / 2 && series.tick.size() >= 10;
  result.resolution_us = dithered ? 0 : kRegisterStepUs / 2;
  for (size_t i = 0; i < series.tick.size(); ++i) {
    if (std::abs(series.offset_us[i]) < std::abs(result.worst_tick_us)) continue;
    result.worst_tick_us = series.offset_us[i];
    result.worst_tick = series.tick[i];
  }
  return result;
}

Envelope envelope(const Alignment& all, const OffsetSeries& series) {
  Envelope plot;
  const auto columns = static_cast<int64_t>(kPlotColumns);
  int64_t column = -1;
  for (size_t i = 0; i < series.tick.size(); ++i) {
    const int64_t here =
        all.ticks <= columns ? series.tick[i] : series.tick[i] * columns / all.ticks;
    const double us = series.offset_us[i];
    if (here != column) {
      plot.time_s.push_back(static_cast<double>(series.tick[i]) * all.period_us() * 1e-6);
      plot.low_us.push_back(us);
      plot.high_us.push_back(us);
      column = here;
    }
    plot.low_us.back() = std::min(plot.low_us.back(), us);
    plot.high_us.back() = std::max(plot.high_us.back(), us);
  }
  return plot;
}

std::vector<int64_t> histogram(const OffsetSeries& series) {
  std::vector<int64_t> bins(kHistogramBins, 0);
  for (const double us : series.offset_us) {
    const auto bin = std::llround((us - series.level_us) / kHistogramBinUs) + kHistogramBins / 2;
    ++bins[static_cast<size_t>(std::clamp<int64_t>(bin, 0, kHistogramBins - 1))];
  }
  return bins;
}

std::vector<TickSpan> lost_of(const Alignment& all, const AlignedStream& stream) {
  std::vector<TickSpan> spans;
  if (stream.empty()) return spans;
  const auto& stamps = stream.segment().stamps;
  for (size_t i = 1; i < stamps.size(); ++i) {
    const int64_t first = std::max<int64_t>(0, stamps[i - 1].tick + 1 + stream.tick_of_first);
    const int64_t end = std::min(all.ticks, stamps[i].tick + stream.tick_of_first);
    if (first < end) spans.push_back(span_of(all, stream, first, end - first));
  }
  return spans;
}

std::vector<TickSpan> duplicated_of(const Alignment& all, const AlignedStream& stream) {
  std::vector<TickSpan> spans;
  if (stream.empty()) return spans;
  for (const TickStamp& again : stream.segment().duplicates) {
    const int64_t tick = again.tick + stream.tick_of_first;
    if (tick < 0 || tick >= all.ticks) continue;
    if (!spans.empty() && tick - (spans.back().first_tick + spans.back().count - 1) <= 1) {
      spans.back().count = tick - spans.back().first_tick + 1;
      spans.back().to_us = again.stamp.us();
    } else {
      spans.push_back({tick, 1, again.stamp.us(), again.stamp.us()});
    }
  }
  return spans;
}

std::vector<TickSpan> restarts_of(const AlignedStream& stream) {
  std::vector<TickSpan> spans;
  if (stream.empty()) return spans;
  for (size_t i = stream.main + 1; i < stream.segments.size(); ++i) {
    const StreamSegment& segment = stream.segments[i];
    spans.push_back({stream.last_tick() + 1, segment.last_tick() + 1,
                     segment.stamps.front().stamp.us(), segment.stamps.back().stamp.us()});
  }
  return spans;
}

int64_t ticks_in(const std::vector<TickSpan>& spans) {
  int64_t sum = 0;
  for (const TickSpan& span : spans) sum += span.count;
  return sum;
}

/// The device's pace against the reference's over a share of the common ticks.
std::optional<RateEstimate> arrival_over(const Case& set, size_t index, double from, double to) {
  const auto own = arrival_pace(set.all, set.all.devices[index], from, to);
  const auto line = arrival_pace(set.all, set.all.devices[set.reference], from, to);
  if (!own || !line) return std::nullopt;
  RateEstimate rate;
  rate.ppm = own->ppm - line->ppm;
  rate.se_ppm = std::hypot(own->se_ppm, line->se_ppm);
  rate.judged = rate.se_ppm <= set.gates.arrival_judged_se_ppm;
  const auto ticks = static_cast<double>(set.all.ticks);
  rate.first_tick = std::llround(from * ticks);
  rate.ticks = std::llround(to * ticks) - rate.first_tick;
  return rate;
}

/// Over the whole take, or over the half or quarter where it strays far more than over the whole (a
/// cable may be pulled at any time).
std::optional<RateEstimate> arrival_of(const Case& set, size_t index) {
  constexpr double kFarMore = 1.5;
  const std::optional<RateEstimate> whole = arrival_over(set, index, 0, 1);
  std::optional<RateEstimate> worst = whole;
  for (const int parts : {2, 4}) {
    for (int part = 0; part < parts; ++part) {
      const auto rate = arrival_over(set, index, double(part) / parts, double(part + 1) / parts);
      if (!rate || !rate->judged || !worst) continue;
      const bool strays =
          std::abs(rate->ppm) > std::max(set.gates.arrival_fail_ppm, 6 * rate->se_ppm);
      const double so_far = std::abs(worst->ppm);
      if (strays && std::abs(rate->ppm) > kFarMore * so_far) worst = rate;
    }
  }
  return worst;
}

void describe_exposure(const DeviceEvidence& device, DeviceReport& report) {
  if (device.exposures.empty()) {
    report.exposure = "not recorded";
  } else if (device.exposures.size() > 1) {
    report.exposure = "changing";
  } else {
    report.exposure_us = device.exposures.front().second.count();
    report.exposure = std::to_string(*report.exposure_us);
  }
}

void describe_ticks(const Alignment& all, const AlignedDevice& device, DeviceReport& report) {
  report.lost_color = lost_of(all, device.color);
  report.lost_depth = lost_of(all, device.depth);
  report.duplicated_color = duplicated_of(all, device.color);
  report.duplicated_depth = duplicated_of(all, device.depth);
  report.restarts = restarts_of(device.lead());
  report.lost = std::max(ticks_in(report.lost_color), ticks_in(report.lost_depth));
  report.duplicated =
      std::max(ticks_in(report.duplicated_color), ticks_in(report.duplicated_depth));
  if (!device.empty())
    report.first_stamp_us = static_cast<double>(device.lead().segment().stamps.front().stamp.us());
}

}  // namespace

DeviceReport describe_source(const DeviceEvidence& device) {
  DeviceReport report;
  report.name = device.name;
  report.source = device.source;
  report.serial = device.serial;
  report.family = family_traits(device.family).name;
  report.family_by = device.family_by;
  report.role = device.has_wired_sync_tag ? to_string(device.config.wired_sync) : "not recorded";
  report.is_virtual = device.is_virtual;
  report.color_captures = static_cast<int64_t>(device.color.size());
  report.depth_captures = static_cast<int64_t>(device.depth.size());
  report.damage = device.damage;
  const LaserTrain train = laser_train(device.family, device.config.depth_mode);
  report.laser_pulse_us = train.pulse_us;
  report.laser_pitch_us = train.pitch_us;
  describe_exposure(device, report);
  return report;
}

DeviceReport describe_device(const Case& set, size_t index) {
  const AlignedDevice& device = set.all.devices[index];
  const DeviceMeasure& measure = set.measures.devices[index];
  DeviceReport report = describe_source(*device.evidence);
  report.is_reference = index == set.reference;
  report.clock_disciplined = device.disciplined;
  report.expected_color_us = device.expected_color_us;
  report.expected_depth_us = device.expected_depth_us;
  describe_ticks(set.all, device, report);
  if (measure.color) {
    OffsetEstimate lead = estimate(*measure.color, measure.lead_jitter_us);
    report.residual = envelope(set.all, *measure.color);
    report.histogram = histogram(*measure.color);
    report.rate = RateEstimate{measure.color->fit.slope, measure.color->fit.slope_se,
                               measure.color->tick.size() >= 10 &&
                                   measure.color->fit.slope_se <= set.gates.rate_judged_se_ppm,
                               0, set.all.ticks};
    (device.color.empty() ? report.depth : report.color) = lead;
    report.arrival = arrival_of(set, index);
  }
  if (measure.depth) {
    report.depth = estimate(*measure.depth, measure.depth_jitter_us);
    report.depth_residual = envelope(set.all, *measure.depth);
  }
  return report;
}

}  // namespace lockstep

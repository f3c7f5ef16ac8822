// SPDX-License-Identifier: MIT
#include "lockstep/sync/device_report.h"

#include <algorithm>
#include <cmath>

#include "lockstep/sensor/family.h"
#include "lockstep/sync/arrival.h"

namespace lockstep {
namespace {

constexpr size_t kPlotColumns = 300;
constexpr int kHistogramReach = 30;  // bins on either side

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

/// Bins of one register step, on the grid that the stamps lie on.
void fill_histogram(const OffsetSeries& series, DeviceReport& report) {
  const double middle = std::round(series.level_us / kRegisterStepUs);
  report.histogram_center_us = middle * kRegisterStepUs;
  report.histogram.assign(2 * kHistogramReach + 1, 0);
  for (const double us : series.offset_us) {
    const auto bin = std::llround(us / kRegisterStepUs - middle);
    if (std::abs(bin) > kHistogramReach) {
      ++report.histogram_outside;
    } else {
      ++report.histogram[static_cast<size_t>(bin + kHistogramReach)];
    }
  }
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

/// The take's number of common tick 0. The take's own tick 0 was the first common one as it was
/// recorded; where its files begin is what `rig_from_device_ns` says.
int64_t take_tick_of_zero(const Alignment& all, const AlignedDevice& reference) {
  const auto& placed = reference.evidence->rig_from_device_ns;
  // A later stretch is on a clock that the take did not place.
  if (!placed || reference.empty() || reference.lead().main != 0) return 0;
  const AlignedStream& lead = reference.lead();
  // Stamps and manifests come from anywhere: whole nanoseconds of two such numbers may overflow.
  const double first_ns = static_cast<double>(lead.segment().stamps.front().stamp.ns()) +
                          static_cast<double>(*placed) - reference.expected_lead_us() * 1e3;
  const double tick = first_ns * 1e-3 / all.period_us() - static_cast<double>(lead.tick_of_first);
  constexpr double kMost = 1e9;  // a year at 30 fps: no files of one take lie further apart
  return std::abs(tick) < kMost ? std::llround(tick) : 0;
}

/// Of the lead stream, on the take's rig time.
std::optional<ClockMap> clock_map_of(const Alignment& all, const AlignedDevice& device,
                                     int64_t tick_of_zero) {
  if (device.empty()) return std::nullopt;
  const AlignedStream& lead = device.lead();
  const Nanos planned = nanos_from_us(device.expected_lead_us());
  std::vector<TickStamp> stamps;
  for (const TickStamp& s : lead.segment().stamps)
    stamps.push_back({s.tick + lead.tick_of_first + tick_of_zero, s.stamp - planned});
  return fit_clock_map(stamps, all.frames_per_second);
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
  report.clock_map =
      clock_map_of(set.all, device, take_tick_of_zero(set.all, set.all.devices[set.reference]));
  describe_ticks(set.all, device, report);
  if (measure.lead) {
    OffsetEstimate lead = estimate(*measure.lead, measure.lead_jitter_us);
    report.residual = envelope(set.all, *measure.lead);
    fill_histogram(*measure.lead, report);
    report.rate = RateEstimate{measure.lead->fit.slope, measure.lead->fit.slope_se,
                               measure.lead->tick.size() >= 10 &&
                                   measure.lead->fit.slope_se <= set.gates.rate_judged_se_ppm,
                               0, set.all.ticks};
    (device.color.empty() ? report.depth : report.color) = lead;
    const auto step = find_step(*measure.lead);
    const auto step_tick = step ? std::optional(step->tick) : std::nullopt;
    if (auto arrival = arrival_drift(set.all, index, set.reference, set.gates, step_tick)) {
      report.arrival = arrival->rate;
      report.arrival_trace = std::move(arrival->trace);
    }
  }
  if (measure.depth) {
    report.depth = estimate(*measure.depth, measure.depth_jitter_us);
    report.depth_residual = envelope(set.all, *measure.depth);
  }
  return report;
}

}  // namespace lockstep

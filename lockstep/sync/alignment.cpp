// SPDX-License-Identifier: MIT
#include "lockstep/sync/alignment.h"

#include <algorithm>
#include <cmath>

#include "lockstep/sensor/family.h"
#include "lockstep/sensor/timing.h"

namespace lockstep {
namespace {

// Monotonic clocks of two hosts have nothing in common; further apart than this they are of two.
constexpr double kArrivalOfOneHostUs = 600e6;

constexpr size_t kStampsBeforeRollBack = 10;

double us_since_zero(DeviceTime t) {
  return static_cast<double>(t.ns()) / 1e3;
}

AlignedStream count_stream(const std::vector<DeviceTime>& stamps, int frames_per_second) {
  AlignedStream stream;
  stream.segments = count_ticks(stamps, frames_per_second);
  const auto size = [&](size_t i) { return stream.segments[i].stamps.size(); };
  for (size_t i = 1; i < stream.segments.size(); ++i) {
    // The first stretch shares the zero with the other devices; but a few frames before the
    // roll-back may have got into the file.
    if (size(stream.main) < kStampsBeforeRollBack && size(i) > size(stream.main)) stream.main = i;
  }
  return stream;
}

/// Mean period of the streams, each by how well it is known.
double pooled_period_us(const std::vector<AlignedDevice>& devices, double nominal_us) {
  double sum = 0, weights = 0;
  for (const AlignedDevice& device : devices) {
    if (device.empty() || device.lead().segment().stamps.size() < 10) continue;
    const StreamSegment& segment = device.lead().segment();
    const double floor_us = 1e-6 * nominal_us;  // a fit better than this is better than its model
    const double se = std::max(segment.period_se_us, floor_us);
    sum += segment.period_us / (se * se);
    weights += 1 / (se * se);
  }
  return weights > 0 ? sum / weights : nominal_us;
}

/// Periods from the zero of the device's clock to its lead stream's first stamp, less the delay.
double periods_since_zero(const AlignedDevice& device, double pooled_us) {
  const StreamSegment& segment = device.lead().segment();
  double period_us = pooled_us;
  const double first_us = us_since_zero(segment.stamps.front().stamp) - device.expected_lead_us();
  // A free clock counts its own periods, once its own rate is known well enough to reach back to
  // zero.
  const bool own_is_good = segment.stamps.size() >= 10 &&
                           segment.period_se_us / segment.period_us * first_us / pooled_us < 0.05;
  if (!device.disciplined && own_is_good) period_us = segment.period_us;
  return first_us / period_us;
}

/// Earliest host time of the device's clock zero, as arrival and stamps tell: latency only delays,
/// and a USB that slows down within the take must not look like a later start.
std::optional<double> arrival_of_zero_us(const DeviceEvidence& device) {
  if (device.arrivals.empty()) return std::nullopt;
  double earliest_us = HUGE_VAL;
  for (const ArrivalNote& note : device.arrivals) {
    const double arrival_us = static_cast<double>(note.arrival.time_since_epoch().count()) / 1e3;
    earliest_us = std::min(earliest_us, arrival_us - us_since_zero(note.stamp));
  }
  return earliest_us;
}

/// Whole periods from one host time to another; none where they agree, or are of two hosts.
std::optional<int64_t> periods_between(std::optional<double> own_us, std::optional<double> other_us,
                                       double period_us) {
  if (!own_us || !other_us) return std::nullopt;
  const double apart_us = *own_us - *other_us;
  if (std::abs(apart_us) < kArrivalContradictsUs || std::abs(apart_us) > kArrivalOfOneHostUs)
    return std::nullopt;
  return std::llround(apart_us / period_us);
}

/// Periods by which the device's zero came later than the reference's; none where arrival can't
/// tell.
std::optional<int64_t> whole_periods_off(const AlignedDevice& device,
                                         const AlignedDevice& reference, double period_us) {
  return periods_between(arrival_of_zero_us(*device.evidence),
                         arrival_of_zero_us(*reference.evidence), period_us);
}

/// Earliest arrival less rig time, of the notes whose rig time is within the span.
std::optional<double> earliest_lag_us(const DeviceEvidence& device, double from_us, double to_us) {
  const double shift_us = static_cast<double>(*device.rig_from_device_ns) / 1e3;
  std::optional<double> earliest_us;
  for (const ArrivalNote& note : device.arrivals) {
    const double rig_us = us_since_zero(note.stamp) + shift_us;
    if (rig_us < from_us || rig_us > to_us) continue;
    const double arrival_us = static_cast<double>(note.arrival.time_since_epoch().count()) / 1e3;
    earliest_us = std::min(earliest_us.value_or(HUGE_VAL), arrival_us - rig_us);
  }
  return earliest_us;
}

/// Periods by which the zero that a take gives to a device contradicts host arrival; none: agrees,
/// or arrival can't tell. Looks at one short span of both, since clocks run apart from the host's.
std::optional<int64_t> periods_off_rig(const AlignedDevice& device, const AlignedDevice& reference,
                                       double period_us) {
  constexpr double kLookUs = 10e6;
  const double from_us = us_since_zero(device.lead().segment().stamps.front().stamp) +
                         static_cast<double>(*device.evidence->rig_from_device_ns) / 1e3;
  return periods_between(earliest_lag_us(*device.evidence, from_us, from_us + kLookUs),
                         earliest_lag_us(*reference.evidence, from_us, from_us + kLookUs),
                         period_us);
}

/// Tick of a device's first lead stamp, counted from the reference's clock zero; and how many
/// periods after that its own clock began.
int64_t place_lead(AlignedDevice& device, const AlignedDevice& reference, double pooled_us) {
  const double reference_periods = periods_since_zero(reference, pooled_us);
  const auto reference_tick = static_cast<int64_t>(std::floor(reference_periods + 1e-9));
  if (&device == &reference) return reference_tick;
  const int64_t by_stamps = std::llround(periods_since_zero(device, pooled_us) - reference_periods);
  if (device.evidence->rig_from_device_ns && reference.evidence->rig_from_device_ns) {
    const auto rig_us = [](const AlignedDevice& d) {
      return us_since_zero(d.lead().segment().stamps.front().stamp +
                           Nanos(*d.evidence->rig_from_device_ns)) -
             d.expected_lead_us();
    };
    device.whole_periods_off = periods_off_rig(device, reference, pooled_us);
    const int64_t by_rig = std::llround((rig_us(device) - rig_us(reference)) / pooled_us) +
                           device.whole_periods_off.value_or(0);
    device.zero_shift_us = static_cast<double>(by_rig - by_stamps) * pooled_us;
    return reference_tick + by_rig;
  }
  device.whole_periods_off = whole_periods_off(device, reference, pooled_us);
  device.zero_shift_us = static_cast<double>(device.whole_periods_off.value_or(0)) * pooled_us;
  return reference_tick + device.whole_periods_off.value_or(0) + by_stamps;
}

/// Tick of the first depth stamp: by the device's own clock, from its colour.
int64_t place_depth(const AlignedDevice& device) {
  const StreamSegment& color = device.color.segment();
  const StreamSegment& depth = device.depth.segment();
  const double apart_us =
      static_cast<double>(since(color.stamps.front().stamp, depth.stamps.front().stamp).count()) /
      1e3;
  return device.color.tick_of_first +
         std::llround((apart_us - device.expected_depth_us) / color.period_us);
}

void fill_series(AlignedStream& stream, double zero_shift_us, int64_t first, int64_t ticks,
                 int fps) {
  TickSeries& series = stream.series;
  series.residual_us.assign(static_cast<size_t>(ticks), 0);
  series.present.assign(static_cast<size_t>(ticks), 0);
  series.stamp_us.assign(static_cast<size_t>(ticks), 0);
  for (const TickStamp& s : stream.segment().stamps) {
    const int64_t tick = s.tick + stream.tick_of_first - first;
    if (tick < 0 || tick >= ticks) continue;
    const auto at = static_cast<size_t>(tick);
    const Nanos nominal = rig_time(Tick{tick + first}, fps).time_since_epoch();
    series.residual_us[at] =
        static_cast<double>((s.stamp.since_zero() - nominal).count()) / 1e3 + zero_shift_us;
    series.stamp_us[at] = s.stamp.us();
    series.present[at] = 1;
    ++series.count;
  }
}

template <typename Visit>
void for_streams(std::vector<AlignedDevice>& devices, Visit visit) {
  for (AlignedDevice& device : devices) {
    if (!device.color.empty()) visit(device.color, device.zero_shift_us);
    if (!device.depth.empty()) visit(device.depth, device.zero_shift_us);
  }
}

void cut_to_common(Alignment& all) {
  int64_t first = INT64_MIN, last = INT64_MAX;
  for_streams(all.devices, [&](AlignedStream& s, double) {
    first = std::max(first, s.first_tick());
    last = std::min(last, s.last_tick());
  });
  if (first == INT64_MIN || last < first) return;
  all.ticks = last - first + 1;
  all.ticks_before_first = first;
  for_streams(all.devices, [&](AlignedStream& s, double zero_shift_us) {
    fill_series(s, zero_shift_us, first, all.ticks, all.frames_per_second);
    s.tick_of_first -= first;
  });
}

}  // namespace

const PlannedCamera* planned_for(const Plan& plan, const DeviceEvidence& device) {
  for (const PlannedCamera& camera : plan.cameras) {
    if (!device.serial.empty() && camera.serial == device.serial) return &camera;
  }
  return device.serial.empty() ? plan.find(device.name) : nullptr;
}

ExpectedDelays expected_delays(const DeviceEvidence& device, const Plan* plan) {
  if (const PlannedCamera* camera = plan ? planned_for(*plan, device) : nullptr)
    return {camera->color_delay_us, camera->depth_delay_us};
  const RealisedDelays real = realised_delays(device.family, device.config);
  return {real.color_us, real.depth_us - real.color_us};
}

bool is_disciplined(const DeviceEvidence& device, const Plan* plan, ClockAssumption clock) {
  if (clock != ClockAssumption::as_declared) return clock == ClockAssumption::disciplined;
  const PlannedCamera* camera = plan ? planned_for(*plan, device) : nullptr;
  return camera ? camera->clock_disciplined : family_traits(device.family).clock_disciplined;
}

Alignment align(const Evidence& evidence, const Gates& gates, size_t reference) {
  Alignment all;
  all.frames_per_second = frames_per_second(evidence.devices[reference].config.frame_rate);
  const Plan* plan = evidence.plan ? &*evidence.plan : nullptr;
  for (const DeviceEvidence& source : evidence.devices) {
    AlignedDevice& device = all.devices.emplace_back();
    device.evidence = &source;
    const ExpectedDelays expected = expected_delays(source, plan);
    device.expected_color_us = expected.color_us;
    device.expected_depth_us = expected.depth_us;
    device.disciplined = is_disciplined(source, plan, gates.clock);
    device.color = count_stream(source.color, all.frames_per_second);
    device.depth = count_stream(source.depth, all.frames_per_second);
  }
  const double pooled_us = pooled_period_us(all.devices, all.period_us());
  for (AlignedDevice& device : all.devices) {
    if (device.empty()) continue;
    AlignedStream& lead = device.color.empty() ? device.depth : device.color;
    lead.tick_of_first = place_lead(device, all.devices[reference], pooled_us);
    if (!device.color.empty() && !device.depth.empty())
      device.depth.tick_of_first = place_depth(device);
  }
  cut_to_common(all);
  return all;
}

}  // namespace lockstep

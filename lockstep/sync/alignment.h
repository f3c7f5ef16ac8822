// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lockstep/sync/evidence.h"
#include "lockstep/sync/gates.h"
#include "lockstep/sync/ticks.h"

namespace lockstep {

/// Residuals of one stream over the common range: stamp minus k * T, in us, one place per tick.
struct TickSeries {
  std::vector<double> residual_us;
  std::vector<uint8_t> present;
  std::vector<int64_t> stamp_us;  ///< device time
  int64_t count = 0;              ///< of present ones

  [[nodiscard]] bool has(size_t tick) const { return present[tick] != 0; }
};

/// One stream of one device, counted and put on the common ticks.
struct AlignedStream {
  std::vector<StreamSegment> segments;
  size_t main = 0;            ///< the one judged: the first of any length; later ones are restarts
  int64_t tick_of_first = 0;  ///< tick of the main segment's first stamp, from the common tick 0
  TickSeries series;          ///< over the common range, without the plan's delay subtracted

  [[nodiscard]] bool empty() const { return segments.empty(); }
  [[nodiscard]] const StreamSegment& segment() const { return segments[main]; }
  [[nodiscard]] int64_t first_tick() const { return tick_of_first; }
  [[nodiscard]] int64_t last_tick() const { return tick_of_first + segment().last_tick(); }
};

/// No USB delays what comes by so much for long: stamps and arrivals of two devices that are
/// further apart contradict each other, so that one clock was not zeroed when it was thought to be.
inline constexpr double kArrivalContradictsUs = 500'000;

/// One device on the common ticks.
struct AlignedDevice {
  const DeviceEvidence* evidence = nullptr;
  double expected_color_us = 0;  ///< realised delay after the tick
  double expected_depth_us = 0;  ///< realised depth minus own colour
  bool disciplined = true;
  AlignedStream color, depth;
  /// The stream that stands for the device: colour, else depth.
  [[nodiscard]] const AlignedStream& lead() const { return color.empty() ? depth : color; }
  [[nodiscard]] double expected_lead_us() const {
    return color.empty() ? expected_color_us + expected_depth_us : expected_color_us;
  }
  /// Whole periods by which its clock's zero is off, as host arrival tells; none: not found.
  std::optional<int64_t> whole_periods_off;
  /// Whole periods from the reference's clock zero to its own, in us; added to its stamps.
  double zero_shift_us = 0;
  [[nodiscard]] bool empty() const { return lead().empty(); }
};

/// A set of devices on common ticks. Tick 0 is the first that every stream has reached.
struct Alignment {
  std::vector<AlignedDevice> devices;  ///< as in the evidence
  int frames_per_second = 30;
  int64_t ticks = 0;  ///< common to all; 0: no overlap
  /// Rig time since the reference's clock zero of tick 0, in periods (fractional part dropped).
  int64_t ticks_before_first = 0;
  [[nodiscard]] double period_us() const { return frame_period_us(frames_per_second); }
};

/// Counts every stream and puts all devices on common ticks: by their stamps, which share the zero
/// that the first pulse gave them; a disciplined clock at the pooled rate, a free one at its own.
/// Where host arrival says that a zero is whole periods off, by that. `reference` indexes the
/// devices.
[[nodiscard]] Alignment align(const Evidence& evidence, const Gates& gates, size_t reference);

/// Realised delays that are expected of a device: the plan's, else those of its own tags.
struct ExpectedDelays {
  double color_us = 0;
  double depth_us = 0;
};
[[nodiscard]] ExpectedDelays expected_delays(const DeviceEvidence& device, const Plan* plan);

/// Whether the pulses hold the device's clock: as the gates say, else the plan, else the family.
[[nodiscard]] bool is_disciplined(const DeviceEvidence& device, const Plan* plan,
                                  ClockAssumption clock);

/// The plan's entry for a recording: by its serial, or by its name where it has no serial; null
/// when there is none.
[[nodiscard]] const PlannedCamera* planned_for(const Plan& plan, const DeviceEvidence& device);

}  // namespace lockstep

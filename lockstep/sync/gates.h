// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

#include "lockstep/base/result.h"

namespace lockstep {

/// What is assumed of the devices' clocks: what the rig file declares of each, else what is known
/// of its family (docs/sensor-facts.md); or one for all.
enum class ClockAssumption { as_declared, disciplined, free_running };

/// Where a finding warns and where it fails. Every report prints those used. Times in us.
struct Gates {
  double color_offset_fail_us =
      100;  ///< colour offset to plan at mid-take; the vendor's own promise
  double color_offset_warn_us = 60;
  double depth_offset_fail_us = 100;  ///< depth minus own colour, and depth-only streams, to plan
  double depth_offset_warn_us = 60;
  double tick_offset_us = 110;  ///< single ticks, at 30 fps; in proportion to the period elsewhere
  double ticks_in_a_row = 3;    ///< that many beyond tick_offset_us fail; one warns
  double laser_gap_fail_us =
      0;  ///< dark time between two lasers' pulses: below fails with a rig file
  double laser_gap_warn_us = 30;   ///< below warns
  double laser_window_s = 1;       ///< the gap is a median over windows of this length ...
  double laser_window_ticks = 10;  ///< ... and of at least so many ticks
  double rate_fail_ppm = 5;        ///< against the line, on clocks that the pulses discipline
  double rate_warn_ppm = 1;
  double rate_judged_se_ppm = 0.3;  ///< a rate known worse than this is too short to judge
  double arrival_fail_ppm = 5;      ///< host time per tick, against the source
  double arrival_warn_ppm = 1;
  double arrival_judged_se_ppm =
      1;                       ///< an arrival rate known worse than this is too short to judge
  double change_warn_us = 30;  ///< against the last good take
  double dates_apart_min =
      30;  ///< file dates further apart than the takes' length and this: two takes
  ClockAssumption clock = ClockAssumption::as_declared;

  /// Single-tick gate at a rate: 110 us at 30 fps, 220 at 15, 660 at 5.
  [[nodiscard]] double tick_offset_us_at(int frames_per_second) const {
    return tick_offset_us * 30 / frames_per_second;
  }
  /// True when every gate and the clock have the value that they have unless somebody changes it.
  [[nodiscard]] bool are_default() const;
  /// invalid_argument names the gate that has no meaning (negative, or a warning above its
  /// failure).
  [[nodiscard]] Result<void> validate() const;
};

/// One numeric gate as the command line and the report name it.
struct GateEntry {
  std::string_view name;  ///< "color-offset-fail-us"
  double Gates::*value;
  std::string_view what;  ///< one line of help
};
[[nodiscard]] std::span<const GateEntry> gate_entries();

[[nodiscard]] std::string_view to_string(ClockAssumption clock);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/sync/gates.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

namespace lockstep {
namespace {

constexpr GateEntry kEntries[] = {
    {"color-offset-fail-us", &Gates::color_offset_fail_us,
     "colour offset to plan at mid-take fails above"},
    {"color-offset-warn-us", &Gates::color_offset_warn_us, "... warns above"},
    {"depth-offset-fail-us", &Gates::depth_offset_fail_us,
     "depth minus own colour, to plan, fails above"},
    {"depth-offset-warn-us", &Gates::depth_offset_warn_us, "... warns above"},
    {"tick-offset-us", &Gates::tick_offset_us,
     "colour offset of single ticks at 30 fps (in proportion elsewhere)"},
    {"ticks-in-a-row", &Gates::ticks_in_a_row, "so many ticks in a row beyond it fail, one warns"},
    {"laser-gap-fail-us", &Gates::laser_gap_fail_us,
     "dark gap between lasers fails below, given a rig file"},
    {"laser-gap-warn-us", &Gates::laser_gap_warn_us, "... warns below"},
    {"laser-window-s", &Gates::laser_window_s, "the gap is a median over windows of this length"},
    {"laser-window-ticks", &Gates::laser_window_ticks, "... of at least so many ticks"},
    {"rate-fail-ppm", &Gates::rate_fail_ppm,
     "rate against the line fails above (disciplined clocks)"},
    {"rate-warn-ppm", &Gates::rate_warn_ppm, "... warns above"},
    {"rate-judged-se-ppm", &Gates::rate_judged_se_ppm,
     "a rate is judged when known at least so well"},
    {"arrival-fail-ppm", &Gates::arrival_fail_ppm,
     "host time per tick, against the source, fails above"},
    {"arrival-warn-ppm", &Gates::arrival_warn_ppm, "... warns above"},
    {"arrival-judged-se-ppm", &Gates::arrival_judged_se_ppm,
     "it is judged when known at least so well"},
    {"change-warn-us", &Gates::change_warn_us, "change against the last good take warns above"},
    {"dates-apart-min", &Gates::dates_apart_min,
     "files dated further apart are of different takes"},
};

Error bad(std::string_view name, std::string_view why) {
  return {Errc::invalid_argument, fmt::format("gate {}: {}", name, why)};
}

}  // namespace

std::span<const GateEntry> gate_entries() {
  return kEntries;
}

std::string_view to_string(ClockAssumption clock) {
  constexpr std::string_view kNames[] = {"as-declared", "disciplined", "free-running"};
  return kNames[static_cast<int>(clock)];
}

bool Gates::are_default() const {
  const Gates defaults;
  return clock == defaults.clock &&
         std::all_of(std::begin(kEntries), std::end(kEntries), [&](const GateEntry& entry) {
           return this->*entry.value == defaults.*entry.value;
         });
}

Result<void> Gates::validate() const {
  for (const GateEntry& entry : kEntries) {
    // Written so that NaN is refused too.
    if (!(this->*entry.value >= 0)) return bad(entry.name, "must be a number of at least 0");
  }
  if (color_offset_warn_us > color_offset_fail_us)
    return bad("color-offset-warn-us", "is above color-offset-fail-us, so it would never warn");
  if (depth_offset_warn_us > depth_offset_fail_us)
    return bad("depth-offset-warn-us", "is above depth-offset-fail-us, so it would never warn");
  if (rate_warn_ppm > rate_fail_ppm)
    return bad("rate-warn-ppm", "is above rate-fail-ppm, so it would never warn");
  if (arrival_warn_ppm > arrival_fail_ppm)
    return bad("arrival-warn-ppm", "is above arrival-fail-ppm, so it would never warn");
  if (laser_gap_warn_us < laser_gap_fail_us)
    return bad("laser-gap-warn-us", "is below laser-gap-fail-us, so it would never warn");
  if (!(tick_offset_us > 0)) return bad("tick-offset-us", "must be above 0");
  if (ticks_in_a_row < 1) return bad("ticks-in-a-row", "must be at least 1");
  if (laser_window_ticks < 1) return bad("laser-window-ticks", "must be at least 1");
  return {};
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/sync/alignment.h"
#include "lockstep/sync/lasers.h"
#include "lockstep/sync/measure.h"
#include "lockstep/sync/report.h"

// Measures against gates: one function per row of the gate table (docs/verify.md).

namespace lockstep {

/// What the rules look at.
struct Case {
  const Evidence& evidence;
  const Alignment& all;
  const Measures& measures;
  const std::vector<LaserReport>& lasers;
  const Gates& gates;
  size_t reference;
};

void judge_offsets(const Case& set, std::vector<Finding>& out);
void judge_single_ticks(const Case& set, std::vector<Finding>& out);
/// Offsets that leave the plan for a second or longer, by less than a single tick may.
void judge_windows(const Case& set, std::vector<Finding>& out);
/// Where the sync line broke, by arrival: one finding for a break and all cameras behind it; a
/// warning where it may have. Nothing where the source began anew.
void judge_line(const Case& set, const SyncReport& report, std::vector<Finding>& out);
/// True where the part that is judged of the source is a later one: its pulses paused before, so
/// that whatever runs by its own crystal since then lost no cable.
[[nodiscard]] bool began_anew(const Case& set);
/// True for a camera that `judge_line` convicts of being off the line; other findings follow from
/// that.
[[nodiscard]] bool hangs_on_line(const std::vector<Finding>& findings, const std::string& device);
/// Rates of the stamps; of cameras that are off the line nothing more is said.
void judge_rates(const Case& set, const SyncReport& report, std::vector<Finding>& out);
/// Lost and repeated ticks, restarts of the clock and early ends; from the report's devices.
void judge_ticks(const Case& set, const SyncReport& report, std::vector<Finding>& out);
void judge_measured_lasers(const Case& set, std::vector<Finding>& out);
/// Fills in `cause` of offsets, by what else was found.
void diagnose(const Case& set, const SyncReport& report, std::vector<Finding>& findings);

/// Span of `count` ticks from `first` on one stream, with its device times.
[[nodiscard]] TickSpan span_of(const Alignment& all, const AlignedStream& stream, int64_t first,
                               int64_t count);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/rig/findings.h"
#include "lockstep/rig/plan.h"

// When lasers fire, and delays that keep them apart (docs/sensor-facts.md, "Lasers").

namespace lockstep {

inline constexpr double kLeastDarkGapUs = 30;  ///< the rule, on realised delays
inline constexpr double kAimedDarkGapUs = 35;  ///< what the planner aims for

/// Smallest dark time in us between any pulse of `a`, whose first starts at `a_start_us`, and any
/// of `b`, both repeating every `period_us`. Negative: two pulses are on at once, for that long. A
/// train without pulses is infinitely far from everything.
[[nodiscard]] double dark_gap_us(const LaserTrain& a, double a_start_us, const LaserTrain& b,
                                 double b_start_us, double period_us);

/// Chooses every delay that the rig leaves to the planner (config of `plan.cameras`, whose roles
/// are set) and reports what it had to do to fit everybody in, or whom it could not.
void choose_delays(const Rig& rig, Plan& plan, Findings& findings);

/// Fills delays, laser windows and gaps of the plan from its configurations and judges the gaps
/// that the rig file's own delays make.
void judge_planned_lasers(const Rig& rig, Plan& plan, Findings& findings);

}  // namespace lockstep

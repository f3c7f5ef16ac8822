// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/rig/plan.h"

namespace lockstep {

/// The plan for people, at most 100 columns: findings with their mends, cameras, laser timeline,
/// gaps, load, start order, wiring sheet.
[[nodiscard]] std::string plan_to_text(const Plan& plan);

/// Only the findings of at least `least`; "" when there is none.
[[nodiscard]] std::string findings_to_text(const Plan& plan, Severity least);

}  // namespace lockstep

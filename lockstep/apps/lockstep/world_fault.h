// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/rig/plan.h"
#include "lockstep/rig/rig.h"

namespace lockstep {

/// Reads a fault as --fault says it, "camera:kind:at_s[:value[:count]]". invalid_argument names
/// what is wrong: the shape, a number that the rig file would not take either, a camera that the
/// rig does not have, or a kind that does not exist.
Result<WorldFault> parse_world_fault(const std::string& text, const Rig& rig);

/// A sentence for each fault that does not show in a take by this plan of the device times `from_s`
/// to `to_s`.
[[nodiscard]] std::vector<std::string> faults_outside(const RigWorld& world, const Plan& plan,
                                                      double from_s, double to_s);

/// The kinds, for help texts.
[[nodiscard]] std::string world_fault_kinds();

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/base/result.h"
#include "lockstep/rig/rig.h"

namespace lockstep {

/// Reads a fault as --fault says it, "camera:kind:at_s[:value[:count]]". invalid_argument names
/// what is wrong: the shape, a number, a camera that the rig does not have, or a kind that does not
/// exist.
Result<WorldFault> parse_world_fault(const std::string& text, const Rig& rig);

/// The kinds, for help texts.
[[nodiscard]] std::string world_fault_kinds();

}  // namespace lockstep

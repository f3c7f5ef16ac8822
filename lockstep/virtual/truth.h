// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/virtual/rig_core.h"

namespace lockstep {

/// The ground truth of a virtual rig as JSON (docs/virtual-rig.md).
[[nodiscard]] std::string describe_truth(const RigCore& core);

}  // namespace lockstep

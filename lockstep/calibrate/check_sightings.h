// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/base/result.h"
#include "lockstep/calibrate/calibrate_rig.h"

namespace lockstep {

/// Why these views are none to solve with: unusable_input naming the cameras and what to do, for a
/// board that nobody saw, that one camera alone saw, or groups of cameras that share no tick, and
/// for markers that are not those of the board.
Result<void> check_sightings(const BoardEvidence& evidence);

}  // namespace lockstep

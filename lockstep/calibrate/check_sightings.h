// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/base/result.h"
#include "lockstep/calibrate/calibrate_rig.h"

namespace lockstep {

/// Of all sightings together.
[[nodiscard]] MarkerCount count_markers(const std::vector<BoardSighting>& sightings);

/// Errors: unusable_input where what was seen has more markers that this board does not have, or
/// not there, than markers of it. One that is read wrong says nothing: all sightings count.
Result<void> check_markers(const std::vector<BoardSighting>& sightings, const Board& board);

/// Why these views are none to solve with: unusable_input naming the cameras and what to do, for a
/// board that nobody saw, that one camera alone saw, or groups of cameras that share no tick, and
/// for markers that are not those of the board.
Result<void> check_sightings(const BoardEvidence& evidence);

}  // namespace lockstep

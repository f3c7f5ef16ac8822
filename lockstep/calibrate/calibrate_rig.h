// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/calibrate/calibration_report.h"

namespace lockstep {

/// All that was seen of a board by the cameras of a rig.
struct BoardEvidence {
  std::vector<CameraToSolve> cameras;  ///< as their factory calibrations have them
  std::vector<std::string> serials;    ///< in the same order
  Board board;
  std::vector<BoardSighting> sightings;
};

/// Why these views are none to solve with: unusable_input naming the cameras and what to do, for a
/// board that nobody saw, that one camera alone saw, or groups of cameras that share no tick, and
/// for markers that are not those of the board.
Result<void> check_sightings(const BoardEvidence& evidence);

/// Calibrates a rig: checks, selects, solves, leaves out views that contradict all others, and
/// judges by what was held out. Errors: those of check_sightings() and solve_rig(); unusable_input
/// for a board of another size than its file says, and for poses that the held-out ticks refute.
/// Pure.
Result<CalibrationReport> calibrate_rig(const BoardEvidence& evidence,
                                        const SolveOptions& options = {});

}  // namespace lockstep

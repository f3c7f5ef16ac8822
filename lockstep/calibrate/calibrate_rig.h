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

/// Calibrates a rig: checks, selects, solves, leaves out views that contradict all others, and
/// judges by what was held out. Errors: those of check_sightings() and solve_rig(); unusable_input
/// for a board of another size than its file says, for cameras of which much contradicts the
/// others, and for poses that the held-out ticks refute. Pure.
Result<CalibrationReport> calibrate_rig(const BoardEvidence& evidence,
                                        const SolveOptions& options = {});

}  // namespace lockstep

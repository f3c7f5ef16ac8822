// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/calibrate/calibration_report.h"

namespace lockstep {

/// What falls short of a calibration that people can trust, and what to do about it, most severe
/// first. Looks at everything in `report` but its advice.
[[nodiscard]] std::vector<Advice> advise(const CalibrationReport& report);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/calibrate/calibration_report.h"

namespace lockstep {

/// What a person reads of a calibration; in colour where the terminal takes it.
[[nodiscard]] std::string calibration_to_text(const CalibrationReport& report, bool color);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/calibrate/calibration_report.h"

namespace lockstep {

/// calibration.json: what write_rig_calibration() writes, and beside it what is said of it.
[[nodiscard]] std::string calibration_report_to_json(const CalibrationReport& report);

/// The views to show, for the page: an array of objects with "camera", "sensor" ("color" or
/// "infrared"), "tick", "worst", "rms_px", and "corners", each [id, seen x, seen y, expected x,
/// expected y] in pixels.
[[nodiscard]] std::string shown_views_to_json(const CalibrationReport& report);

}  // namespace lockstep

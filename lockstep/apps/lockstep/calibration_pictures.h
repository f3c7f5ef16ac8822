// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/calibrate/calibration_report.h"
#include "lockstep/report/calibration_page.h"

namespace lockstep {

/// Small photographs of the views to show, read from the take; one for each, without bytes where
/// the image cannot be read again. Errors: those of SetReader.
Result<std::vector<CalibrationPicture>> calibration_pictures(
    const std::filesystem::path& take_folder, const std::vector<ShownView>& shown);

}  // namespace lockstep

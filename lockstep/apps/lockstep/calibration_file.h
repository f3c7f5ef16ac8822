// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lockstep/base/result.h"

// What every way to calibrate begins with.

namespace lockstep {

/// Where a calibration goes: `output`, or, where that is empty, calibration.json of the take.
/// Errors: invalid_argument for a name that does not end in .json; already_exists.
Result<std::filesystem::path> new_calibration_file(const std::string& take,
                                                   const std::string& output);

/// Warns of what a detector did that crashed or hung, and of images that were left out, each with
/// its sentence.
void say_mishaps(const std::vector<std::string>& mishaps, const std::vector<std::string>& left_out);

}  // namespace lockstep

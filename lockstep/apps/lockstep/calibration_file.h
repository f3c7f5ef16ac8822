// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lockstep/base/result.h"

// What every way to calibrate begins with.

namespace lockstep {

/// Whether there is a take of that name. Errors: not_found; unusable_input for a file.
Result<void> check_is_take(const std::string& take);

/// Whether a new file can be written there, so that no work is lost for one that cannot be. Errors:
/// already_exists, io, no_space.
Result<void> check_new_file(const std::filesystem::path& file);

/// Where a calibration goes: `output`, or, where that is empty, calibration.json of the take.
/// Errors: invalid_argument for a name that does not end in .json; those of check_new_file().
Result<std::filesystem::path> new_calibration_file(const std::string& take,
                                                   const std::string& output);

/// Warns of what a detector did that crashed or hung, and of images that were left out, each with
/// its sentence.
void say_mishaps(const std::vector<std::string>& mishaps, const std::vector<std::string>& left_out);

}  // namespace lockstep

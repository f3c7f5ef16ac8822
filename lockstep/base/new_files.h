// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "lockstep/base/result.h"

// Files and folders that a program makes by the name it was given with -o.

namespace lockstep {

/// Errors: already_exists when there is something of that name, which says to choose another with
/// -o.
Result<void> check_new(const std::filesystem::path& target);

/// Makes a new folder with all above it. Errors: those of check_new, io, no_space.
Result<void> make_new_folders(const std::filesystem::path& folder);

/// Makes the folder that a file goes into where it is not there. Errors: io, no_space.
Result<void> make_folder_of(const std::filesystem::path& file);

}  // namespace lockstep

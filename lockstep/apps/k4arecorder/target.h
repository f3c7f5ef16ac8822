// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "lockstep/base/result.h"

namespace lockstep {

/// Whether a recording can be made there: found out before a camera is touched. Errors: io,
/// invalid_argument.
Result<void> check_target(const std::filesystem::path& file);

/// Gives a file of that name another one, "out.old.mkv" or "out.old2.mkv", which is returned;
/// empty: there is none.
Result<std::filesystem::path> move_aside(const std::filesystem::path& file);

}  // namespace lockstep

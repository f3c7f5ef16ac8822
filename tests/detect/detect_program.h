// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/program.h"

namespace lockstep::testing {

/// The built lockstep-detect, and lockstep.
std::filesystem::path detect_program();
std::filesystem::path lockstep_program();

/// Runs lockstep to its end; what it says on stderr comes back without the line
/// breaks that the columns gave it.
Finished run_lockstep(const std::vector<std::string>& arguments);

/// The file of a Board{}.
inline constexpr const char* kBoardFile =
    "kind = \"charuco\"\nsquares = \"9x7\"\nsquare_mm = 80\nmarker_mm = 60\n"
    "dictionary = \"DICT_5X5_250\"\n";

}  // namespace lockstep::testing

// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace lockstep::testing {

/// The built lockstep-detect, and lockstep.
std::filesystem::path detect_program();
std::filesystem::path lockstep_program();

}  // namespace lockstep::testing

// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace lockstep::testing {

/// The built lockstep-detect.
std::filesystem::path detect_program();

}  // namespace lockstep::testing

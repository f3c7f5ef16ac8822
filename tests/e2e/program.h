// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/program.h"

namespace lockstep::testing {

/// Runs `lockstep` with these arguments to its end; `environment` holds "NAME=value" on top of
/// ours.
Finished lockstep(const std::vector<std::string>& arguments,
                  const std::vector<std::string>& environment = {},
                  const std::filesystem::path& folder = {});

/// The built program.
std::filesystem::path lockstep_program();

}  // namespace lockstep::testing

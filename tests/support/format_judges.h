// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "tests/support/program.h"

// The programs that say whether a file is of its format, each by the people who own the format:
// scripts of tests/formats, for node, on packages from npm that `tools/packages install tests` puts
// down.

namespace lockstep::testing {

/// Why no script can be asked here, for GTEST_SKIP(); empty when they can.
std::string judges_missing();

/// Runs a script of tests/formats to its end.
Finished judge(const std::string& script, const std::vector<std::string>& arguments);

}  // namespace lockstep::testing

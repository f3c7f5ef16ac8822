// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/base/result.h"

namespace lockstep {

/// What the shell is told (docs/decisions, "Exit codes"). Warnings do not change it.
enum ExitCode : int {
  kExitGood = 0,         ///< done, and what was checked is good
  kExitFallsShort = 1,   ///< done, and what was checked falls short
  kExitUnusable = 2,     ///< wrong use, or input that cannot be used
  kExitDeviceFailed = 3  ///< a device, disk or host failed
};

/// Exit code for a failure: 2 for what the user gave, 3 for what the machine did.
[[nodiscard]] ExitCode exit_code_for(Errc code);

/// Prints "lockstep: <sentence>" to stderr and returns the exit code.
int report_failure(const Error& error);

}  // namespace lockstep

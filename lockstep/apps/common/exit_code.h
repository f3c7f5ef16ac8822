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

/// Exit code for a failure: 2 for what the user gave, 3 for what the machine did, 1 where the user
/// ended it before there was anything to judge.
[[nodiscard]] ExitCode exit_code_for(Errc code);

/// For --json: from now on report_failure prints the failure as an object on stdout as well
/// (docs/schemas/error.schema.json), so that whoever parses the output always finds one. Call it
/// before any thread is started.
void report_failures_as_json();

/// Prints "lockstep: <sentence>" to stderr and returns the exit code.
int report_failure(const Error& error);
/// The same with an exit code of its own: 1 where what was checked falls short.
int report_failure(const Error& error, ExitCode exit_code);
/// The same for a sentence that is on stderr already: only the object, if one is asked for.
void report_failure_object(const Error& error, ExitCode exit_code);

}  // namespace lockstep

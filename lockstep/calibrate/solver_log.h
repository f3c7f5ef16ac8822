// SPDX-License-Identifier: MIT
#pragma once

namespace lockstep {

/// Keeps Ceres from writing to standard error that a step was tried in vain: of its log, which is
/// that of the whole process, only what ends the program is left. For before a solve; any thread.
void silence_solver_log();

}  // namespace lockstep

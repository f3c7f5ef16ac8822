// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/apps/common/interrupt.h"
#include "lockstep/apps/k4arecorder/options.h"

namespace lockstep {

/// Records one camera as asked, from opening it to the whole file, and prints the vendor's lines as
/// it goes. Returns the exit code: 0, or 1 where something failed.
int run_recorder(const RecorderOptions& options, const Interrupt& interrupt);

}  // namespace lockstep

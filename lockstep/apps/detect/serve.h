// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/base/result.h"

namespace lockstep {

/// Reads requests from `in` and writes an answer for each to `out`, until `in` ends. A request that
/// cannot be used is answered with its refusal; what is no message at all, a cut in the middle of
/// one, or nobody to read the answers is an Error. Blocks.
Result<void> serve_detection(int in, int out);

}  // namespace lockstep

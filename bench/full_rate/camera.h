// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "bench/full_rate/mode.h"

namespace lockstep::full_rate {

/// One camera as a program of its own: starts device `index` and reads `captures` of it. Prints
/// "started", at the end for each capture its colour and its depth or infrared stamp and how late
/// it was handed out, in microseconds, and last how many images were not what the mode says and
/// the seconds of processor that reading took; or one line that says what failed. Exit status.
int run_camera(uint32_t index, const Mode& mode, int captures);

}  // namespace lockstep::full_rate

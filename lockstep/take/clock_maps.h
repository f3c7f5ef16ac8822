// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "lockstep/sync/evidence.h"
#include "lockstep/time/clock_map.h"

namespace lockstep {

/// How the clock of one recording runs against the rig's ticks.
struct FileClock {
  std::string file;
  ClockMap map;  ///< of its stamps less the planned offset
};

/// Fits every recording that the take has placed on the rig's time and that has stamps. Where one
/// file holds a step of its clock, the stretch up to the step is fitted.
[[nodiscard]] std::vector<FileClock> fit_clocks(const Evidence& evidence);

}  // namespace lockstep

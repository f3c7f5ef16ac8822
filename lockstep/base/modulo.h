// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

namespace lockstep {

/// `value` moved by whole periods into [0, period); `period` > 0.
[[nodiscard]] inline double modulo(double value, double period) {
  const double rest = std::fmod(value, period);
  return rest < 0 ? rest + period : rest;
}

}  // namespace lockstep

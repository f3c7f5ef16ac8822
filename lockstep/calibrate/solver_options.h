// SPDX-License-Identifier: MIT
#pragma once

#include <ceres/solver.h>

namespace lockstep {

/// Options of a solve that writes nothing to standard error: neither its progress nor, by way of
/// Ceres's log (of the whole process: warnings are dropped from then on), that a step was tried in
/// vain.
[[nodiscard]] ceres::Solver::Options quiet_solver_options();

}  // namespace lockstep

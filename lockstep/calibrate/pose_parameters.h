// SPDX-License-Identifier: MIT
#pragma once

#include <array>

#include "lockstep/geometry/rigid.h"

namespace lockstep {

/// A pose as the solvers of this room have it: an angle-axis vector and a shift.
using PoseParameters = std::array<double, 6>;

[[nodiscard]] PoseParameters parameters_of(const RigidTransform& pose);
[[nodiscard]] RigidTransform pose_of(const PoseParameters& parameters);

}  // namespace lockstep

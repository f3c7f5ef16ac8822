// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/geometry/rigid.h"
#include "lockstep/rig/rig.h"

namespace lockstep {

/// Frames that a world with a board lasts: its ticks for each two neighbours of `cameras`.
[[nodiscard]] int board_frames(const RigWorld& world, int cameras);

/// Where the board of a world is in a frame, 0 .. board_frames() - 1: somewhat before what the two
/// cameras look at to which it is shown, turned to between them, tilted and moved on in every
/// frame.
[[nodiscard]] RigidTransform world_from_board(const RigWorld& world,
                                              const std::vector<CameraPlace>& places, int frame);

}  // namespace lockstep

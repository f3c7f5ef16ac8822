// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>

#include "lockstep/geometry/board.h"
#include "lockstep/rig/rig.h"

namespace lockstep {

/// A board that is carried about in a virtual world in place of what else moves there: shown to
/// each two neighbouring cameras in turn, at another place and tilt in every frame.
struct WorldBoard {
  Board board;
  int ticks_per_pair = 30;
};

/// How many pairs of neighbours a board is shown to: on a circle the last camera and the first one
/// are neighbours, too.
[[nodiscard]] inline int neighbour_pairs(const RigWorld& world, int cameras) {
  if (world.arrangement == Arrangement::circle && cameras > 2) return cameras;
  return std::max(1, cameras - 1);
}

}  // namespace lockstep

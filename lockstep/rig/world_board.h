// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/geometry/board.h"

namespace lockstep {

/// A board that is carried about in a virtual world in place of what else moves there: shown to
/// each two neighbouring cameras in turn, at another place and tilt in every frame.
struct WorldBoard {
  Board board;
  int ticks_per_pair = 30;
};

}  // namespace lockstep

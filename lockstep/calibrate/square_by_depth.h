// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/calibrate/rig_solver.h"

namespace lockstep {

/// So many sigmas from its file, a board is another one.
inline constexpr double kSurelyOtherSigmas = 4;

/// How large a board is by depth.
struct SquareByDepth {
  double ratio = 0;  ///< what a square measures over what the board file says; 0: nothing tells
  double sigma = 0;  ///< one, of what depth cameras are off by
};

/// From how depth grows with the distance that the board's image tells, and from how far the two
/// are apart: the offset of a camera's depth is a centimetre or so and does not grow, so that it is
/// told from a board of another size. By the factory's lenses. Pure.
[[nodiscard]] SquareByDepth square_by_depth(const std::vector<CameraToSolve>& cameras,
                                            const Board& board,
                                            const std::vector<BoardView>& views);

}  // namespace lockstep

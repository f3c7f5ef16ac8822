// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "lockstep/calibrate/board_view.h"

namespace lockstep {

/// Images that the solve does without, and why.
struct LeftOut {
  int few_corners = 0;    ///< the board was there, with fewer corners than say where it is
  int blurred = 0;        ///< moved, or out of focus
  int alike_ticks = 0;    ///< ticks that show the board where an earlier one does
  int contradicting = 0;  ///< far off where all others say that the board is
};

/// Which views are solved with, and which are kept from the solve to judge it.
struct ViewSelection {
  std::vector<BoardView> solve;
  std::vector<BoardView> held_out;
  LeftOut left_out;
};

/// Of the ticks that two cameras saw, every so many-th is held out.
inline constexpr int kHoldOutEvery = 5;

/// The widest edge that still is sharp among the images of one camera, by the widths in all of them
/// (BoardSighting::edge_width_px, 0 for not known). Pure.
[[nodiscard]] double widest_sharp_edge_px(std::vector<double> edge_widths_px);

/// Whether two images of one camera show the board where it was not moved: it then says nothing
/// new. Corners by their ids. Pure.
[[nodiscard]] bool show_one_place(const std::vector<SeenCorner>& a,
                                  const std::vector<SeenCorner>& b);

/// Sorts what was seen. Held out is a fifth of the ticks of every pair of cameras, no more. Pure.
[[nodiscard]] ViewSelection select_views(const std::vector<BoardSighting>& sightings);

}  // namespace lockstep

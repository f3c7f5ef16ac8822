// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/geometry/board_pattern.h"

namespace lockstep {

/// "a4" to "a0": ISO 216's sizes.
[[nodiscard]] const std::vector<std::string>& paper_names();

/// A board at true scale on one page: the pattern, a ruler of 100 mm in both directions, and words.
struct BoardSheet {
  std::string pdf;    ///< the document
  std::string paper;  ///< of paper_names(); "" for a page that is as large as the board needs
  double width_mm = 0;
  double height_mm = 0;
};

/// Draws the board on `paper` ("" for the smallest that fits, and a page of its own for a board
/// that none does), with `words` beside the ruler. A paper that is too small is invalid_argument,
/// in a sentence that says what fits.
Result<BoardSheet> draw_board_sheet(const BoardPattern& pattern, std::string_view words,
                                    std::string_view paper = {});

}  // namespace lockstep

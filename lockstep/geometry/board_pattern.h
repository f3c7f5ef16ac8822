// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "lockstep/base/result.h"
#include "lockstep/geometry/board.h"
#include "lockstep/geometry/marker_dictionary.h"

namespace lockstep {

/// What is printed on a board, by place.
class BoardPattern {
 public:
  /// Errors: those of find_dictionary().
  static Result<BoardPattern> make(const Board& board);

  [[nodiscard]] const Board& board() const { return board_; }
  /// Whether the print is black at a place of the board frame, in metres; around the pattern it is
  /// white.
  [[nodiscard]] bool is_black(double x_m, double y_m) const;

 private:
  explicit BoardPattern(const Board& board) : board_(board) {}

  Board board_;
  std::optional<MarkerDictionary> dictionary_;  ///< of ChArUco boards
  std::vector<int> markers_;                    ///< of each square, by rows; -1: none
};

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/geometry/board.h"
#include "lockstep/geometry/marker_dictionary.h"

namespace lockstep {

/// What is black on a board, for whoever draws or renders one. A value.
class BoardPattern {
 public:
  /// Not_found where there is no such dictionary, invalid_argument where it has too few markers.
  static Result<BoardPattern> make(const Board& board);

  [[nodiscard]] const Board& board() const { return board_; }

  /// Whether the print is black at a point of the board frame; all around the pattern is white.
  [[nodiscard]] bool is_black(double x_m, double y_m) const;

  /// Metres in the board frame.
  struct Rectangle {
    double x_m = 0, y_m = 0, width_m = 0, height_m = 0;
  };
  /// Everything black; no two of them overlap, neighbours touch.
  [[nodiscard]] std::vector<Rectangle> black() const;

 private:
  BoardPattern(Board board, std::optional<MarkerDictionary> markers);
  /// Of a cell of a marker, counted from -1, where its black border is.
  [[nodiscard]] bool is_black_cell(int marker, int column, int row) const;
  void add_marker(int column, int row, int marker, std::vector<Rectangle>& black) const;

  Board board_;
  std::optional<MarkerDictionary> markers_;  ///< none on a chessboard
  std::vector<int> marker_in_;               ///< of every square along rows; -1 where there is none
};

}  // namespace lockstep

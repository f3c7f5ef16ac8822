// SPDX-License-Identifier: MIT
#include "lockstep/geometry/board_pattern.h"

#include <cmath>
#include <utility>

namespace lockstep {

Result<BoardPattern> BoardPattern::make(const Board& board) {
  BoardPattern pattern(board);
  for (int row = 0; row < board.squares_y; ++row) {
    for (int column = 0; column < board.squares_x; ++column)
      pattern.markers_.push_back(board.marker_in(column, row).value_or(-1));
  }
  if (board.kind == BoardKind::chessboard) return pattern;
  auto dictionary = find_dictionary(board.dictionary);
  if (!dictionary) return std::move(dictionary).error();
  pattern.dictionary_ = *std::move(dictionary);
  return pattern;
}

bool BoardPattern::is_black(double x_m, double y_m) const {
  const double x = x_m / board_.square_m;
  const double y = y_m / board_.square_m;
  if (!(x >= 0 && y >= 0 && x < board_.squares_x && y < board_.squares_y)) return false;
  const int column = static_cast<int>(x);
  const int row = static_cast<int>(y);
  if (board_.is_black(column, row)) return true;
  const int marker = markers_[static_cast<size_t>(row * board_.squares_x + column)];
  if (marker < 0 || marker >= dictionary_->count()) return false;
  // The marker lies in the middle of its square; one bit of black is around its bits.
  const int side = dictionary_->bits_per_side() + 2;
  const double bit_m = board_.marker_m / side;
  const auto bit_of = [&](double within_m) {
    return static_cast<int>(
        std::floor((within_m - (board_.square_m - board_.marker_m) / 2) / bit_m));
  };
  const int bx = bit_of(x_m - column * board_.square_m);
  const int by = bit_of(y_m - row * board_.square_m);
  if (bx < 0 || by < 0 || bx >= side || by >= side) return false;
  const bool border = bx == 0 || by == 0 || bx == side - 1 || by == side - 1;
  return border || !dictionary_->is_white(marker, bx - 1, by - 1);
}

}  // namespace lockstep

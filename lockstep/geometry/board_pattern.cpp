// SPDX-License-Identifier: MIT
#include "lockstep/geometry/board_pattern.h"

#include <fmt/core.h>

#include <cmath>
#include <utility>

namespace lockstep {

Result<BoardPattern> BoardPattern::make(const Board& board) {
  if (board.kind == BoardKind::chessboard) return BoardPattern(board, std::nullopt);
  auto markers = find_dictionary(board.dictionary);
  if (!markers) return std::move(markers).error();
  if (const int needed = board.marker_count(); needed > markers->count()) {
    return Error{
        Errc::invalid_argument,
        fmt::format("{} has {} markers, and {}x{} squares take {}: take a larger "
                    "dictionary or fewer squares",
                    board.dictionary, markers->count(), board.squares_x, board.squares_y, needed)};
  }
  return BoardPattern(board, *std::move(markers));
}

BoardPattern::BoardPattern(Board board, std::optional<MarkerDictionary> markers)
    : board_(std::move(board)), markers_(std::move(markers)) {
  for (int row = 0; row < board_.squares_y; ++row) {
    for (int column = 0; column < board_.squares_x; ++column)
      marker_in_.push_back(board_.marker_in(column, row).value_or(-1));
  }
}

bool BoardPattern::is_black_cell(int marker, int column, int row) const {
  const int bits = markers_->bits_per_side();
  const bool on_border = column < 0 || row < 0 || column >= bits || row >= bits;
  return on_border || !markers_->is_white(marker, column, row);
}

bool BoardPattern::is_black(double x_m, double y_m) const {
  const double x = x_m / board_.square_m, y = y_m / board_.square_m;
  if (!(x >= 0 && y >= 0 && x < board_.squares_x && y < board_.squares_y)) return false;
  const int column = static_cast<int>(x), row = static_cast<int>(y);
  if (board_.is_black(column, row)) return true;
  const int marker = marker_in_[static_cast<size_t>(row * board_.squares_x + column)];
  if (marker < 0) return false;
  const double side = board_.marker_m / board_.square_m;
  const double in_x = (x - column - (1 - side) / 2) / side;  // 0 to 1 within the marker
  const double in_y = (y - row - (1 - side) / 2) / side;
  if (!(in_x >= 0 && in_y >= 0 && in_x < 1 && in_y < 1)) return false;
  const int cells = markers_->bits_per_side() + 2;
  return is_black_cell(marker, static_cast<int>(in_x * cells) - 1,
                       static_cast<int>(in_y * cells) - 1);
}

void BoardPattern::add_marker(int column, int row, int marker,
                              std::vector<Rectangle>& black) const {
  const int bits = markers_->bits_per_side();
  const double cell = board_.marker_m / (bits + 2);
  const double margin = (board_.square_m - board_.marker_m) / 2;
  const double left = column * board_.square_m + margin, top = row * board_.square_m + margin;
  for (int y = -1; y <= bits; ++y) {
    for (int x = -1; x <= bits; ++x) {
      if (!is_black_cell(marker, x, y)) continue;
      const int first = x;
      while (x < bits && is_black_cell(marker, x + 1, y)) ++x;
      black.push_back(
          {left + (first + 1) * cell, top + (y + 1) * cell, (x - first + 1) * cell, cell});
    }
  }
}

std::vector<BoardPattern::Rectangle> BoardPattern::black() const {
  std::vector<Rectangle> black;
  const double side = board_.square_m;
  for (int row = 0; row < board_.squares_y; ++row) {
    for (int column = 0; column < board_.squares_x; ++column) {
      const int marker = marker_in_[static_cast<size_t>(row * board_.squares_x + column)];
      if (board_.is_black(column, row)) {
        black.push_back({column * side, row * side, side, side});
      } else if (marker >= 0) {
        add_marker(column, row, marker, black);
      }
    }
  }
  return black;
}

}  // namespace lockstep

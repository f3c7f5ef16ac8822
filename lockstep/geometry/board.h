// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <optional>
#include <string>

namespace lockstep {

enum class BoardKind { charuco, chessboard };

/// A flat calibration board: a chessboard whose inner corners are what is measured, on a ChArUco
/// board with a marker in every white square. Board frame: metres, the origin at the top left
/// corner of the pattern, x along its upper edge, y down its left edge, z into the board, away from
/// who looks at it.
struct Board {
  BoardKind kind = BoardKind::charuco;
  int squares_x = 9;
  int squares_y = 7;
  double square_m = 0.08;
  double marker_m = 0.06;                   ///< side of a marker with its black border
  std::string dictionary = "DICT_5X5_250";  ///< by OpenCV's name
  /// The layout of ChArUco boards made with OpenCV before 4.6, which with an even number of rows
  /// have a white square at the top left; all others have a black one there.
  bool legacy_layout = false;

  friend bool operator==(const Board&, const Board&) = default;

  [[nodiscard]] double width_m() const { return squares_x * square_m; }
  [[nodiscard]] double height_m() const { return squares_y * square_m; }

  /// Inner corners, counted along rows from the top left.
  [[nodiscard]] int corners_x() const { return squares_x - 1; }
  [[nodiscard]] int corners_y() const { return squares_y - 1; }
  [[nodiscard]] int corner_count() const { return corners_x() * corners_y(); }
  /// Where a corner is in the board frame.
  [[nodiscard]] Eigen::Vector3d corner(int id) const {
    return {(id % corners_x() + 1) * square_m, (id / corners_x() + 1) * square_m, 0};
  }

  [[nodiscard]] bool is_black(int column, int row) const {
    const int shift = legacy_layout && squares_y % 2 == 0 ? 1 : 0;
    return (column + row + shift) % 2 == 0;
  }
  [[nodiscard]] int marker_count() const {
    int white = 0;
    for (int square = 0; square < squares_x * squares_y; ++square)
      white += is_black(square % squares_x, square / squares_x) ? 0 : 1;
    return kind == BoardKind::charuco ? white : 0;
  }
  /// Number of the marker in a square, counted along rows from the top left; nothing in a black
  /// square and on a chessboard.
  [[nodiscard]] std::optional<int> marker_in(int column, int row) const {
    if (kind != BoardKind::charuco || is_black(column, row)) return std::nullopt;
    int before = 0;
    for (int square = 0; square < row * squares_x + column; ++square)
      before += is_black(square % squares_x, square / squares_x) ? 0 : 1;
    return before;
  }
};

}  // namespace lockstep

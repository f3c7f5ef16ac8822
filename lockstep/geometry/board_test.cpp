// SPDX-License-Identifier: MIT
#include "lockstep/geometry/board.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

Board board_of(int squares_x, int squares_y, bool legacy) {
  Board board;
  board.squares_x = squares_x;
  board.squares_y = squares_y;
  board.legacy_layout = legacy;
  return board;
}

TEST(Board, CornersAreCountedAlongRowsFromTheTopLeft) {
  const Board board;
  EXPECT_EQ(board.corner_count(), 48);
  EXPECT_EQ(board.corner(0), Eigen::Vector3d(0.08, 0.08, 0));
  EXPECT_EQ(board.corner(7), Eigen::Vector3d(8 * 0.08, 0.08, 0));
  EXPECT_EQ(board.corner(8), Eigen::Vector3d(0.08, 2 * 0.08, 0));
  EXPECT_EQ(board.corner(47), Eigen::Vector3d(8 * 0.08, 6 * 0.08, 0));
  EXPECT_DOUBLE_EQ(board.width_m(), 0.72);
  EXPECT_DOUBLE_EQ(board.height_m(), 0.56);
}

TEST(Board, OnlyEvenRowsTellTheLayoutsApart) {
  for (const bool legacy : {false, true}) {
    EXPECT_TRUE(board_of(9, 7, legacy).is_black(0, 0));
    EXPECT_EQ(board_of(9, 6, legacy).is_black(0, 0), !legacy);
  }
}

TEST(Board, EveryWhiteSquareHasTheNextMarker) {
  for (const bool legacy : {false, true}) {
    for (const int rows : {6, 7}) {
      const Board board = board_of(5, rows, legacy);
      int next = 0;
      for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < 5; ++column) {
          const auto marker = board.marker_in(column, row);
          ASSERT_EQ(marker.has_value(), !board.is_black(column, row));
          EXPECT_EQ(marker.value_or(next), next);
          next += marker ? 1 : 0;
        }
      }
      EXPECT_EQ(board.marker_count(), next);
    }
  }
}

TEST(Board, AChessboardHasNoMarkers) {
  Board board;
  board.kind = BoardKind::chessboard;
  EXPECT_FALSE(board.marker_in(1, 0));
  EXPECT_EQ(board.marker_count(), 0);
}

}  // namespace
}  // namespace lockstep

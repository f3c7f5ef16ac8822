// SPDX-License-Identifier: MIT
#include "lockstep/geometry/board_pattern.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(BoardPattern, HasBlackSquaresAndMarkersInTheWhiteOnes) {
  const Board board;
  const auto pattern = BoardPattern::make(board);
  ASSERT_TRUE(pattern);
  const auto dictionary = find_dictionary(board.dictionary);
  for (int row = 0; row < board.squares_y; ++row) {
    for (int column = 0; column < board.squares_x; ++column) {
      const double left = column * board.square_m, top = row * board.square_m;
      const double edge = 0.001;
      EXPECT_EQ(pattern->is_black(left + edge, top + edge), board.is_black(column, row));
      const auto marker = board.marker_in(column, row);
      if (!marker) continue;
      const double border = (board.square_m - board.marker_m) / 2;
      EXPECT_TRUE(pattern->is_black(left + border + edge, top + border + edge)) << "its border";
      const double bit = board.marker_m / 7;
      for (int y = 0; y < 5; ++y) {
        for (int x = 0; x < 5; ++x) {
          EXPECT_NE(
              pattern->is_black(left + border + (x + 1.5) * bit, top + border + (y + 1.5) * bit),
              dictionary->is_white(*marker, x, y));
        }
      }
    }
  }
  EXPECT_FALSE(pattern->is_black(-0.001, 0.01));
  EXPECT_FALSE(pattern->is_black(0.01, board.height_m() + 0.001));
}

TEST(BoardPattern, OfAnUnknownDictionaryIsNone) {
  Board board;
  board.dictionary = "DICT_9X9_50";
  EXPECT_EQ(BoardPattern::make(board).error().code, Errc::not_found);
}

}  // namespace
}  // namespace lockstep

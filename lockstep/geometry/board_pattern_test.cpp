// SPDX-License-Identifier: MIT
#include "lockstep/geometry/board_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/property.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;

BoardPattern pattern_of(const Board& board) {
  auto pattern = BoardPattern::make(board);
  EXPECT_TRUE(pattern) << pattern.error().message;
  return *std::move(pattern);
}

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

// Squares of 8 mm with markers of 6 mm, whose cells are 1 mm: marker 0 in the second square.
TEST(BoardPattern, DrawsSquaresAndTheMarkersInThem) {
  const BoardPattern pattern =
      pattern_of({BoardKind::charuco, 3, 3, 0.008, 0.006, "DICT_4X4_50", false});
  std::string rows;
  for (int y = 0; y < 9; ++y) {
    for (int x = 6; x < 18; ++x)
      rows += pattern.is_black((x + 0.5) * 1e-3, (y + 0.5) * 1e-3) ? '.' : '#';
    rows += '\n';
  }
  EXPECT_EQ(rows,
            "..########..\n"
            "..#......#..\n"
            "..#.#.##.#..\n"
            "..#..#.#.#..\n"
            "..#...##.#..\n"
            "..#...#..#..\n"
            "..#......#..\n"
            "..########..\n"
            "##........##\n");
  EXPECT_FALSE(pattern.is_black(-0.001, 0.001));
  EXPECT_FALSE(pattern.is_black(0.001, 0.0241));
}

TEST(BoardPattern, RectanglesAreWhatIsBlack) {
  lockstep::testing::expect_property({30, 300}, [](lockstep::testing::Dice& dice) {
    Board board{dice.of({BoardKind::charuco, BoardKind::chessboard}), dice.in(3, 9), dice.in(3, 9)};
    board.marker_m = 0.08 * dice.near(0.6, 0.5);
    board.dictionary = dice.of({"DICT_4X4_50", "DICT_7X7_100", "DICT_APRILTAG_36h11"});
    board.legacy_layout = dice.in(0, 2) == 1;
    const BoardPattern pattern = pattern_of(board);
    const auto rectangles = pattern.black();
    for (int i = 0; i < 300; ++i) {
      const double x = dice.near(0.36, 1.1), y = dice.near(0.28, 1.1);
      int covered = 0;
      for (const auto& r : rectangles)
        covered += x >= r.x_m && y >= r.y_m && x < r.x_m + r.width_m && y < r.y_m + r.height_m;
      RC_ASSERT(covered == (pattern.is_black(x, y) ? 1 : 0));
    }
  });
}

TEST(BoardPattern, TooFewMarkersAreTold) {
  Board board;
  board.dictionary = "DICT_4X4_50";
  board.squares_x = 20;
  const auto pattern = BoardPattern::make(board);
  ASSERT_FALSE(pattern);
  EXPECT_THAT(pattern.error().message, HasSubstr("has 50 markers, and 20x7 squares take 70"));
}

}  // namespace
}  // namespace lockstep

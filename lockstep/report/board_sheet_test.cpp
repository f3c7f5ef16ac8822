// SPDX-License-Identifier: MIT
#include "lockstep/report/board_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Result<BoardSheet> sheet_of(int squares_x, int squares_y, double square_m,
                            std::string_view paper = {}) {
  const Board board{BoardKind::charuco, squares_x, squares_y, square_m, square_m * 0.75};
  return draw_board_sheet(BoardPattern::make(board).value(), "A board.", paper);
}

TEST(BoardSheet, TakesTheSmallestPageUprightOrOnItsSide) {
  struct Expected {
    int squares_x, squares_y;
    double square_m;
    const char* paper;
    double width_mm, height_mm;
  };
  for (const Expected& expected :
       {Expected{5, 7, 0.03, "a4", 210, 297}, Expected{7, 5, 0.03, "a4", 297, 210},
        Expected{9, 7, 0.04, "a2", 420, 594}, Expected{9, 7, 0.08, "a1", 841, 594},
        Expected{9, 7, 0.2, "", 1828, 1428}}) {
    const auto sheet = sheet_of(expected.squares_x, expected.squares_y, expected.square_m);
    ASSERT_TRUE(sheet) << sheet.error().message;
    EXPECT_THAT(sheet->pdf, StartsWith("%PDF-"));
    EXPECT_EQ(sheet->paper, expected.paper);
    EXPECT_NEAR(sheet->width_mm, expected.width_mm, 1e-6);
    EXPECT_NEAR(sheet->height_mm, expected.height_mm, 1e-6);
  }
}

TEST(BoardSheet, TakesThePaperThatIsAskedFor) {
  const auto sheet = sheet_of(5, 7, 0.03, "a3");
  ASSERT_TRUE(sheet) << sheet.error().message;
  EXPECT_EQ(sheet->paper, "a3");
  EXPECT_EQ(sheet->width_mm, 297);
}

TEST(BoardSheet, APaperThatIsTooSmallIsRefusedWithOneThatFits) {
  const auto small = sheet_of(9, 7, 0.08, "a4");
  ASSERT_FALSE(small);
  EXPECT_EQ(small.error().code, Errc::invalid_argument);
  EXPECT_THAT(small.error().message, HasSubstr("takes 748 x 588 mm with its margins"));
  EXPECT_THAT(small.error().message, HasSubstr("take a1"));
  EXPECT_THAT(sheet_of(9, 7, 0.2, "a0").error().message, HasSubstr("a page of its own size"));
  EXPECT_THAT(sheet_of(5, 7, 0.03, "a9").error().message, HasSubstr("there is no paper 'a9'"));
}

}  // namespace
}  // namespace lockstep

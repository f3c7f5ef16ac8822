// SPDX-License-Identifier: MIT
#include "lockstep/rig/board_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "lockstep/geometry/marker_dictionary.h"
#include "tests/support/files.h"
#include "tests/support/property.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;

TEST(BoardFile, SaysWhatABoardIs) {
  const auto board = parse_board(R"(
kind = "charuco"
squares = "9x6"
square_mm = 40.5
marker_mm = 30
dictionary = "DICT_6X6_100"
layout = "legacy"
)",
                                 "board.toml");
  ASSERT_TRUE(board) << board.error().message;
  EXPECT_EQ(*board, (Board{BoardKind::charuco, 9, 6, 0.0405, 0.03, "DICT_6X6_100", true}));

  const auto plain = parse_board("kind = \"chessboard\"\nsquares = \"9x6\"\nsquare_mm = 25\n", "x");
  ASSERT_TRUE(plain) << plain.error().message;
  EXPECT_EQ(plain->kind, BoardKind::chessboard);
  EXPECT_EQ(plain->square_m, 0.025);
}

Board any_board(lockstep::testing::Dice& dice) {
  Board board;
  board.kind = dice.of({BoardKind::charuco, BoardKind::chessboard});
  board.squares_x = dice.in(2, 16);
  board.squares_y = dice.in(2, 16);
  board.square_m = dice.in(1, 200'000) * 1e-6;
  board.marker_m = dice.in(1, 200'000) * 1e-6;
  board.dictionary = dictionary_names()[static_cast<size_t>(dice.in(0, 21))];
  board.legacy_layout = dice.in(0, 2) == 1;
  if (board.kind == BoardKind::chessboard)
    board = {board.kind, board.squares_x, board.squares_y, board.square_m};
  return board;
}

TEST(BoardFile, WhatIsWrittenReadsBackAndWhatCannotBeIsRefused) {
  int good = 0;
  lockstep::testing::expect_property({500, 5000}, [&](lockstep::testing::Dice& dice) {
    const Board board = any_board(dice);
    const auto read = parse_board(board_to_toml(board), "board.toml");
    RC_ASSERT(read.ok() == check_board(board).ok());
    if (!read) return;
    ++good;
    RC_ASSERT(std::abs(read->square_m - board.square_m) < 1e-9);
    RC_ASSERT(board_in_words(*read) == board_in_words(board));
    RC_ASSERT(read->legacy_layout == board.legacy_layout && read->kind == board.kind);
  });
  EXPECT_GT(good, 50);
}

TEST(BoardFile, TakesAMarkerWithAQuarterOfAFieldOfWhite) {
  for (const auto& [dictionary, largest_mm] :
       {std::pair("DICT_4X4_50", 73.8), std::pair("DICT_5X5_250", 74.6),
        std::pair("DICT_7X7_50", 75.7), std::pair("DICT_APRILTAG_36h11", 75.2)}) {
    Board board;
    board.dictionary = dictionary;
    board.marker_m = largest_mm / 1000;
    EXPECT_TRUE(check_board(board)) << dictionary;
    board.marker_m += 0.0002;
    EXPECT_FALSE(check_board(board)) << dictionary;
  }
}

struct Bad {
  const char* name;
  const char* toml;
  const char* message;  ///< part of the error, with its line
};

#define CHARUCO "kind = \"charuco\"\nsquares = \"9x7\"\n"
#define MARKERS "marker_mm = 60\ndictionary = \"DICT_5X5_250\"\n"

const Bad kBad[] = {
    {"Syntax", "kind = charuco", "b.toml:1: this is not TOML"},
    {"FourCorners", "kind = \"charuco\"\nsquares = \"3x3\"\nsquare_mm = 80\n" MARKERS,
     "a board of 3x3 squares has 4 inner corners, and 6 are needed"},
    {"NoKind", "squares = \"9x7\"\nsquare_mm = 80\n" MARKERS, "the board has no 'kind'"},
    {"NoSquares", "kind = \"chessboard\"\nsquare_mm = 80\n", "the board has no 'squares'"},
    {"NoSize", CHARUCO MARKERS, "the board has no 'square_mm'"},
    {"NoMarkerSize", CHARUCO "square_mm = 80\ndictionary = \"DICT_5X5_250\"",
     "the board has no 'marker_mm'"},
    {"NoDictionary", CHARUCO "square_mm = 80\nmarker_mm = 60", "the board has no 'dictionary'"},
    {"Kind", "kind = \"charucco\"\n",
     "b.toml:1: 'kind' of the board file cannot be 'charucco': did "
     "you mean 'charuco'?"},
    {"Layout", CHARUCO "square_mm = 80\n" MARKERS "layout = \"old\"",
     "b.toml:6: 'layout' of the board file cannot be 'old'"},
    {"Key", CHARUCO "square_mn = 80\n" MARKERS,
     "b.toml:3: unknown key 'square_mn' in the board file: did you mean 'square_mm'?"},
    {"Unit", CHARUCO "square = 80\n" MARKERS,
     "b.toml:3: unknown key 'square' in the board file: did you mean 'square_mm'?"},
    {"List", "kind = \"chessboard\"\nsquares = [9, 6]\nsquare_mm = 25", "such as \"9x7\""},
    {"Times", "kind = \"chessboard\"\nsquares = \"9*6\"\nsquare_mm = 25",
     "b.toml:2: '9*6' is no number of squares"},
    {"Few", "kind = \"charuco\"\nsquares = \"2x7\"\nsquare_mm = 80\n" MARKERS,
     "b.toml:2: a ChArUco board of 2x7 squares: it must have from 3 to 100"},
    {"FewOfChessboard", "kind = \"chessboard\"\nsquares = \"3x4\"\nsquare_mm = 25",
     "from 4 to 100"},
    {"UpsideDown", "kind = \"chessboard\"\nsquares = \"9x7\"\nsquare_mm = 25",
     "b.toml:2: a chessboard of 9x7 squares looks the same upside down"},
    {"MarkersOfChessboard", "kind = \"chessboard\"\nsquares = \"9x6\"\nsquare_mm = 25\n" MARKERS,
     "b.toml:4: a chessboard has no markers: leave out 'marker_mm'"},
    {"LargeMarker", CHARUCO "square_mm = 60\n" MARKERS,
     "b.toml:4: markers of 60 mm in squares of 60 mm: a marker needs white around it, such as 45"},
    {"HardlyAnyWhite", CHARUCO "square_mm = 80\nmarker_mm = 74.7\ndictionary = \"DICT_5X5_250\"",
     "b.toml:4: markers of 74.7 mm in squares of 80 mm: a marker needs white around it, such as 60 "
     "mm leave; above 74.6 mm cameras"},
    {"Metres", CHARUCO "square_mm = 0.08\n" MARKERS, "must be from 1 to 1000"},
    {"Dictionary", CHARUCO "square_mm = 80\nmarker_mm = 60\ndictionary = \"DICT_5X5_200\"",
     "b.toml:5: there is no dictionary of markers 'DICT_5X5_200': did you mean"},
    {"OutOfMarkers",
     "kind = \"charuco\"\nsquares = \"11x10\"\nsquare_mm = 80\nmarker_mm = 60\n"
     "dictionary = \"DICT_4X4_50\"",
     "b.toml:5: DICT_4X4_50 has 50 markers, and 11x10 squares take 55"},
    {"Schema", "schema = 2\n" CHARUCO "square_mm = 80\n" MARKERS,
     "b.toml:1: this board file has schema 2"},
};

class BadBoardFile : public ::testing::TestWithParam<Bad> {};

TEST_P(BadBoardFile, IsNamedWithItsLine) {
  const auto board = parse_board(GetParam().toml, "b.toml");
  ASSERT_FALSE(board);
  EXPECT_EQ(board.error().code, Errc::unusable_input);
  EXPECT_THAT(board.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(All, BadBoardFile, ::testing::ValuesIn(kBad),
                         [](const auto& bad) { return std::string(bad.param.name); });

TEST(BoardFile, EverythingWrongIsSaidAtOnce) {
  const auto board = parse_board("kind = \"x\"\nsquares = \"y\"\nsquare_mm = \"z\"\n", "b.toml");
  ASSERT_FALSE(board);
  for (const char* line : {"b.toml:1: ", "b.toml:2: ", "b.toml:3: "})
    EXPECT_THAT(board.error().message, HasSubstr(line));
}

TEST(BoardFile, AFolderAndAMissingFileAreTold) {
  EXPECT_THAT(read_board_file("/").error().message, HasSubstr("name a board file in it"));
  EXPECT_EQ(read_board_file("/nowhere/board.toml").error().code, Errc::not_found);
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
// What `lockstep board` writes and refuses. That cameras find what it draws is tested in
// tests/detect.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/e2e/program.h"
#include "tests/e2e/simulated_take.h"
#include "tests/support/files.h"

namespace lockstep::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class BoardCommand : public ::testing::Test {
 protected:
  Finished board(std::vector<std::string> words) {
    words.insert(words.begin(), "board");
    return lockstep(words, {}, folder_.path());
  }
  long files() const {
    const std::filesystem::directory_iterator all(folder_.path());
    return std::distance(begin(all), end(all));
  }

  TempFolder folder_;
};

TEST_F(BoardCommand, WritesAPageAndItsDescription) {
  const Finished drawn = board({});
  EXPECT_EQ(drawn.status, 0) << drawn.err;
  EXPECT_THAT(drawn.out, HasSubstr("ChArUco board, 9 x 7 squares of 80 mm, markers of 60 mm"));
  EXPECT_THAT(drawn.out, HasSubstr("board.pdf: A1 on its side, 841 x 594 mm"));
  EXPECT_THAT(read_file(folder_ / "board.pdf"), StartsWith("%PDF-"));
  EXPECT_THAT(read_file(folder_ / "board.toml"),
              AllOf(HasSubstr("squares = \"9x7\""), HasSubstr("square_mm = 80"),
                    HasSubstr("dictionary = \"DICT_5X5_250\"")));
}

TEST_F(BoardCommand, DrawsTheBoardOfAFileAgain) {
  ASSERT_EQ(board({"--squares", "8x6", "--square-mm", "31.5", "--layout", "legacy", "-o", "a.pdf"})
                .status,
            0);
  const Finished again = board({"a.toml", "-o", "b.pdf", "--json"});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(schema_problems(again.out, "board"), "") << again.out;
  EXPECT_THAT(again.out, HasSubstr("\"board_file\": \"a.toml\""));
  EXPECT_THAT(again.out, HasSubstr("\"layout\": \"legacy\""));
  EXPECT_EQ(files(), 3) << "a file was given, so none is written";
  const Finished chess = board({"--kind", "chessboard", "--json", "-o", "c.pdf"});
  EXPECT_EQ(chess.status, 0) << chess.err;
  EXPECT_EQ(schema_problems(chess.out, "board"), "") << chess.out;
}

TEST_F(BoardCommand, MakesItsFolderAndSpeaksOfMarkersWhereThereAre) {
  const Finished chess = board({"--kind", "chessboard", "-o", "new/chess.pdf"});
  EXPECT_EQ(chess.status, 0) << chess.err;
  EXPECT_THAT(read_file(folder_ / "new/chess.pdf"), StartsWith("%PDF-"));
  EXPECT_THAT(one_line(chess.out), HasSubstr("put into new/chess.toml what a square measures."));
  EXPECT_THAT(one_line(board({}).out), HasSubstr("what a square and a marker measure."));
}

TEST_F(BoardCommand, OverwritesNothing) {
  write_file(folder_ / "board.toml", "mine");
  const Finished refused = board({});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("board.toml is there already"));
  EXPECT_EQ(read_file(folder_ / "board.toml"), "mine");
  EXPECT_EQ(files(), 1);
}

TEST_F(BoardCommand, RefusesWhatCannotBeWithASentence) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> refused = {
      {{"--squares", "9*7"}, "'9*7' is no number of squares"},
      {{"--squares", "2x7"}, "from 3 to 100 along each side"},
      {{"--marker-mm", "90"}, "a marker needs white around it"},
      {{"--marker-mm", "79.9"}, "a marker needs white around it"},
      {{"--squares", "3x3"}, "has 4 inner corners, and 6 are needed"},
      {{"--squares", "4x3", "--square-mm", "1"},
       "markers of 0.75 mm in squares of 1 mm: a marker must have at least 1 mm, as in squares of "
       "1.4 mm and more"},
      {{"--dictionary", "DICT_5X5_255"}, "did you mean 'DICT_5X5_250'?"},
      {{"--dictionary", "DICT_4X4_50", "--squares", "12x12"}, "has 50 markers"},
      {{"--kind", "chessboard", "--squares", "9x7"}, "looks the same upside down"},
      {{"--kind", "chessboard", "--marker-mm", "20"}, "a chessboard has no markers"},
      {{"--paper", "a4"}, "take a1"},
      {{"-o", "board.png"}, "call it board.pdf"},
      {{"--squares", "-o", "x.pdf"}, "--squares"}};
  for (const auto& [words, sentence] : refused) {
    const Finished finished = board(words);
    EXPECT_EQ(finished.status, 2) << words[0] << finished.out;
    std::string flat = finished.err;  // sentences are wrapped
    for (size_t at = 0; (at = flat.find("\n  ", at)) != std::string::npos;)
      flat.replace(at, 3, " ");
    EXPECT_THAT(flat, HasSubstr(sentence)) << words[0];
  }
  EXPECT_EQ(files(), 0);
}

}  // namespace
}  // namespace lockstep::testing

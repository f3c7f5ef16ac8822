// SPDX-License-Identifier: MIT
// What `lockstep board` draws, as a printer would: poppler's picture of the page is measured, and
// looked at by lockstep-detect.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "lockstep/calibrate/detector.h"
#include "lockstep/rig/board_file.h"
#include "tests/detect/detect_program.h"
#include "tests/support/program.h"

namespace lockstep::testing {
namespace {

constexpr int kPixelsPerMm = 10;  // 254 dots per inch
/// Poppler puts edges of squares on whole pixels.
constexpr double kHalfAPixel_mm = 0.5 / kPixelsPerMm;

class Print : public ::testing::Test {
 protected:
  /// Draws a board and prints it; empty where something failed.
  GrayImage printed(const std::vector<std::string>& options) {
    std::vector<std::string> words = {"board", "-o", "board.pdf"};
    words.insert(words.end(), options.begin(), options.end());
    const Finished drawn = RunningProgram(lockstep_program(), words, {}, folder_.path()).wait();
    EXPECT_EQ(drawn.status, 0) << drawn.err;
    const Finished shown =
        RunningProgram("/usr/bin/pdftoppm",
                       {"-r", "254", "-gray", "-singlefile", "board.pdf", "page"}, {},
                       folder_.path())
            .wait();
    EXPECT_EQ(shown.status, 0) << shown.err;
    std::istringstream file(read_file(folder_ / "page.pgm"));
    std::string magic;
    int most = 0;
    GrayImage image;
    file >> magic >> image.width_px >> image.height_px >> most;
    EXPECT_EQ(magic, "P5");
    file.get();
    image.samples.resize(static_cast<size_t>(image.width_px) *
                         static_cast<size_t>(image.height_px));
    file.read(reinterpret_cast<char*>(image.samples.data()),
              static_cast<std::streamsize>(image.samples.size()));
    EXPECT_TRUE(file.good());
    return image;
  }

  /// Whether the detector finds every corner of the written description at true scale.
  void expect_true_scale(const GrayImage& page) {
    const auto board = read_board_file(folder_ / "board.toml");
    ASSERT_TRUE(board) << board.error().message;
    Detector detector({detect_program(), std::chrono::minutes(4), {}});
    const auto seen = detector.detect({*board, false, page});
    ASSERT_TRUE(seen) << seen.error().message;
    ASSERT_EQ(seen->corners.size(), static_cast<size_t>(board->corner_count()));
    EXPECT_EQ(seen->markers, board->marker_count());
    const auto& first = seen->corners[0];
    for (const DetectedCorner& corner : seen->corners) {
      const Eigen::Vector3d away_mm = (board->corner(corner.id) - board->corner(0)) * 1000;
      const Eigen::Vector2d seen_mm = (corner.pixel - first.pixel) / kPixelsPerMm;
      EXPECT_NEAR((seen_mm - away_mm.head<2>()).norm(), 0, 1.5 * kHalfAPixel_mm) << corner.id;
    }
  }

  TempFolder folder_;
};

/// Length of the longest run of dark pixels, in millimetres.
double longest_line_mm(const GrayImage& page, bool along_x, int first, int last) {
  int longest = 0;
  for (int line = first; line < last; ++line) {
    int run = 0;
    for (int i = 0; i < (along_x ? page.width_px : page.height_px); ++i) {
      const int x = along_x ? i : line, y = along_x ? line : i;
      const bool dark = page.samples[static_cast<size_t>(y * page.width_px + x)] < 200;
      run = dark ? run + 1 : 0;
      longest = std::max(longest, run);
    }
  }
  return static_cast<double>(longest) / kPixelsPerMm;
}

TEST_F(Print, OfACharucoBoardIsFoundAtTrueScale) {
  expect_true_scale(printed({"--squares", "7x5", "--square-mm", "30"}));
}

TEST_F(Print, OfALegacyBoardIsFound) {
  expect_true_scale(printed({"--squares", "5x8", "--square-mm", "25", "--layout", "legacy",
                             "--dictionary", "DICT_APRILTAG_36h11", "--paper", "a3"}));
}

TEST_F(Print, OfAChessboardIsFoundAtTrueScale) {
  expect_true_scale(printed({"--kind", "chessboard", "--squares", "8x5", "--square-mm", "25"}));
}

TEST_F(Print, HasRulersOfAHundredMillimetres) {
  const GrayImage page = printed({"--squares", "7x5", "--square-mm", "30"});
  EXPECT_NEAR(page.width_px, 297 * kPixelsPerMm, 1);
  EXPECT_NEAR(page.height_px, 210 * kPixelsPerMm, 1);
  const int margin = 14 * kPixelsPerMm;  // the rulers' own, on the left and below
  EXPECT_NEAR(longest_line_mm(page, true, page.height_px - margin, page.height_px), 100, 0.3);
  EXPECT_NEAR(longest_line_mm(page, false, 0, margin), 100, 0.3);
}

}  // namespace
}  // namespace lockstep::testing

// SPDX-License-Identifier: MIT
// Our boards are OpenCV's: those that it draws are those that are printed and looked for.
#include <gtest/gtest.h>

#include <opencv2/aruco/charuco.hpp>

#include "lockstep/geometry/board.h"
#include "lockstep/geometry/marker_dictionary.h"

namespace lockstep {
namespace {

// drawMarker() itself, one pixel for each bit.
TEST(OpenCvMarkers, EveryBitOfEveryDictionaryIsOurs) {
  for (size_t number = 0; number < dictionary_names().size(); ++number) {
    const auto ours = find_dictionary(dictionary_names()[number]);
    ASSERT_TRUE(ours);
    const auto theirs = cv::aruco::getPredefinedDictionary(static_cast<int>(number));
    const int side = theirs->markerSize;
    ASSERT_EQ(ours->bits_per_side(), side) << ours->name();
    ASSERT_EQ(ours->count(), theirs->bytesList.rows) << ours->name();
    for (int id = 0; id < ours->count(); ++id) {
      cv::Mat drawn;
      theirs->drawMarker(id, side + 2, drawn, 1);
      for (int row = 0; row < side; ++row) {
        for (int column = 0; column < side; ++column) {
          ASSERT_EQ(ours->is_white(id, column, row), drawn.at<uint8_t>(row + 1, column + 1) > 127)
              << ours->name() << " marker " << id;
        }
      }
    }
  }
}

// Every square of the board that OpenCV draws, by the colour near its corner and by the marker in
// it.
TEST(OpenCvMarkers, TheCurrentLayoutIsTheirs) {
  for (const int rows : {5, 6}) {
    Board board;
    board.squares_x = 7;
    board.squares_y = rows;
    const auto dictionary = cv::aruco::getPredefinedDictionary(cv::aruco::DICT_5X5_250);
    const auto theirs = cv::aruco::CharucoBoard::create(7, rows, 0.08F, 0.06F, dictionary);
    cv::Mat drawn;
    theirs->draw({7 * 80, rows * 80}, drawn);
    const auto markers = find_dictionary(board.dictionary);
    for (int row = 0; row < rows; ++row) {
      for (int column = 0; column < 7; ++column) {
        EXPECT_EQ(drawn.at<uint8_t>(row * 80 + 4, column * 80 + 4) < 127,
                  board.is_black(column, row));
        const auto marker = board.marker_in(column, row);
        if (!marker) continue;
        for (int bit = 0; bit < 25; ++bit) {
          const double x = column * 80 + 10 + 60 * (bit % 5 + 1.5) / 7;
          const double y = row * 80 + 10 + 60 * (bit / 5 + 1.5) / 7;
          EXPECT_EQ(drawn.at<uint8_t>(static_cast<int>(y), static_cast<int>(x)) > 127,
                    markers->is_white(*marker, bit % 5, bit / 5))
              << "square " << column << ", " << row << " bit " << bit;
        }
      }
    }
    for (int id = 0; id < board.corner_count(); ++id) {
      const cv::Point3f corner = theirs->chessboardCorners[static_cast<size_t>(id)];
      EXPECT_NEAR(corner.x, board.corner(id).x(), 1e-6);
    }
  }
}

}  // namespace
}  // namespace lockstep

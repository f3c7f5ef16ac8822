// SPDX-License-Identifier: MIT
#include <algorithm>
#include <opencv2/calib3d.hpp>
#include <opencv2/core.hpp>

#include "lockstep/apps/detect/detect.h"
#include "lockstep/apps/detect/refine.h"

namespace lockstep {
namespace {

/// Corners as OpenCV found them: rows of the board, but perhaps from another end.
class CornerGrid {
 public:
  CornerGrid(const Board& board, std::vector<cv::Point2f> points)
      : board_(board), points_(std::move(points)) {}

  [[nodiscard]] cv::Point2d at(int x, int y) const {
    return points_[static_cast<size_t>(y * board_.corners_x() + x)];
  }
  /// x to the right and y down, as seen from the front; the other way round is a mirror's.
  [[nodiscard]] bool is_mirrored() const {
    const int x = board_.corners_x() - 1, y = board_.corners_y() - 1;
    const cv::Point2d right = at(x, 0) + at(x, y) - at(0, 0) - at(0, y);
    const cv::Point2d down = at(0, y) + at(x, y) - at(0, 0) - at(x, 0);
    return right.cross(down) < 0;
  }
  void flip_rows() {
    const auto width = static_cast<size_t>(board_.corners_x());
    for (size_t top = 0, bottom = points_.size() - width; top < bottom;
         top += width, bottom -= width)
      std::swap_ranges(points_.begin() + static_cast<std::ptrdiff_t>(top),
                       points_.begin() + static_cast<std::ptrdiff_t>(top + width),
                       points_.begin() + static_cast<std::ptrdiff_t>(bottom));
  }
  void turn_around() { std::reverse(points_.begin(), points_.end()); }

  /// How much brighter the white squares between the corners are than the black ones, summed;
  /// negative when the board is upside down, since then black ones are where white ones should be.
  [[nodiscard]] double white_over_black(const cv::Mat& image) const {
    double sum = 0;
    for (int y = 0; y + 1 < board_.corners_y(); ++y) {
      for (int x = 0; x + 1 < board_.corners_x(); ++x) {
        const cv::Point2d middle = (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4;
        const cv::Point pixel(std::clamp(cvRound(middle.x), 0, image.cols - 1),
                              std::clamp(cvRound(middle.y), 0, image.rows - 1));
        const double seen = image.at<uint8_t>(pixel);
        sum += board_.is_black(x + 1, y + 1) ? -seen : seen;
      }
    }
    return sum;
  }

  [[nodiscard]] RoughCorner rough(int x, int y) const {
    const int left = std::max(x - 1, 0), right = std::min(x + 1, board_.corners_x() - 1);
    const int up = std::max(y - 1, 0), down = std::min(y + 1, board_.corners_y() - 1);
    const cv::Point2d column = (at(right, y) - at(left, y)) / (right - left);
    const cv::Point2d row = (at(x, down) - at(x, up)) / (down - up);
    RoughCorner rough{{at(x, y).x, at(x, y).y}};
    rough.pixels_per_square << column.x, row.x, column.y, row.y;
    rough.clear_squares = 1;  // nothing but squares, up to the next corners
    rough.top_left_black = board_.is_black(x, y);
    return rough;
  }

 private:
  const Board& board_;
  std::vector<cv::Point2f> points_;
};

}  // namespace

Detection detect_chessboard(const DetectRequest& request) {
  const Board& board = request.board;
  const cv::Mat image = as_mat(request.image);
  std::vector<cv::Point2f> points;
  const int flags = cv::CALIB_CB_ACCURACY | cv::CALIB_CB_NORMALIZE_IMAGE |
                    (request.thorough ? cv::CALIB_CB_EXHAUSTIVE : 0);
  if (!cv::findChessboardCornersSB(image, {board.corners_x(), board.corners_y()}, points, flags))
    return {};
  CornerGrid grid(board, std::move(points));
  if (grid.is_mirrored()) grid.flip_rows();
  if (grid.white_over_black(image) < 0) grid.turn_around();
  Detection detection;
  for (int id = 0; id < board.corner_count(); ++id) {
    const auto pixel =
        refine_corner(request.image, grid.rough(id % board.corners_x(), id / board.corners_x()));
    if (!pixel) return {};
    detection.corners.push_back({id, *pixel});
  }
  return detection;
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include <algorithm>
#include <opencv2/calib3d.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

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

/// The search takes seconds on large images, in which it rarely finds more: corners are refined in
/// the whole image anyway.
constexpr size_t kMostPixels = 1'500'000;

/// The grid as it is found in an image so many times smaller; empty where none is.
std::vector<cv::Point2f> find_grid(const DetectRequest& request, const cv::Mat& image,
                                   int smaller) {
  cv::Mat looked_at = image;
  if (smaller > 1) cv::resize(image, looked_at, image.size() / smaller, 0, 0, cv::INTER_AREA);
  std::vector<cv::Point2f> points;
  const int flags = cv::CALIB_CB_ACCURACY | cv::CALIB_CB_NORMALIZE_IMAGE |
                    (request.thorough ? cv::CALIB_CB_EXHAUSTIVE : 0);
  const cv::Size corners(request.board.corners_x(), request.board.corners_y());
  if (!cv::findChessboardCornersSB(looked_at, corners, points, flags)) return {};
  const float scale_x = static_cast<float>(image.cols) / static_cast<float>(looked_at.cols);
  const float scale_y = static_cast<float>(image.rows) / static_cast<float>(looked_at.rows);
  for (cv::Point2f& point : points)
    point = {(point.x + 0.5F) * scale_x - 0.5F, (point.y + 0.5F) * scale_y - 0.5F};
  return points;
}

/// All corners, refined and in their order; none where one of them is not what it must be.
std::vector<DetectedCorner> refined(const DetectRequest& request, CornerGrid grid,
                                    const cv::Mat& image) {
  const Board& board = request.board;
  if (grid.is_mirrored()) grid.flip_rows();
  if (grid.white_over_black(image) < 0) grid.turn_around();
  std::vector<DetectedCorner> corners;
  for (int id = 0; id < board.corner_count(); ++id) {
    const auto pixel =
        refine_corner(request.image, grid.rough(id % board.corners_x(), id / board.corners_x()));
    if (!pixel) return {};
    corners.push_back({id, *pixel});
  }
  return corners;
}

}  // namespace

Detection detect_chessboard(const DetectRequest& request) {
  const cv::Mat image = as_mat(request.image);
  int smaller = 1;
  while (image.total() / static_cast<size_t>(smaller * smaller) > kMostPixels) ++smaller;
  Detection detection;
  // What else is in the picture may be taken for a row of the board; in another size, it is not.
  for (; smaller >= 1 && detection.corners.empty(); --smaller) {
    auto points = find_grid(request, image, smaller);
    if (!points.empty()) {
      detection.corners = refined(request, CornerGrid(request.board, std::move(points)), image);
    } else if (!request.thorough) {
      break;
    }
  }
  return detection;
}

}  // namespace lockstep

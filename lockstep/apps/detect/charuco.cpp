// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/aruco.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "lockstep/apps/detect/detect.h"
#include "lockstep/apps/detect/refine.h"
#include "lockstep/geometry/marker_dictionary.h"

namespace lockstep {
namespace {

constexpr double kLeastPerimeter_px = 32;
constexpr double kNeighboursAgree_squares = 0.25;

/// A square of the board, counted from the top left.
struct Square {
  int column = 0;
  int row = 0;
  friend auto operator<=>(const Square&, const Square&) = default;
};

/// A marker that was seen: where its neighbourhood of the board, in squares, is in the image.
class SeenMarker {
 public:
  SeenMarker(const Board& board, Square square, const std::vector<cv::Point2f>& corners) {
    const auto side = static_cast<float>(board.marker_m / board.square_m);
    const float left = static_cast<float>(square.column) + (1 - side) / 2;
    const float top = static_cast<float>(square.row) + (1 - side) / 2;
    const std::vector<cv::Point2f> on_board = {
        {left, top}, {left + side, top}, {left + side, top + side}, {left, top + side}};
    image_from_board_ = cv::getPerspectiveTransform(on_board, corners);
  }

  [[nodiscard]] cv::Point2d pixel(double column, double row) const {
    const cv::Vec3d seen = image_from_board_ * cv::Vec3d(column, row, 1);
    return {seen[0] / seen[2], seen[1] / seen[2]};
  }

  /// Pixels per square at a point of the board.
  [[nodiscard]] Eigen::Matrix2d pixels_per_square(double column, double row) const {
    constexpr double kStep = 0.05;
    const cv::Point2d x = (pixel(column + kStep, row) - pixel(column - kStep, row)) / (2 * kStep);
    const cv::Point2d y = (pixel(column, row + kStep) - pixel(column, row - kStep)) / (2 * kStep);
    return (Eigen::Matrix2d() << x.x, y.x, x.y, y.y).finished();
  }

 private:
  cv::Matx33d image_from_board_;
};

using SeenMarkers = std::map<Square, SeenMarker>;

/// OpenCV numbers its dictionaries in the order of our names; a test compares every bit.
cv::Ptr<cv::aruco::Dictionary> dictionary_of(const MarkerDictionary& ours) {
  const auto& names = dictionary_names();
  const auto number = std::find(names.begin(), names.end(), ours.name()) - names.begin();
  return cv::aruco::getPredefinedDictionary(static_cast<int>(number));
}

/// Markers as OpenCV finds them, the same id perhaps more than once.
struct FoundMarkers {
  std::vector<int> ids;
  std::vector<std::vector<cv::Point2f>> corners;  ///< clockwise from the marker's top left
};

/// Squares that OpenCV finds nearer to each other than this part of a perimeter are one to it. The
/// white square around a marker is one, too, and must not be taken for the marker.
double nearest_markers(const Board& board) {
  const double gap_m = (board.square_m - board.marker_m) / 2;
  return std::min(0.05, 0.5 * std::sqrt(2) * gap_m / (4 * board.marker_m));
}

FoundMarkers find_all(const cv::Mat& image, const Board& board,
                      const MarkerDictionary& dictionary) {
  auto parameters = cv::aruco::DetectorParameters::create();
  const int longest = std::max(image.cols, image.rows);
  parameters->minMarkerPerimeterRate = std::min(0.03, kLeastPerimeter_px / longest);
  parameters->minMarkerDistanceRate = nearest_markers(board);
  FoundMarkers found;
  cv::aruco::detectMarkers(image, dictionary_of(dictionary), found.corners, found.ids, parameters);
  return found;
}

/// Small markers are read in the image at twice its size, where their bits are told apart.
void add_small_markers(const cv::Mat& image, const Board& board, const MarkerDictionary& dictionary,
                       FoundMarkers& found) {
  cv::Mat twice;
  cv::resize(image, twice, {}, 2, 2, cv::INTER_CUBIC);
  FoundMarkers small = find_all(twice, board, dictionary);
  const std::vector<int> known = found.ids;
  for (size_t i = 0; i < small.ids.size(); ++i) {
    if (std::count(known.begin(), known.end(), small.ids[i]) > 0) continue;
    for (cv::Point2f& corner : small.corners[i])
      corner = (corner + cv::Point2f(0.5F, 0.5F)) * 0.5F - cv::Point2f(0.5F, 0.5F);
    found.ids.push_back(small.ids[i]);
    found.corners.push_back(small.corners[i]);
  }
}

std::map<int, Square> squares_by_marker(const Board& board) {
  std::map<int, Square> squares;
  for (int row = 0; row < board.squares_y; ++row) {
    for (int column = 0; column < board.squares_x; ++column) {
      if (const auto marker = board.marker_in(column, row))
        squares.emplace(*marker, Square{column, row});
    }
  }
  return squares;
}

/// Whether a marker is seen at two places: nobody knows which is the board's.
bool is_ambiguous(const FoundMarkers& found, size_t marker) {
  const auto& corners = found.corners[marker];
  const double side = cv::norm(corners[1] - corners[0]);
  for (size_t i = 0; i < found.ids.size(); ++i) {
    if (found.ids[i] == found.ids[marker] && cv::norm(found.corners[i][0] - corners[0]) > side / 2)
      return true;
  }
  return false;
}

/// Every marker of the board that is seen at one place.
SeenMarkers find_markers(const DetectRequest& request, const cv::Mat& image, Detection& detection) {
  const auto dictionary = find_dictionary(request.board.dictionary);
  FoundMarkers found = find_all(image, request.board, *dictionary);
  if (request.thorough && image.total() * 4 <= kDetectMostPixels)
    add_small_markers(image, request.board, *dictionary, found);
  const auto squares = squares_by_marker(request.board);
  SeenMarkers seen;
  for (size_t i = 0; i < found.ids.size(); ++i) {
    const auto square = squares.find(found.ids[i]);
    if (square == squares.end()) {
      ++detection.foreign_markers;
    } else if (!is_ambiguous(found, i)) {
      seen.emplace(square->second, SeenMarker(request.board, square->second, found.corners[i]));
    }
  }
  return seen;
}

/// Whether two markers put the corner between their squares at the same place.
bool agree(const SeenMarker& a, const SeenMarker& b, int column, int row) {
  const cv::Point2d apart = a.pixel(column, row) - b.pixel(column, row);
  const Eigen::Matrix2d square = a.pixels_per_square(column, row);
  const double shorter = std::min(square.col(0).norm(), square.col(1).norm());
  return std::hypot(apart.x, apart.y) < kNeighboursAgree_squares * shorter;
}

/// Markers with whom more neighbours agree than not. One without neighbours is left out as well: a
/// misread marker alone would give corners where there are none.
SeenMarkers consistent(const SeenMarkers& seen, Detection& detection) {
  SeenMarkers trusted;
  for (const auto& [square, marker] : seen) {
    int agreeing = 0, differing = 0;
    for (const int x : {-1, 1}) {
      for (const int y : {-1, 1}) {
        const auto neighbour = seen.find({square.column + x, square.row + y});
        if (neighbour == seen.end()) continue;
        const bool same = agree(marker, neighbour->second, square.column + (x > 0 ? 1 : 0),
                                square.row + (y > 0 ? 1 : 0));
        ++(same ? agreeing : differing);
      }
    }
    if (agreeing > differing) {
      trusted.emplace(square, marker);
    } else if (differing > 0) {
      ++detection.misplaced_markers;
    }
  }
  return trusted;
}

/// A corner from the markers in the two white squares that touch it.
std::optional<RoughCorner> rough_corner(const Board& board, const SeenMarkers& markers, int id) {
  const int column = id % board.corners_x() + 1, row = id / board.corners_x() + 1;
  RoughCorner rough;
  int seen = 0;
  for (const int x : {-1, 0}) {
    for (const int y : {-1, 0}) {
      const auto marker = markers.find({column + x, row + y});
      if (marker == markers.end()) continue;
      const cv::Point2d pixel = marker->second.pixel(column, row);
      rough.pixel += Eigen::Vector2d(pixel.x, pixel.y);
      rough.pixels_per_square += marker->second.pixels_per_square(column, row);
      ++seen;
    }
  }
  if (seen == 0) return std::nullopt;
  rough.pixel /= seen;
  rough.pixels_per_square /= seen;
  rough.clear_squares = (1 - board.marker_m / board.square_m) / 2;
  rough.top_left_black = board.is_black(column - 1, row - 1);
  return rough;
}

}  // namespace

Detection detect_charuco(const DetectRequest& request) {
  const cv::Mat image = as_mat(request.image);
  Detection detection;
  const SeenMarkers markers = consistent(find_markers(request, image, detection), detection);
  detection.markers = static_cast<int>(markers.size());
  for (int id = 0; id < request.board.corner_count(); ++id) {
    const auto rough = rough_corner(request.board, markers, id);
    if (!rough) continue;
    if (const auto pixel = refine_corner(request.image, *rough))
      detection.corners.push_back({id, *pixel});
  }
  return detection;
}

}  // namespace lockstep

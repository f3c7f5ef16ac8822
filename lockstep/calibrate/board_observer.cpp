// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/board_observer.h"

#include <fmt/core.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "lockstep/codec/color_picture.h"
#include "lockstep/codec/jpeg.h"
#include "lockstep/codec/png_file.h"
#include "lockstep/time/line_fit.h"

namespace lockstep {
namespace {

// Of a square: how far around a corner depth is looked at, and along an edge brightness.
constexpr double kDepthReach = 0.4;
constexpr double kEdgeReach = 0.5;
constexpr int kMostInVain = 8;
constexpr int kLeastDepthPixels = 12;
constexpr double kLeastDepthShare = 0.6;
// Depth pixels farther off the plane than this belong to something else, or to no plane.
constexpr double kOffPlaneMm = 25;
constexpr double kBrightest = 0.995;

uint16_t quantile(std::span<const uint16_t> samples, double share) {
  std::array<uint32_t, 65536> count{};
  for (const uint16_t sample : samples) ++count[sample];
  const auto wanted = static_cast<uint64_t>(share * static_cast<double>(samples.size()));
  uint64_t seen = 0;
  for (size_t value = 0; value < count.size(); ++value) {
    seen += count[value];
    if (seen >= wanted) return static_cast<uint16_t>(value);
  }
  return 65535;
}

GrayImage gray_of(const RgbPicture& picture) {
  GrayImage gray{picture.width_px, picture.height_px, std::vector<uint8_t>(picture.rgb.size() / 3)};
  for (size_t i = 0; i < gray.samples.size(); ++i) {
    const uint8_t* const rgb = picture.rgb.data() + 3 * i;
    gray.samples[i] = static_cast<uint8_t>((77 * rgb[0] + 150 * rgb[1] + 29 * rgb[2]) >> 8);
  }
  return gray;
}

std::optional<double> sample(const GrayImage& image, const Eigen::Vector2d& at) {
  const int x = static_cast<int>(std::floor(at.x()));
  const int y = static_cast<int>(std::floor(at.y()));
  if (x < 0 || y < 0 || x + 1 >= image.width_px || y + 1 >= image.height_px) return std::nullopt;
  const double dx = at.x() - x;
  const double dy = at.y() - y;
  const auto pixel = [&](int column, int row) {
    return static_cast<double>(
        image.samples[static_cast<size_t>(row) * static_cast<size_t>(image.width_px) +
                      static_cast<size_t>(column)]);
  };
  return (pixel(x, y) * (1 - dx) + pixel(x + 1, y) * dx) * (1 - dy) +
         (pixel(x, y + 1) * (1 - dx) + pixel(x + 1, y + 1) * dx) * dy;
}

/// Contrast over steepest slope on the way across the middle of an edge; nothing where there is no
/// edge to speak of.
std::optional<double> width_across(const GrayImage& image, const Eigen::Vector2d& from,
                                   const Eigen::Vector2d& to) {
  constexpr double kStep = 0.5;
  constexpr double kLeastContrast = 12;
  const Eigen::Vector2d along = to - from;
  const double length = along.norm();
  if (length < 4) return std::nullopt;
  const Eigen::Vector2d across(-along.y() / length, along.x() / length);
  const int steps = static_cast<int>(kEdgeReach * length / kStep);
  double low = 255, high = 0, steepest = 0;
  std::optional<double> before;
  for (int i = -steps; i <= steps; ++i) {
    const auto value = sample(image, (from + to) / 2 + across * (i * kStep));
    if (!value) return std::nullopt;
    low = std::min(low, *value);
    high = std::max(high, *value);
    if (before) steepest = std::max(steepest, std::abs(*value - *before) / kStep);
    before = value;
  }
  if (high - low < kLeastContrast || steepest <= 0) return std::nullopt;
  return (high - low) / steepest;
}

std::map<int, Eigen::Vector2d> by_id(const std::vector<SeenCorner>& corners) {
  std::map<int, Eigen::Vector2d> pixels;
  for (const SeenCorner& corner : corners) pixels[corner.id] = corner.pixel;
  return pixels;
}

/// Corners of the board beside one along a row, and along a column; -1 for none.
std::array<int, 2> next_corners(const Board& board, int id) {
  const bool last_of_row = id % board.corners_x() == board.corners_x() - 1;
  const int below = id + board.corners_x();
  return {last_of_row ? -1 : id + 1, below < board.corner_count() ? below : -1};
}

/// Shortest way in the image from a corner to one of its neighbours; 0 for none.
double nearest_neighbour_px(const Board& board, const std::map<int, Eigen::Vector2d>& pixels,
                            int id) {
  double nearest = 0;
  const int column = id % board.corners_x();
  const std::array<int, 4> neighbours{column > 0 ? id - 1 : -1,
                                      column + 1 < board.corners_x() ? id + 1 : -1,
                                      id - board.corners_x(), id + board.corners_x()};
  for (const int neighbour : neighbours) {
    const auto found = pixels.find(neighbour);
    if (found == pixels.end()) continue;
    const double way = (found->second - pixels.at(id)).norm();
    nearest = nearest == 0 ? way : std::min(nearest, way);
  }
  return nearest;
}

struct DepthSample {
  double x_px, y_px;  ///< from the corner
  double depth_mm;
};

/// Depth at (0, 0) of the plane through the samples: 1/z is linear in the pixels of a plane, the
/// lens's distortion over so few of them being nothing. Nothing where they lie in none.
std::optional<double> plane_at_origin_mm(std::vector<DepthSample> samples) {
  for (int pass = 0;; ++pass) {
    Eigen::Matrix3d normal = Eigen::Matrix3d::Zero();
    Eigen::Vector3d right = Eigen::Vector3d::Zero();
    for (const DepthSample& s : samples) {
      const Eigen::Vector3d row(1, s.x_px, s.y_px);
      normal += row * row.transpose();
      right += row * (1 / s.depth_mm);
    }
    const Eigen::Vector3d plane = normal.ldlt().solve(right);
    if (!(plane[0] > 0)) return std::nullopt;
    if (pass == 2) return 1 / plane[0];
    const auto off = [&](const DepthSample& s) {
      return std::abs(s.depth_mm - 1 / (plane[0] + plane[1] * s.x_px + plane[2] * s.y_px));
    };
    std::vector<double> sizes;
    for (const DepthSample& s : samples) sizes.push_back(off(s));
    const double limit = 4 * std::max(median(sizes), 0.5);
    if (limit > 4 * kOffPlaneMm) return std::nullopt;
    const size_t before = samples.size();
    std::erase_if(samples, [&](const DepthSample& s) { return off(s) > limit; });
    if (samples.size() < kLeastDepthPixels ||
        static_cast<double>(samples.size()) < kLeastDepthShare * static_cast<double>(before))
      return std::nullopt;
  }
}

/// Samples of sixteen bits, width * height of them.
GrayImage gray_of_samples(std::span<const uint16_t> samples, int width_px, int height_px) {
  GrayImage gray{width_px, height_px, std::vector<uint8_t>(samples.size())};
  const double white = std::max<double>(quantile(samples, kBrightest), 1);
  for (size_t i = 0; i < samples.size(); ++i)
    gray.samples[i] = static_cast<uint8_t>(std::min(255.0, 255 * std::sqrt(samples[i] / white)));
  return gray;
}

}  // namespace

GrayImage gray_of_infrared(const Image& infrared) {
  return gray_of_samples(infrared.samples(), infrared.width_px, infrared.height_px);
}

Result<GrayImage> gray_of_color(const Image& color) {
  const auto picture = color_picture(color);
  if (!picture) return picture.error();
  return gray_of(*picture);
}

Result<GrayImage> gray_of_photograph(std::span<const std::byte> file) {
  if (file.empty()) return Error{Errc::unusable_input, "the file is empty"};
  constexpr std::array<std::byte, 2> kPng{std::byte{0x89}, std::byte{'P'}};
  if (file.size() > 2 && std::equal(kPng.begin(), kPng.end(), file.begin())) {
    const auto picture = decode_png_brightness(file);
    if (!picture) return picture.error();
    return gray_of_samples(picture->samples, picture->width_px, picture->height_px);
  }
  const auto picture = decode_jpeg(file);
  if (!picture) return picture.error();
  return gray_of(*picture);
}

double edge_width_px(const GrayImage& image, const Board& board,
                     const std::vector<SeenCorner>& corners) {
  const auto pixels = by_id(corners);
  std::array<std::vector<double>, 2> widths;
  for (const auto& [id, pixel] : pixels) {
    const auto next = next_corners(board, id);
    for (size_t direction = 0; direction < 2; ++direction) {
      const auto end = pixels.find(next[direction]);
      if (end == pixels.end()) continue;
      if (const auto width = width_across(image, pixel, end->second))
        widths[direction].push_back(*width);
    }
  }
  return std::max(median(widths[0]), median(widths[1]));
}

void measure_depths(std::span<const uint16_t> depth_mm, int width_px, int height_px,
                    const Board& board, std::vector<SeenCorner>& corners) {
  const auto pixels = by_id(corners);
  for (SeenCorner& corner : corners) {
    corner.depth_m.reset();
    const double reach = kDepthReach * nearest_neighbour_px(board, pixels, corner.id);
    std::vector<DepthSample> samples;
    int looked_at = 0;
    const int left = std::max(0, static_cast<int>(std::ceil(corner.pixel.x() - reach)));
    const int top = std::max(0, static_cast<int>(std::ceil(corner.pixel.y() - reach)));
    for (int y = top; y < height_px && y <= corner.pixel.y() + reach; ++y) {
      for (int x = left; x < width_px && x <= corner.pixel.x() + reach; ++x) {
        const double dx = x - corner.pixel.x();
        const double dy = y - corner.pixel.y();
        if (dx * dx + dy * dy > reach * reach) continue;
        ++looked_at;
        const uint16_t depth = depth_mm[static_cast<size_t>(y) * static_cast<size_t>(width_px) +
                                        static_cast<size_t>(x)];
        if (depth > 0) samples.push_back({dx, dy, static_cast<double>(depth)});
      }
    }
    if (samples.size() < kLeastDepthPixels ||
        static_cast<double>(samples.size()) < kLeastDepthShare * looked_at)
      continue;
    if (const auto depth = plane_at_origin_mm(std::move(samples))) corner.depth_m = *depth / 1000;
  }
}

BoardSighting sighting_of(const Detection& detection, const GrayImage& image, const Board& board,
                          BoardView view) {
  BoardSighting sighting{std::move(view), 0, detection.markers, detection.foreign_markers,
                         detection.misplaced_markers};
  for (const DetectedCorner& corner : detection.corners)
    sighting.view.corners.push_back({corner.id, corner.pixel, std::nullopt});
  sighting.edge_width_px = edge_width_px(image, board, sighting.view.corners);
  return sighting;
}

BoardObserver::BoardObserver(Board board, Detector::Options options)
    : board_(std::move(board)), detector_(std::move(options)) {}

Result<std::optional<BoardSighting>> BoardObserver::look(GrayImage image, BoardView view) {
  // The markers are smaller in infrared, whose images are.
  DetectRequest request{board_, view.sensor == BoardSensor::infrared, std::move(image)};
  const auto seen = detector_.detect(request);
  if (!seen) {
    const Errc code = seen.error().code;
    if (code != Errc::io && code != Errc::timeout) return seen.error();
    if (looked_at_ == 0 && ++in_vain_ == kMostInVain) {
      return Error{code, fmt::format("lockstep-detect has not managed one of {} images: {}",
                                     kMostInVain, seen.error().message)};
    }
    failures_.push_back(fmt::format("the {} of tick {}: {}",
                                    view.sensor == BoardSensor::color ? "colour" : "infrared",
                                    view.tick, seen.error().message));
    return std::optional<BoardSighting>();
  }
  ++looked_at_;
  return std::optional(sighting_of(*seen, request.image, board_, std::move(view)));
}

Result<std::vector<BoardSighting>> BoardObserver::observe(const Capture& capture, int camera,
                                                          int64_t tick) {
  std::vector<BoardSighting> sightings;
  if (capture.color) {
    auto gray = gray_of_color(*capture.color);
    if (gray) {
      auto seen = look(std::move(*gray), {tick, camera, BoardSensor::color, {}});
      if (!seen) return std::move(seen).error();
      if (*seen) sightings.push_back(std::move(**seen));
    } else {
      failures_.push_back(fmt::format("the colour of tick {}: {}", tick, gray.error().message));
    }
  }
  if (capture.ir) {
    auto seen = look(gray_of_infrared(*capture.ir), {tick, camera, BoardSensor::infrared, {}});
    if (!seen) return std::move(seen).error();
    if (*seen) {
      if (capture.depth)
        measure_depths(capture.depth->samples(), capture.depth->width_px, capture.depth->height_px,
                       board_, (*seen)->view.corners);
      sightings.push_back(std::move(**seen));
    }
  }
  return sightings;
}

}  // namespace lockstep

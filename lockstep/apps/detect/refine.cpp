// SPDX-License-Identifier: MIT
#include "lockstep/apps/detect/refine.h"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "lockstep/apps/detect/detect.h"

namespace lockstep {
namespace {

using Eigen::Vector2d;

// Pixels around the corner that count: not so many that the lens bends the edges, not so far that
// the next corner is among them, and of the white squares not what a marker's edge may reach.
constexpr double kLargestRadius_px = 9;
constexpr double kSmallestRadius_px = 2.5;
constexpr double kRadius_squares = 0.42;
constexpr double kMarkerReach_px = 1;
constexpr double kNarrowestStrip_px = 0.7;

constexpr int kMostRounds = 25;
constexpr double kFinestStep_px = 1e-4;
constexpr double kFarthest_px = 2;  ///< from where the corner was thought to be, or a tenth square
constexpr double kFarthest_squares = 0.1;
constexpr double kLeastContrast = 12;      ///< of 255, between the white and the black squares
constexpr double kMostUnexplained = 0.25;  ///< rms of what the fit leaves, in contrasts
constexpr double kMostOfSquare = 0.15;     ///< mean of the same over one of the four squares
constexpr double kSharpest_px = 0.05;
constexpr double kSoftest_px = 4;
constexpr double kMostTurn = 0.35;  ///< of an edge, against the markers' or neighbours' word; rad

/// A pixel that counts, relative to where the fit begins.
struct Sample {
  Vector2d place;
  double brightness = 0;
};

/// Two soft edges that cross: middle + half * S(distance to one) * S(distance to the other), where
/// S goes from -1 to 1 as the error function does.
struct Crossing {
  Vector2d place = Vector2d::Zero();
  double turn[2] = {0, 0};  ///< direction of each edge, rad
  double middle = 0;
  double half = 0;  ///< positive where the corner's top left square is white
  double softness_px = 0.6;
};

using Parameters = Eigen::Matrix<double, 7, 1>;

/// S at a distance, and its derivatives. A pixel of any direction has the variance of a box of
/// width 1 across the edge; the integral of the error function over that box has a closed form.
struct SoftStep {
  double value, by_distance, by_softness;
};

SoftStep soft_step(double distance_px, double softness_px) {
  static const double kScale = std::sqrt(2 / M_PI);
  SoftStep step{0, 0, 0};
  for (const double side : {0.5, -0.5}) {
    const double sign = side > 0 ? 1 : -1;
    const double x = distance_px + side, in_sigmas = x / softness_px;
    const double step_here = std::erf(in_sigmas * M_SQRT1_2);
    const double bell = kScale * std::exp(-in_sigmas * in_sigmas / 2);
    step.value += sign * (x * step_here + softness_px * bell);
    step.by_distance += sign * step_here;
    step.by_softness += sign * bell;
  }
  return step;
}

/// What the crossing has at a sample's place, and its derivative by (place, turns, middle, half,
/// softness).
double value_at(const Crossing& crossing, const Vector2d& place, Parameters& derivative) {
  const Vector2d away = place - crossing.place;
  SoftStep step[2];
  double along[2];
  Vector2d normal[2];
  for (int i = 0; i < 2; ++i) {
    const Vector2d edge(std::cos(crossing.turn[i]), std::sin(crossing.turn[i]));
    normal[i] = Vector2d(-edge.y(), edge.x());
    along[i] = edge.dot(away);
    step[i] = soft_step(normal[i].dot(away), crossing.softness_px);
  }
  const double by_first = crossing.half * step[1].value * step[0].by_distance;
  const double by_second = crossing.half * step[0].value * step[1].by_distance;
  derivative.head<2>() = -by_first * normal[0] - by_second * normal[1];
  derivative[2] = -by_first * along[0];
  derivative[3] = -by_second * along[1];
  derivative[4] = 1;
  derivative[5] = step[0].value * step[1].value;
  derivative[6] =
      crossing.half * (step[1].value * step[0].by_softness + step[0].value * step[1].by_softness);
  return crossing.middle + crossing.half * step[0].value * step[1].value;
}

double rms_of(const Crossing& crossing, const std::vector<Sample>& samples) {
  Parameters ignored;
  double sum = 0;
  for (const Sample& sample : samples) {
    const double left = sample.brightness - value_at(crossing, sample.place, ignored);
    sum += left * left;
  }
  return std::sqrt(sum / static_cast<double>(samples.size()));
}

Crossing moved(Crossing crossing, const Parameters& step) {
  crossing.place += step.head<2>();
  crossing.turn[0] += step[2];
  crossing.turn[1] += step[3];
  crossing.middle += step[4];
  crossing.half += step[5];
  crossing.softness_px = std::clamp(crossing.softness_px + step[6], kSharpest_px, 2 * kSoftest_px);
  return crossing;
}

/// Levenberg and Marquardt's way to the least squares.
Crossing fit(Crossing crossing, const std::vector<Sample>& samples) {
  double damping = 1e-3;
  double rms = rms_of(crossing, samples);
  for (int round = 0; round < kMostRounds; ++round) {
    Eigen::Matrix<double, 7, 7> normal = Eigen::Matrix<double, 7, 7>::Zero();
    Parameters right = Parameters::Zero();
    for (const Sample& sample : samples) {
      Parameters derivative;
      const double left = sample.brightness - value_at(crossing, sample.place, derivative);
      normal += derivative * derivative.transpose();
      right += derivative * left;
    }
    normal.diagonal() *= 1 + damping;
    normal.diagonal().array() += 1e-9;
    const Parameters step = normal.ldlt().solve(right);
    const Crossing next = moved(crossing, step);
    const double next_rms = rms_of(next, samples);
    if (!(next_rms <= rms)) {
      damping *= 10;
      if (damping > 1e6) break;
      continue;
    }
    crossing = next;
    rms = next_rms;
    damping = std::max(damping / 10, 1e-9);
    if (step.head<2>().norm() < kFinestStep_px) break;
  }
  return crossing;
}

const uint8_t* row_of(const GrayImage& image, int y) {
  return image.samples.data() + static_cast<ptrdiff_t>(y) * image.width_px;
}

/// What is near the corner and tells of nothing but its four squares.
std::vector<Sample> samples_around(const GrayImage& image, const RoughCorner& rough,
                                   const Vector2d& middle, double radius_px) {
  const Eigen::Matrix2d squares_per_pixel = rough.pixels_per_square.inverse();
  const double across[2] = {rough.pixels_per_square.col(0).norm(),
                            rough.pixels_per_square.col(1).norm()};
  // Distances along an oblique axis are longer than to the line: the sine between the axes.
  const double sine = std::abs(rough.pixels_per_square.determinant()) / (across[0] * across[1]);
  std::vector<Sample> samples;
  const int reach = static_cast<int>(std::ceil(radius_px));
  const int column = static_cast<int>(std::lround(middle.x()));
  const int row = static_cast<int>(std::lround(middle.y()));
  for (int y = row - reach; y <= row + reach; ++y) {
    for (int x = column - reach; x <= column + reach; ++x) {
      const Vector2d away = Vector2d(x, y) - middle;
      if (away.norm() > radius_px) continue;
      const Vector2d on_board = squares_per_pixel * away;
      const bool in_white = (on_board.x() * on_board.y() > 0) != rough.top_left_black;
      const auto beyond = [&](int axis) {
        const double strip_px = rough.clear_squares * across[axis] * sine - kMarkerReach_px;
        return std::abs(on_board[axis]) * across[axis] * sine >
               std::max(strip_px, kNarrowestStrip_px);
      };
      if (in_white && beyond(0) && beyond(1)) continue;
      samples.push_back({away, static_cast<double>(row_of(image, y)[x])});
    }
  }
  return samples;
}

double radius_of(const RoughCorner& rough) {
  const double shortest = rough.pixels_per_square.jacobiSvd().singularValues()[1];
  return std::clamp(kRadius_squares * shortest, kSmallestRadius_px, kLargestRadius_px);
}

/// How far the mean of any of the four squares is from the fit's: a hand that covers one of them
/// is no noise.
double worst_square(const Crossing& crossing, const std::vector<Sample>& samples) {
  double sum[2][2] = {};
  int count[2][2] = {};
  for (const Sample& sample : samples) {
    const Vector2d away = sample.place - crossing.place;
    int side[2];
    for (int i = 0; i < 2; ++i)
      side[i] = std::cos(crossing.turn[i]) * away.y() > std::sin(crossing.turn[i]) * away.x();
    Parameters ignored;
    sum[side[0]][side[1]] += sample.brightness - value_at(crossing, sample.place, ignored);
    ++count[side[0]][side[1]];
  }
  double worst = 0;
  for (const int first : {0, 1}) {
    for (const int second : {0, 1})
      worst = std::max(worst, std::abs(sum[first][second]) / std::max(count[first][second], 1));
  }
  return worst;
}

bool is_inside(const GrayImage& image, const Vector2d& pixel, double margin) {
  return pixel.x() >= margin && pixel.y() >= margin && pixel.x() <= image.width_px - 1 - margin &&
         pixel.y() <= image.height_px - 1 - margin;
}

Crossing first_guess(const RoughCorner& rough, const std::vector<Sample>& samples) {
  Crossing crossing;
  for (int axis = 0; axis < 2; ++axis) {
    const Vector2d edge = rough.pixels_per_square.col(axis);
    crossing.turn[axis] = std::atan2(edge.y(), edge.x());
  }
  double low = 255, high = 0;
  for (const Sample& sample : samples) {
    low = std::min(low, sample.brightness);
    high = std::max(high, sample.brightness);
  }
  crossing.middle = (low + high) / 2;
  // The normals of the x edge and of the y edge point to +y and -x of the board: their product is
  // negative in the top left square.
  crossing.half = (high - low) / 2 * (rough.top_left_black ? 1 : -1);
  return crossing;
}

/// To within a fraction of a pixel, where the fit below has its way.
Vector2d settled(const GrayImage& image, const RoughCorner& rough, double radius_px) {
  const int window = std::clamp(static_cast<int>(radius_px / 2), 1, 4);
  std::vector<cv::Point2f> point = {
      cv::Point2f(static_cast<float>(rough.pixel.x()), static_cast<float>(rough.pixel.y()))};
  const cv::TermCriteria until(cv::TermCriteria::COUNT | cv::TermCriteria::EPS, 20, 0.02);
  cv::cornerSubPix(as_mat(image), point, {window, window}, {-1, -1}, until);
  return {point[0].x, point[0].y};
}

/// Whether the fit explains what is seen, as squares of the colours and directions that the board
/// has there.
bool is_believable(const Crossing& found, const Crossing& guess,
                   const std::vector<Sample>& samples) {
  const double contrast = 2 * found.half * (guess.half > 0 ? 1 : -1);
  const bool turned = std::abs(found.turn[0] - guess.turn[0]) > kMostTurn ||
                      std::abs(found.turn[1] - guess.turn[1]) > kMostTurn;
  return contrast >= kLeastContrast && !turned && found.softness_px <= kSoftest_px &&
         rms_of(found, samples) <= kMostUnexplained * contrast &&
         worst_square(found, samples) <= kMostOfSquare * contrast;
}

}  // namespace

std::optional<Vector2d> refine_corner(const GrayImage& image, const RoughCorner& rough) {
  const double radius = radius_of(rough);
  if (!is_inside(image, rough.pixel, radius + kFarthest_px + 2)) return std::nullopt;
  const double farthest = std::max(
      kFarthest_px, kFarthest_squares * rough.pixels_per_square.jacobiSvd().singularValues()[1]);
  Vector2d start = settled(image, rough, radius);
  if ((start - rough.pixel).norm() > farthest) start = rough.pixel;
  if (!is_inside(image, start, radius + 2)) return std::nullopt;

  const std::vector<Sample> samples = samples_around(image, rough, start, radius);
  const Crossing guess = first_guess(rough, samples);
  const Crossing found = fit(guess, samples);
  if (!is_believable(found, guess, samples) || found.place.norm() > radius / 2 ||
      (start + found.place - rough.pixel).norm() > farthest)
    return std::nullopt;
  return start + found.place;
}

}  // namespace lockstep

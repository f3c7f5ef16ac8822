// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/LU>
#include <cmath>
#include <cstdint>
#include <vector>

#include "lockstep/calibrate/detect_protocol.h"
#include "lockstep/geometry/board_pattern.h"
#include "lockstep/geometry/camera_model.h"
#include "lockstep/geometry/rigid.h"

// A camera's picture of a board, rendered in the plainest way, and where its corners truly are.

namespace lockstep::testing {

// Neighbours in the Fibonacci series: samples of a pixel that no line meets many of.
inline constexpr int kSamples = 55;
inline constexpr int kSampleStep = 34;

struct BoardScene {
  CameraModel camera;
  RigidTransform camera_from_board;
  double white = 200, black = 30, background = 110;
  /// White around the pattern, in squares.
  double margin_squares = 1;
};

/// Where the scene's corners are; those outside the image, too.
inline std::vector<Eigen::Vector2d> true_corners(const BoardScene& scene, const Board& board) {
  std::vector<Eigen::Vector2d> pixels;
  for (int id = 0; id < board.corner_count(); ++id) {
    const auto pixel = project(scene.camera, scene.camera_from_board * board.corner(id));
    pixels.push_back(pixel.value_or(Eigen::Vector2d(-1e6, -1e6)));
  }
  return pixels;
}

/// Brightness that a ray (x, y, 1) of the camera meets. A board seen from behind is background.
inline double brightness(const BoardScene& scene, const BoardPattern& pattern,
                         const Eigen::Matrix3d& board_from_ray, const Eigen::Vector2d& ray) {
  const Eigen::Vector3d hit = board_from_ray * Eigen::Vector3d(ray.x(), ray.y(), 1);
  const bool in_front = hit.z() > 0 && board_from_ray.determinant() > 0;
  if (!in_front) return scene.background;
  const double x = hit.x() / hit.z(), y = hit.y() / hit.z();
  const Board& board = pattern.board();
  const double margin = scene.margin_squares * board.square_m;
  if (x < -margin || y < -margin || x > board.width_m() + margin || y > board.height_m() + margin)
    return scene.background;
  return pattern.is_black(x, y) ? scene.black : scene.white;
}

/// Each pixel is the mean of its samples: a sensor whose pixels are squares without gaps, sharp and
/// without noise. Samples lie on a lattice of which no two share a row or column, so that an edge
/// along either moves with every one of them. Rays go straight from a pixel's centre to its sides.
inline GrayImage picture_of(const BoardScene& scene, const BoardPattern& pattern) {
  Eigen::Matrix3d ray_from_board;
  ray_from_board << scene.camera_from_board.rotation.col(0),
      scene.camera_from_board.rotation.col(1), scene.camera_from_board.translation;
  const Eigen::Matrix3d board_from_ray = ray_from_board.inverse();
  const int width = scene.camera.width_px, height = scene.camera.height_px;
  const auto ray_at = [&](double x, double y) {
    return unproject_ray(scene.camera, {x, y}).value_or(Eigen::Vector2d(1e6, 1e6));
  };
  GrayImage image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Eigen::Vector2d middle = ray_at(x, y);
      const Eigen::Vector2d right = ray_at(x + 0.5, y) - middle, down = ray_at(x, y + 0.5) - middle;
      const auto brightness_at = [&](double u, double v) {
        return brightness(scene, pattern, board_from_ray, middle + u * right + v * down);
      };
      const double first = brightness_at(0, 0);
      // Nothing of a board that can be read is smaller than a pixel.
      if (first == brightness_at(-1, -1) && first == brightness_at(1, -1) &&
          first == brightness_at(-1, 1) && first == brightness_at(1, 1)) {
        image.samples.push_back(static_cast<uint8_t>(std::lround(first)));
        continue;
      }
      double sum = 0;
      for (int i = 0; i < kSamples; ++i) {
        sum += brightness_at((2.0 * i + 1) / kSamples - 1,
                             (2.0 * (i * kSampleStep % kSamples) + 1) / kSamples - 1);
      }
      image.samples.push_back(static_cast<uint8_t>(std::lround(sum / kSamples)));
    }
  }
  return image;
}

}  // namespace lockstep::testing

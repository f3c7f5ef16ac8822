// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <optional>

#include "lockstep/calibrate/detect_protocol.h"

namespace lockstep {

/// Where a corner is about, and what is known of its surroundings.
struct RoughCorner {
  Eigen::Vector2d pixel = Eigen::Vector2d::Zero();
  /// Pixels per square around the corner along the board's x (first column) and y.
  Eigen::Matrix2d pixels_per_square = Eigen::Matrix2d::Zero();
  /// How far from the edges of its four squares there is nothing else, in squares.
  double clear_squares = 0;
  bool top_left_black = false;  ///< of the four squares
};

/// The corner to a fraction of a pixel: two straight edges that cross there, softened alike, are
/// fitted to the pixels around. Nothing where that does not explain what is seen: the corner is
/// hidden, of another pattern, too near to the edge of the image, without contrast.
[[nodiscard]] std::optional<Eigen::Vector2d> refine_corner(const GrayImage& image,
                                                           const RoughCorner& rough);

}  // namespace lockstep

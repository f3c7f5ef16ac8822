// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace lockstep {

/// Which camera of a device saw a board.
enum class BoardSensor { color, infrared };

/// A corner of the board in one image.
struct SeenCorner {
  int id = 0;  ///< as Board counts them
  Eigen::Vector2d pixel = Eigen::Vector2d::Zero();
  /// Along the optical axis of the depth camera, as it measured it; of infrared only.
  std::optional<double> depth_m;
};

/// What one sensor of one camera saw of the board at one tick.
struct BoardView {
  int64_t tick = 0;
  int camera = 0;  ///< in the rig
  BoardSensor sensor = BoardSensor::color;
  std::vector<SeenCorner> corners;
};

/// Fewest corners of a view that count: two more than say where a plane is, so that one of them
/// that is elsewhere shows.
inline constexpr size_t kLeastCornersOfAView = 6;

/// One image that was looked at, and what was odd about it.
struct BoardSighting {
  BoardView view;  ///< without corners where the board was not seen
  /// Pixels over which its edges go from dark to bright, the middle one along the more blurred of
  /// the board's two directions; 0 where no edge was seen.
  double edge_width_px = 0;
  int markers = 0;            ///< of the board
  int foreign_markers = 0;    ///< of the dictionary, not of the board
  int misplaced_markers = 0;  ///< not where their neighbours say
};

}  // namespace lockstep

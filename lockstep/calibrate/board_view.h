// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
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

}  // namespace lockstep

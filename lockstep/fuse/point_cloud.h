// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <vector>

namespace lockstep {

/// Points of one scene in the frame of the rig, metres. One entry per point in every vector that is
/// not empty; `points` alone is always filled.
struct PointCloud {
  std::vector<Eigen::Vector3f> points;
  std::vector<Eigen::Vector3f> normals;        ///< unit length, towards the camera
  std::vector<std::array<uint8_t, 3>> colors;  ///< sRGB
  std::vector<float> confidence;               ///< 0..1
  std::vector<uint8_t> cameras;                ///< which measured it, as the cameras were given
  /// When its camera's depth was exposed: microseconds after the nominal instant of the tick.
  std::vector<float> instants_us;
};

}  // namespace lockstep

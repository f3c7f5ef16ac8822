// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <vector>

namespace lockstep {

/// A surface in the frame of the rig, metres. Triangles are counterclockwise seen from outside,
/// where the cameras are. `normals` and `colors` are empty or have one entry per vertex.
struct TriangleMesh {
  std::vector<Eigen::Vector3f> vertices;
  std::vector<Eigen::Vector3f> normals;        ///< unit length, outwards
  std::vector<std::array<uint8_t, 3>> colors;  ///< sRGB
  std::vector<std::array<uint32_t, 3>> triangles;
};

}  // namespace lockstep

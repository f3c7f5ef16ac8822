// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>
#include <vector>

#include "lockstep/fuse/marching_cubes.h"

namespace lockstep {
namespace {

constexpr uint8_t kNoEdge = 0xFF;

/// The edge between two neighbouring corners.
uint8_t edge_of(int a, int b) {
  const int low = std::min(a, b), axis = (a ^ b) >> 1;  // 1, 2, 4 to 0, 1, 2
  return static_cast<uint8_t>(3 * low + axis);
}

/// Corners of the faces, counterclockwise seen from outside the cube.
constexpr int kFaces[6][4] = {{0, 4, 6, 2}, {1, 3, 7, 5}, {0, 1, 5, 4},
                              {2, 6, 7, 3}, {0, 2, 3, 1}, {4, 5, 7, 6}};

/// Where the way along the surface goes from each edge: on every face, around every run of corners
/// that lie inside.
std::array<uint8_t, 24> ways_of(int inside) {
  std::array<uint8_t, 24> ways;
  ways.fill(kNoEdge);
  const auto in = [&](int corner) { return (inside >> corner & 1) != 0; };
  for (const auto& face : kFaces) {
    for (int i = 0; i < 4; ++i) {
      if (in(face[i]) || !in(face[(i + 1) % 4])) continue;
      int end = i + 1;  // the last of the run that begins here
      while (in(face[(end + 1) % 4])) ++end;
      ways[edge_of(face[end % 4], face[(end + 1) % 4])] = edge_of(face[i], face[(i + 1) % 4]);
    }
  }
  return ways;
}

CubeCase case_of(int inside) {
  CubeCase result;
  std::array<uint8_t, 24> ways = ways_of(inside);
  for (uint8_t first = 0; first < ways.size(); ++first) {
    std::vector<uint8_t> loop;
    for (uint8_t at = first; ways[at] != kNoEdge;) {
      loop.push_back(at);
      at = std::exchange(ways[at], kNoEdge);
    }
    for (size_t i = 2; i < loop.size(); ++i)
      result.triangles[static_cast<size_t>(result.count++)] = {loop[0], loop[i], loop[i - 1]};
  }
  return result;
}

}  // namespace

const std::array<CubeCase, 256>& cube_cases() {
  static const auto cases = [] {
    std::array<CubeCase, 256> all;
    for (int inside = 0; inside < 256; ++inside) all[static_cast<size_t>(inside)] = case_of(inside);
    return all;
  }();
  return cases;
}

}  // namespace lockstep

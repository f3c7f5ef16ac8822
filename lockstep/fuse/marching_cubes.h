// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include "lockstep/fuse/triangle_mesh.h"
#include "lockstep/fuse/voxel_blocks.h"

namespace lockstep {

/// The triangles within a cube for each set of corners that lie inside: bit i is the corner with
/// x = i & 1, y = i >> 1 & 1, z = i >> 2. Vertices are edges of the cube: 3 times the corner with
/// the lower place, plus the axis. Counterclockwise seen from outside.
struct CubeCase {
  int count = 0;  ///< of triangles
  std::array<std::array<uint8_t, 3>, 6> triangles{};
};
/// On a face that has corners of one side across from each other, those inside are apart: a rule of
/// the face alone, so that neighbours leave no gap.
[[nodiscard]] const std::array<CubeCase, 256>& cube_cases();

struct MarchJob {
  const VoxelBlocks& blocks;
  double voxel_m;
  bool colors;
  int threads;
};

/// The surface where the distance is 0, within cubes all of whose corners were seen.
[[nodiscard]] TriangleMesh march(const MarchJob& job);

}  // namespace lockstep

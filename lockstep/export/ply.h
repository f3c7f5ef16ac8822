// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/fuse/point_cloud.h"
#include "lockstep/fuse/triangle_mesh.h"

// PLY, binary little-endian: the coordinates as they are, in the frame of the rig and in metres.
// The file is there whole or not at all, and nothing is overwritten. Errors: invalid_argument
// (check_shape()), already_exists, io, no_space.

namespace lockstep {

/// Vertices with x y z, and as far as the cloud has them nx ny nz, red green blue, confidence,
/// camera and instant_us. `remarks` become comment lines of the header.
Result<void> write_ply(const std::filesystem::path& path, const PointCloud& cloud,
                       const std::vector<std::string>& remarks);

/// Vertices with x y z, as far as there nx ny nz and red green blue; faces of three corners.
Result<void> write_ply(const std::filesystem::path& path, const TriangleMesh& mesh,
                       const std::vector<std::string>& remarks);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "lockstep/base/result.h"
#include "lockstep/fuse/point_cloud.h"
#include "lockstep/fuse/triangle_mesh.h"
#include "lockstep/geometry/rig_calibration.h"

// glTF 2.0 in one binary file, of one mesh: metres, with the coordinates of the rig in the buffer
// and a node that turns them so that y is up, as glTF has it. Colours are COLOR_0, linear as glTF
// has them, and shown unlit; points lie in mode 0, triangles in mode 4 and are seen from both
// sides. The file is there whole or not at all, and nothing is overwritten. Errors:
// invalid_argument (check_shape(), nothing to be written, or more than the 4 GiB of a GLB file),
// already_exists, io, no_space.

namespace lockstep {

/// A turn about x: from z up, or, where a camera defines the rig, from y down and z forward.
[[nodiscard]] Eigen::Matrix3d gltf_from_rig(RigOrigin origin);

/// A normal without a direction becomes z.
Result<void> write_glb(const std::filesystem::path& path, const PointCloud& cloud,
                       RigOrigin origin);
Result<void> write_glb(const std::filesystem::path& path, const TriangleMesh& mesh,
                       RigOrigin origin);

}  // namespace lockstep

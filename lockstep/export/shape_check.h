// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/base/result.h"
#include "lockstep/fuse/point_cloud.h"
#include "lockstep/fuse/triangle_mesh.h"

namespace lockstep {

/// Whether every vector has as many entries as its type promises, all numbers are finite, and the
/// corners of triangles are vertices. Errors: invalid_argument, which names what is not so.
Result<void> check_shape(const PointCloud& cloud);
Result<void> check_shape(const TriangleMesh& mesh);

}  // namespace lockstep

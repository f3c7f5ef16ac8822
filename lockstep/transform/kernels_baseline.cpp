// SPDX-License-Identifier: MIT
#include "lockstep/transform/custom_kernels.h"
#include "lockstep/transform/depth_kernels.h"
#include "lockstep/transform/image_kernels.h"
#include "lockstep/transform/lens_kernels.h"

namespace lockstep {

extern const Kernels kBaselineKernels;
const Kernels kBaselineKernels{"baseline",  rays,         vertices, grid_vertices, fine_vertices,
                               paint_depth, paint_custom, colors,   points,        walk};

}  // namespace lockstep

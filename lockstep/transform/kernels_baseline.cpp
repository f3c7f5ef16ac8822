// SPDX-License-Identifier: MIT
#include "lockstep/transform/image_kernels.h"
#include "lockstep/transform/lens_kernels.h"
#include "lockstep/transform/surface_kernels.h"

namespace lockstep {

const Kernels kBaselineKernels{"baseline",   rays,   vertices, paint_depth,
                               paint_custom, colors, points,   walk};

}  // namespace lockstep

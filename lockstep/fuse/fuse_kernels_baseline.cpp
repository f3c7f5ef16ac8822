// SPDX-License-Identifier: MIT
#include "lockstep/fuse/look_kernels.h"
#include "lockstep/fuse/rate_kernels.h"
#include "lockstep/fuse/voxel_kernels.h"

namespace lockstep {

extern const FuseKernels kBaselineFuseKernels;
const FuseKernels kBaselineFuseKernels{"baseline", drop_mixed, rate,         least_of_nine, grow,
                                       smooth,     pack,       look,         contest,       cells,
                                       place,      integrate,  block_places, choose};

}  // namespace lockstep

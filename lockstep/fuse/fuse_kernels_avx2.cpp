// SPDX-License-Identifier: MIT
// Compiled for processors with AVX2 and fused products.
#include "lockstep/fuse/fill_kernels.h"
#include "lockstep/fuse/look_kernels.h"
#include "lockstep/fuse/point_kernels.h"
#include "lockstep/fuse/rate_kernels.h"
#include "lockstep/fuse/voxel_kernels.h"

#ifdef __x86_64__
namespace lockstep {

extern const FuseKernels kAvx2FuseKernels;
const FuseKernels kAvx2FuseKernels{"avx2",        numbers,
                                   drop_mixed,    rate,
                                   least_of_nine, grow,
                                   smooth,        pack,
                                   look,          contest,
                                   cells,         shown,
                                   keep,          compact,
                                   place,         rgb,
                                   integrate,     block_places,
                                   choose,        rate_own,
                                   pick,          drop_seen_through,
                                   compare,       settle};

}  // namespace lockstep
#endif

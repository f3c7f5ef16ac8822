// SPDX-License-Identifier: MIT
// Compiled for processors with AVX2 and fused products.
#include "lockstep/transform/custom_kernels.h"
#include "lockstep/transform/depth_kernels.h"
#include "lockstep/transform/image_kernels.h"
#include "lockstep/transform/lens_kernels.h"

#ifdef __x86_64__
namespace lockstep {

extern const Kernels kAvx2Kernels;
const Kernels kAvx2Kernels{"avx2",      rays,         vertices, grid_vertices, fine_vertices,
                           paint_depth, paint_custom, colors,   points,        walk};

}  // namespace lockstep
#endif

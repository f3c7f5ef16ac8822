// SPDX-License-Identifier: MIT
// Compiled for processors with AVX-512, for its masks and twice as many registers; vectors are as
// long as those of AVX2.
#include "lockstep/transform/custom_kernels.h"
#include "lockstep/transform/depth_kernels.h"
#include "lockstep/transform/image_kernels.h"
#include "lockstep/transform/lens_kernels.h"

#ifdef __x86_64__
namespace lockstep {

extern const Kernels kAvx512Kernels;
const Kernels kAvx512Kernels{"avx512",    rays,         vertices, grid_vertices, fine_vertices,
                             paint_depth, paint_custom, colors,   points,        walk};

}  // namespace lockstep
#endif

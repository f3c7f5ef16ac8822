// SPDX-License-Identifier: MIT
// Compiled for processors with AVX2 and fused products.
#include "lockstep/fuse/kernel_table.h"

#ifdef __x86_64__
namespace lockstep {

extern const FuseKernels kAvx2FuseKernels;
const FuseKernels kAvx2FuseKernels = kernel_table("avx2");

}  // namespace lockstep
#endif

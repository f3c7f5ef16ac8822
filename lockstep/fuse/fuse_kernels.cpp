// SPDX-License-Identifier: MIT
#include "lockstep/fuse/fuse_kernels.h"

#include <string_view>

namespace lockstep {

extern const FuseKernels kBaselineFuseKernels;
#ifdef __x86_64__
extern const FuseKernels kAvx2FuseKernels;
#endif

const FuseKernels& fuse_kernels(const Kernels& kernels) {
#ifdef __x86_64__
  if (kernels.name != std::string_view("baseline")) return kAvx2FuseKernels;
#endif
  (void)kernels;
  return kBaselineFuseKernels;
}

}  // namespace lockstep

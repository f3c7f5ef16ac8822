// SPDX-License-Identifier: MIT
#include "lockstep/transform/kernels.h"

namespace lockstep {

const Kernels& best_kernels() {
#ifdef __x86_64__
  static const bool kAvx2 = __builtin_cpu_supports("avx2") != 0;
  if (kAvx2) return kAvx2Kernels;
#endif
  return kBaselineKernels;
}

}  // namespace lockstep

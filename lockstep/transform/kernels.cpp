// SPDX-License-Identifier: MIT
#include "lockstep/transform/kernels.h"

namespace lockstep {

extern const Kernels kBaselineKernels;
#ifdef __x86_64__
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
#endif

std::vector<const Kernels*> usable_kernels() {
  std::vector<const Kernels*> usable;
#ifdef __x86_64__
  const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  const bool avx512 =
      __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512dq") != 0;
  if (avx2 && avx512) usable.push_back(&kAvx512Kernels);
  if (avx2) usable.push_back(&kAvx2Kernels);
#endif
  usable.push_back(&kBaselineKernels);
  return usable;
}

const Kernels& best_kernels() {
  static const Kernels& best = *usable_kernels().front();
  return best;
}

}  // namespace lockstep

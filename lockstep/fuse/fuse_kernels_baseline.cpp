// SPDX-License-Identifier: MIT
#include "lockstep/fuse/kernel_table.h"

namespace lockstep {

extern const FuseKernels kBaselineFuseKernels;
const FuseKernels kBaselineFuseKernels = kernel_table("baseline");

}  // namespace lockstep

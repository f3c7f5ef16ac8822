// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/fuse/fill_kernels.h"
#include "lockstep/fuse/look_kernels.h"
#include "lockstep/fuse/point_kernels.h"
#include "lockstep/fuse/rate_kernels.h"
#include "lockstep/fuse/voxel_kernels.h"

// The kernels of one build; each file that includes this has its own.

namespace lockstep {
namespace {

constexpr FuseKernels kernel_table(const char* name) {
  return {name,          numbers,
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
}

}  // namespace
}  // namespace lockstep

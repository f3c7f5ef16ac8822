// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/fuse/fuse_kernels.h"
#include "lockstep/transform/lens_kernels.h"

// What one camera has where another one looks. See fuse_kernels.h.

namespace lockstep {
namespace {

/// What a depth camera has at eight places of its image.
void look_up(const DepthSight& there, const Seen<Floats>& seen, float* z, float* reading,
             float* confidence) {
  const Floats u = seen.u + 0.5F, v = seen.v + 0.5F;
  const Ints inside = (seen.z > 0) & (u >= 0) & (v >= 0) & (u < static_cast<float>(there.width)) &
                      (v < static_cast<float>(there.height));
  const Ints at = ints_of(inside ? v : Floats{}) * there.width + ints_of(inside ? u : Floats{});
  Ints readings{}, confidences{};
  if (any(inside)) {
    for (int lane = 0; lane < kLanes; ++lane) {
      readings[lane] = there.depth[at[lane]];
      confidences[lane] = there.confidence[at[lane]];
    }
  }
  store(z, inside ? seen.z : Floats{});
  store(reading, floats_of(readings & inside));
  store(confidence, floats_of(confidences & inside));
}

LOCKSTEP_KERNEL void look(const DepthSight& shared, const float* ray_x, const float* ray_y,
                          const float* z, int count, SeenThere out) {
  const DepthSight there = shared;  // no write to the row changes it
  for (int first = 0; first < count; first += kLanes) {
    const Seen<Floats> seen(there.lens, there.mm, load<Floats>(ray_x + first),
                            load<Floats>(ray_y + first), load<Floats>(z + first));
    look_up(there, seen, out.z + first, out.reading + first, out.confidence + first);
  }
}

// ---- layers of a view

LOCKSTEP_KERNEL int choose(const ChooseJob& job) {
  int doubtful = 0;
  for (int first = 0; first < job.count; first += kLanes) {
    // Less one, so that nothing is the farthest.
    Shorts nearest = Shorts{} - 1;
    for (int i = 0; i < job.other_count; ++i)
      nearest = smaller<Shorts>(nearest, load<Shorts>(job.others[i] + first) - 1);
    const Shorts own = job.own == nullptr ? Shorts{} : load<Shorts>(job.own + first);
    const Shorts room = (own >> kSameSurfaceShift) + kSameSurfaceMm;
    const Shorts from = own > room ? own - room : Shorts{};
    const auto missing = reinterpret_cast<Shorts>((own == 0) & (nearest != 0xFFFF));
    const auto behind = reinterpret_cast<Shorts>((own != 0) & (nearest < from));
    const Shorts doubt = missing | behind;
    store(job.depth + first, own & ~doubt);
    const auto parts = reinterpret_cast<Pair>(doubt);
    if ((parts[0] | parts[1]) == 0) continue;
    for (int lane = 0; lane < kLanes && first + lane < job.count; ++lane) {
      if (doubt[lane] != 0) job.doubtful[doubtful++] = first + lane;
    }
  }
  return doubtful;
}

}  // namespace
}  // namespace lockstep

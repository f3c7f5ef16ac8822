// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/fuse/fuse_kernels.h"
#include "lockstep/transform/lens_kernels.h"

// What one camera has where another one looks. See fuse_kernels.h.

namespace lockstep {
namespace {

/// Where some points of a row lie in the image of a depth camera.
struct Aims {
  static constexpr int kCount = RaysTo::kCount;
  RaysTo rays;      ///< to the points; not all lie in the image
  float z[kCount];  ///< 0: beside it
  int32_t at[kCount];

  /// Finds them, once there are rays, and asks for what is there: eight places lie in a few lines
  /// of the cache.
  void find(const DepthSight& there, int count) {
    const auto width = static_cast<float>(there.width), height = static_cast<float>(there.height);
    for (int first = 0; first < count; first += kLanes) {
      if (!any(load<Floats>(rays.z + first) > 0)) {
        store(z + first, Floats{});
        store(at + first, Ints{});
        continue;
      }
      const Seen<Floats> seen = rays.seen(there.lens, first);
      const Floats u = seen.u + 0.5F, v = seen.v + 0.5F;
      const Ints inside = (seen.z > 0) & (u >= 0) & (v >= 0) & (u < width) & (v < height);
      store(z + first, inside ? seen.z : Floats{});
      store(at + first,
            ints_of(inside ? v : Floats{}) * there.width + ints_of(inside ? u : Floats{}));
      // Of those before: what was stored just now would have to be waited for.
      const int before = first >= kLanes ? first - kLanes : first;
      for (const int lane : {0, kLanes / 2, kLanes - 1})
        __builtin_prefetch(there.readings + at[before + lane]);
    }
  }
};

/// What a depth camera has at eight places of its image.
struct LookedUp {
  Floats z, reading, confidence, least;
  bool some;  ///< whether there is a reading at any

  LookedUp(const DepthSight& there, const Aims& aims, int first) {
    z = load<Floats>(aims.z + first);
    const Ints inside = z > 0;
    Ints readings{};
    if (any(inside)) {
      for (int lane = 0; lane < kLanes; ++lane)
        readings[lane] = static_cast<int32_t>(there.readings[aims.at[first + lane]]);
      readings &= inside;
    }
    some = any(readings);
    const Ints mm = readings & 0xFFFF;
    const Ints nearer = (readings >> 24) & 0xFF;
    reading = floats_of(mm);
    confidence = floats_of((readings >> 16) & 0xFF);
    least = floats_of(nearer < kNearerUnknown ? mm - nearer * kNearerStepMm : Ints{});
  }
};

/// Calls `use(first, found)` for every eight points of a row, whose depth is `depth(first)`. Where
/// they lie is known for many before the first is looked up, so that nobody waits for memory.
template <typename Depth, typename Use>
void look_up(const DepthSight& there, const float* ray_x, const float* ray_y, int count,
             const Depth& depth, const Use& use) {
  Aims aims;
  for (int begin = 0; begin < count; begin += Aims::kCount) {
    const int end = count - begin < Aims::kCount ? count : begin + Aims::kCount;
    for (int first = begin; first < end; first += kLanes)
      aims.rays.take(there.mm, load<Floats>(ray_x + first), load<Floats>(ray_y + first),
                     depth(first), first - begin);
    aims.find(there, end - begin);
    for (int first = begin; first < end; first += kLanes)
      use(first, LookedUp(there, aims, first - begin));
  }
}

LOCKSTEP_KERNEL void look(const DepthSight& shared, const float* ray_x, const float* ray_y,
                          const float* z, int count, SeenThere out) {
  const DepthSight there = shared;  // no write to the row changes it
  const auto depth = [&](int first) { return load<Floats>(z + first); };
  look_up(there, ray_x, ray_y, count, depth, [&](int first, const LookedUp& found) {
    store(out.z + first, found.z);
    store(out.reading + first, found.reading);
    store(out.confidence + first, found.confidence);
    store(out.least + first, found.least);
  });
}

/// What is nearer than this, where another camera looks farther, is seen through.
Floats seen_through_from(Floats z) {
  return z + kThroughMm + z * kThroughShare;
}

LOCKSTEP_KERNEL void contest(const DepthSight& shared, const ContestJob& job) {
  const DepthSight there = shared;
  constexpr float kShare = 1.0F / (1 << kSameSurfaceShift);
  const auto depth = [&](int first) {
    if (load<uint64_t>(job.kept + first) == 0) return Floats{};
    return floats_of(load<Ints>(job.readings + first) & 0xFFFF);
  };
  look_up(there, job.ray_x, job.ray_y, job.count, depth, [&](int first, const LookedUp& found) {
    if (!found.some) return;
    const Ints readings = load<Ints>(job.readings + first);
    const Floats own = floats_of(readings & 0xFFFF);
    const Floats confidence = floats_of((readings >> 16) & 0xFF);
    const Ints tie = (found.confidence == confidence) &
                     ((found.reading < own) | ((found.reading == own) & (job.wins_ties ? 0 : -1)));
    const Floats apart = found.reading - found.z;
    const Floats room = spread(static_cast<float>(kSameSurfaceMm)) + found.z * kShare;
    const Ints duplicate = (apart <= room) & (-apart <= room);
    const Ints through = found.least > seen_through_from(found.z);
    const Ints lost =
        (found.reading > 0) & ((found.confidence > confidence) | tie) & (duplicate | through);
    const auto kept = load<HalfBytes>(job.kept + first);
    store(job.kept + first, kept & ~bytes_of(lost));
  });
}

}  // namespace
}  // namespace lockstep

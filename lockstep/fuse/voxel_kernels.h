// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/fuse/look_kernels.h"

// Voxels and what a camera reads of the surfaces about them. See fuse_kernels.h.

namespace lockstep {
namespace {

using SignedShorts = int16_t __attribute__((vector_size(16)));

/// A number that changes evenly along the sides of a block, given at its eight corners, of which x
/// is the lowest bit.
class Cuboid {
 public:
  explicit Cuboid(Floats at) {
    const Floats y = kLaneFloats * kShare;
    for (int z = 0; z < kBlockSide; ++z) {
      const float share = static_cast<float>(z) * kShare;
      const Floats first = between(at[0], at[2], at[4], at[6], y, share);
      const Floats last = between(at[1], at[3], at[5], at[7], y, share);
      store(first_ + z * kBlockSide, first);
      store(step_ + z * kBlockSide, (last - first) * kShare);
    }
  }

  /// Along a row of voxels.
  [[nodiscard]] Floats row(int number) const {
    return spread(first_[number]) + spread(step_[number]) * kLaneFloats;
  }

 private:
  static constexpr float kShare = 1.0F / (kBlockSide - 1);

  static Floats between(float a, float b, float c, float d, Floats y, float z) {
    const Floats front = a + (b - a) * y, back = c + (d - c) * y;
    return front + (back - front) * z;
  }
  float first_[kBlockSide * kBlockSide], step_[kBlockSide * kBlockSide];
};

/// Where a camera sees the voxels of a block: its corners exactly, what lies between evenly
/// before the division by depth. That leaves a tenth of a pixel of 40 mm at one metre.
struct BlockView {
  Cuboid u, v, z;

  BlockView(Floats at_u, Floats at_v, Floats at_z) : u(at_u * at_z), v(at_v * at_z), z(at_z) {}
};

/// The corners of a block in the frame of a camera and its image.
struct BlockCorners {
  Floats u, v, z;
  bool seen;  ///< all of them, and not all beside the same side of the image

  BlockCorners(const Lens<float>& lens, const Motion<float>& mm, const float* origin, float side,
               int width, int height) {
    constexpr Floats kX = {0, 1, 0, 1, 0, 1, 0, 1}, kY = {0, 0, 1, 1, 0, 0, 1, 1},
                     kZ = {0, 0, 0, 0, 1, 1, 1, 1};
    const Moved<Floats, float> at(mm, origin[0] + kX * side, origin[1] + kY * side,
                                  origin[2] + kZ * side);
    const Floats nearer = 1 / at.z;
    const Distorted<Floats> there = distort(lens, at.x * nearer, at.y * nearer);
    u = there.u;
    v = there.v;
    z = at.z;
    constexpr float kNearestMm = 100;  // what is about the camera itself is too close to be seen
    const Ints whole = (at.z > kNearestMm) & (there.r2 <= lens.radius2);
    seen = !any(~whole) && any(u > 0) && any(v > 0) && any(u < static_cast<float>(width)) &&
           any(v < static_cast<float>(height));
  }
};

/// Where eight voxels lie in an image: the place of the nearest pixel, 0 where beside it.
struct RowPixels {
  Floats z;
  Ints inside, at;

  RowPixels(const BlockView& view, int row, int width, int height) {
    z = view.z.row(row);
    const Floats nearer = 1 / z;
    const Floats u = view.u.row(row) * nearer + 0.5F;
    const Floats v = view.v.row(row) * nearer + 0.5F;
    inside =
        (u >= 0) & (v >= 0) & (u < static_cast<float>(width)) & (v < static_cast<float>(height));
    at = (ints_of(v) * width + ints_of(u)) & inside;
  }
};

Ints gather(const uint32_t* from, Ints at) {
#if defined(__AVX2__) && defined(__clang__)
  return __builtin_ia32_gatherd_d256(Ints{}, reinterpret_cast<const int*>(from), at, Ints{} - 1, 4);
#elif defined(__AVX2__)
  return __builtin_ia32_gathersiv8si(Ints{}, reinterpret_cast<const int*>(from), at, Ints{} - 1, 4);
#else
  Ints result;
  for (int lane = 0; lane < kLanes; ++lane) result[lane] = static_cast<int32_t>(from[at[lane]]);
  return result;
#endif
}

Floats floats_at(const uint16_t* from) {
  return __builtin_convertvector(load<Shorts>(from), Floats);
}

void put(uint16_t* to, Floats value) {
  store(to, __builtin_convertvector(ints_of(value + 0.5F), Shorts));
}

/// Mixes the colours of eight voxels with those of the image.
void mix_colors(const IntegrateJob& job, const BlockView& color, Ints shown, Floats weight,
                VoxelBlock& block, int row) {
  const RowPixels pixels(color, row / kBlockSide, job.color_width, job.color_height);
  const Ints seen = shown & pixels.inside;
  if (!any(seen)) return;
  const Ints bgra = gather(reinterpret_cast<const uint32_t*>(job.bgra), pixels.at);
  const Floats had = floats_at(block.color_weight + row);
  const Floats sum = had + (seen ? weight : Floats{});
  const Floats share = seen ? weight / sum : Floats{};
  const auto mix = [&](uint16_t* channel, Ints value) {
    const Floats old = floats_at(channel + row);
    put(channel + row, old + (floats_of(value & 0xFF) * 256 - old) * share);
  };
  mix(block.blue, bgra);
  mix(block.green, bgra >> 8);
  mix(block.red, bgra >> 16);
  put(block.color_weight + row, smaller(sum, spread(job.most_weight)));
}

LOCKSTEP_KERNEL void integrate(const IntegrateJob& shared, const float* origin_mm,
                               VoxelBlock& block) {
  const IntegrateJob job = shared;
  const float side = job.voxel_mm * (kBlockSide - 1);
  const BlockCorners corners(job.lens, job.mm, origin_mm, side, job.width, job.height);
  if (!corners.seen) return;
  const BlockView depth(corners.u, corners.v, corners.z);
  const BlockCorners in_color(job.color_lens, job.color_mm, origin_mm, side, job.color_width,
                              job.color_height);
  const BlockView color(in_color.u, in_color.v, in_color.z);
  const bool colored = job.bgra != nullptr && in_color.seen;
  const float inverse = 1 / job.truncation_mm;
  constexpr float kOne = 32767;
  for (int row = 0; row < kBlockVoxels; row += kLanes) {
    const RowPixels pixels(depth, row / kBlockSide, job.width, job.height);
    const Ints readings = gather(job.readings, pixels.at) & pixels.inside;
    const Ints mm = readings & 0xFFFF;
    const Floats apart = (floats_of(mm) + job.residual_mm - pixels.z) * inverse;
    const Ints near = (mm > 0) & (apart >= -1);
    if (!any(near)) continue;
    const Floats weight = floats_of((readings >> 16) & 0xFF);
    const Floats had = floats_at(block.weight + row);
    const Floats sum = had + (near ? weight : Floats{});
    const Floats share = near ? weight / sum : Floats{};
    const Floats old = __builtin_convertvector(load<SignedShorts>(block.distance + row), Floats);
    const Floats now = old + (smaller(apart, spread(1)) * kOne - old) * share;
    const Floats half = now < 0 ? spread(-0.5F) : spread(0.5F);
    store(block.distance + row, __builtin_convertvector(ints_of(now + half), SignedShorts));
    put(block.weight + row, smaller(sum, spread(job.most_weight)));
    const Ints shown = near & (apart < job.color_band) & (apart > -job.color_band) & (readings < 0);
    if (colored && any(shown)) mix_colors(job, color, shown, weight, block, row);
  }
}

LOCKSTEP_KERNEL void block_places(const PlacesJob& shared, const float* ray_x, const float* ray_y,
                                  const uint16_t* depth, int count, int32_t* x, int32_t* y,
                                  int32_t* z) {
  const PlacesJob job = shared;
  const auto whole = [](Floats value) {
    const Ints cut = ints_of(value);
    return cut + (floats_of(cut) > value);  // a mask is -1
  };
  for (int first = 0; first < count; first += kLanes) {
    const Floats d = __builtin_convertvector(load<Shorts>(depth + first), Floats) + job.shift_mm;
    const Moved<Floats, float> at(job.blocks, load<Floats>(ray_x + first) * d,
                                  load<Floats>(ray_y + first) * d, d);
    store(x + first, whole(at.x));
    store(y + first, whole(at.y));
    store(z + first, whole(at.z));
  }
}

}  // namespace
}  // namespace lockstep

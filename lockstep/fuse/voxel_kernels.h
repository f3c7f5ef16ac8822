// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/fuse/look_kernels.h"

// Voxels and what a camera reads of the surfaces about them. See fuse_kernels.h.

namespace lockstep {
namespace {

/// A number that changes evenly along the sides of a block, given at its eight corners, of which x
/// is the lowest bit.
class Cuboid {
 public:
  explicit Cuboid(Floats at) {
    const Floats x = kLaneFloats * kShare;
    const Floats first = between(at[0], at[1], x), last = between(at[2], at[3], x);
    const Floats to_first = between(at[4], at[5], x) - first,
                 to_last = between(at[6], at[7], x) - last;
    for (int z = 0; z < kBlockSide; ++z) {
      const float share = static_cast<float>(z) * kShare;
      const Floats here = first + to_first * share;
      store(first_ + z * kBlockSide, here);
      store(step_ + z * kBlockSide, (last + to_last * share - here) * kShare);
    }
  }

  /// Along a row of voxels.
  [[nodiscard]] Floats row(int number) const {
    const int z = number & ~(kBlockSide - 1);
    return load<Floats>(first_ + z) +
           load<Floats>(step_ + z) * static_cast<float>(number & (kBlockSide - 1));
  }

 private:
  static constexpr float kShare = 1.0F / (kBlockSide - 1);

  static Floats between(float a, float b, Floats share) { return a + (b - a) * share; }
  /// Of each z along x: the row whose y is 0, and what every further row adds.
  alignas(32) float first_[kBlockSide * kBlockSide];
  alignas(32) float step_[kBlockSide * kBlockSide];
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

/// Puts what is at places of an image where the places are. One by one: instructions that gather
/// were no faster where measured.
void read_pixels(const uint32_t* from, int32_t* at, int count) {
#pragma GCC unroll 8
  for (int i = 0; i < count; ++i) {
    auto place = static_cast<uint32_t>(at[i]);
    __asm__("" : "+r"(place));  // not by vectors, out of which and into which each would be moved
    at[i] = static_cast<int32_t>(from[place]);
  }
}

// ---- pairs of 16 bits

Floats first_of(Ints pairs) {
  return floats_of(pairs & 0xFFFF);
}
Floats first_signed_of(Ints pairs) {
  return floats_of(pairs << 16 >> 16);
}
Floats second_of(Ints pairs) {
  return floats_of((pairs >> 16) & 0xFFFF);
}
/// Rounded; of numbers below 0 the first 16 bits of their complement.
Ints pairs_of(Floats first, Floats second) {
  constexpr float kWholes = 3 << 22;  // floats from here on are whole, their low bits the number
  return (reinterpret_cast<Ints>(first + kWholes) & 0xFFFF) |
         reinterpret_cast<Ints>(second + kWholes) << 16;
}

// ---- what is seen of a block

/// Rows of a block that something is to be done with: a bit for each.
class RowSet {
 public:
  /// Without a branch, which no processor foresees here.
  void add(int row, bool wanted) {
    bits_ |= static_cast<uint64_t>(wanted) << row;
    last_ ^= (last_ ^ row) & -static_cast<int>(wanted);
  }
  /// The one added last; any where there is none.
  [[nodiscard]] int last() const { return last_; }
  [[nodiscard]] bool empty() const { return bits_ == 0; }

  template <typename Use>
  void for_each(const Use& use) const {
    for (uint64_t left = bits_; left != 0; left &= left - 1) use(__builtin_ctzll(left));
  }

 private:
  uint64_t bits_ = 0;
  int last_ = 0;
};

/// What a camera reads where the voxels of a block lie in its image. In three steps, each over all
/// rows: within one row everything waits for what is before it.
struct BlockReadings {
  alignas(32) float ahead[kBlockVoxels];  ///< in front of the surface, in 1/32767 of the truncation
  alignas(32) float weight[kBlockVoxels];  ///< 0 where nothing is read, or it is farther behind
  alignas(32) int32_t readings[kBlockVoxels];
  RowSet near;  ///< rows with a weight

  BlockReadings(const IntegrateJob& job, const BlockView& view, const VoxelBlock& block) {
    constexpr float kBeside = 1e9F;  // behind whatever is read
    for (int at = 0; at < kBlockVoxels; at += kBlockSide) {
      const RowPixels pixels(view, at / kBlockSide, job.width, job.height);
      store(ahead + at, pixels.inside ? pixels.z : spread(kBeside));
      store(readings + at, pixels.at);
    }
    read_pixels(job.readings, readings, kBlockVoxels);
    RowSet read;
    const float scale = kOne / job.truncation_mm;
    for (int row = 0; row < kBlockRows; ++row) {
      const int at = kBlockSide * row;
      const auto there = load<Ints>(readings + at);
      const Ints mm = there & 0xFFFF;
      const Floats apart = (floats_of(mm) + job.residual_mm - load<Floats>(ahead + at)) * scale;
      const Ints seen = (mm > 0) & (apart >= -kOne);
      store(ahead + at, apart);
      store(weight + at, floats_of((there >> 16) & 0xFF & seen));
      read.add(row, any(seen));
      __builtin_prefetch(block.voxels + kBlockSide * read.last(), 1);
    }
    near = read;
  }

  /// Where the colour image shows a voxel near the surface.
  [[nodiscard]] Ints shown(int row, float color_band) const {
    const Floats apart = load<Floats>(ahead + kBlockSide * row);
    return (apart < color_band * kOne) & (apart > -color_band * kOne) &
           (load<Ints>(readings + kBlockSide * row) < 0);
  }

  static constexpr float kOne = 32767;
};

/// The part that a weight has in a sum of whole ones; 0 where there is none.
Floats part_of(Floats weight, Floats sum) {
  return weight / larger(sum, spread(1));
}

/// Mixes the distances of rows with what is read; returns those rows that have voxels which take a
/// colour.
RowSet mix_distances(const IntegrateJob& job, const BlockReadings& seen, VoxelBlock& block) {
  RowSet shown;
  seen.near.for_each([&](int row) {
    Voxel* const to = block.voxels + kBlockSide * row;
    const auto voxels = load<Ints>(to);
    const auto weight = load<Floats>(seen.weight + kBlockSide * row);
    const Floats sum = second_of(voxels) + weight;
    const Floats old = first_signed_of(voxels);
    const Floats ahead =
        smaller(load<Floats>(seen.ahead + kBlockSide * row), spread(BlockReadings::kOne));
    const Floats now = old + (ahead - old) * part_of(weight, sum);
    store(to, pairs_of(now, smaller(sum, spread(job.most_weight))));
    shown.add(row, any(seen.shown(row, job.color_band)));
    __builtin_prefetch(block.colors + shown.last(), 1);
  });
  return shown;
}

/// Mixes the colours of rows with those of the image, as far as it shows their voxels. In steps,
/// like BlockReadings.
void mix_colors(const IntegrateJob& job, const BlockReadings& seen, const RowSet& rows,
                const BlockView& view, VoxelBlock& block) {
  alignas(32) float weights[kBlockVoxels];
  alignas(32) int32_t pixels_bgra[kBlockVoxels];
  int count = 0;
  rows.for_each([&](int row) {
    const RowPixels pixels(view, row, job.color_width, job.color_height);
    const Ints shown = seen.shown(row, job.color_band) & pixels.inside;
    store(weights + count, shown ? load<Floats>(seen.weight + kBlockSide * row) : Floats{});
    store(pixels_bgra + count, pixels.at);
    count += kBlockSide;
  });
  read_pixels(reinterpret_cast<const uint32_t*>(job.bgra), pixels_bgra, count);
  count = 0;
  rows.for_each([&](int row) {
    ColorRow& to = block.colors[row];
    const auto bgra = load<Ints>(pixels_bgra + count);
    const auto weight = load<Floats>(weights + count);
    const auto blue_green = load<Ints>(to.blue_green), red_weight = load<Ints>(to.red_weight);
    const Floats sum = second_of(red_weight) + weight;
    const Floats share = part_of(weight, sum);
    const auto mix = [&](Floats old, Ints value) {
      return old + (floats_of(value) - old) * share;  // times 256
    };
    store(to.blue_green, pairs_of(mix(first_of(blue_green), (bgra & 0xFF) << 8),
                                  mix(second_of(blue_green), bgra & 0xFF00)));
    store(to.red_weight, pairs_of(mix(first_of(red_weight), (bgra >> 8) & 0xFF00),
                                  smaller(sum, spread(job.most_weight))));
    count += kBlockSide;
  });
}

LOCKSTEP_KERNEL void integrate(const IntegrateJob& shared, const float* origin_mm,
                               VoxelBlock& block) {
  const IntegrateJob job = shared;
  const float side = job.voxel_mm * (kBlockSide - 1);
  const BlockCorners corners(job.lens, job.mm, origin_mm, side, job.width, job.height);
  if (!corners.seen) return;
  const BlockReadings seen(job, BlockView(corners.u, corners.v, corners.z), block);
  const RowSet shown = mix_distances(job, seen, block);
  if (job.bgra == nullptr || shown.empty()) return;
  const BlockCorners in_color(job.color_lens, job.color_mm, origin_mm, side, job.color_width,
                              job.color_height);
  if (!in_color.seen) return;
  mix_colors(job, seen, shown, BlockView(in_color.u, in_color.v, in_color.z), block);
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
    const Floats d = floats_of(load<Shorts>(depth + first)) + job.shift_mm;
    const Moved<Floats, float> at(job.blocks, load<Floats>(ray_x + first) * d,
                                  load<Floats>(ray_y + first) * d, d);
    store(x + first, whole(at.x));
    store(y + first, whole(at.y));
    store(z + first, whole(at.z));
  }
}

}  // namespace
}  // namespace lockstep

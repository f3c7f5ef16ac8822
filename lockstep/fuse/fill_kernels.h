// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/fuse/look_kernels.h"
#include "lockstep/transform/vectors.h"

// What the pixels of a view that is filled become. See fuse_kernels.h.

namespace lockstep {
namespace {

LOCKSTEP_KERNEL void grow(const uint16_t* above, const uint16_t* here, const uint16_t* below,
                          int count, uint16_t* out) {
  const auto of_three = [&](int column) {
    return larger(larger(load<Shorts>(above + column), load<Shorts>(here + column)),
                  load<Shorts>(below + column));
  };
  out[0] = here[0];
  out[count - 1] = here[count - 1];
  int column = 1;
  for (; column + kLanes < count; column += kLanes) {
    const auto there = load<Shorts>(here + column);
    const Shorts farthest =
        larger(larger(of_three(column - 1), of_three(column)), of_three(column + 1));
    store(out + column, there | (farthest & reinterpret_cast<Shorts>(there == 0)));
  }
  for (; column + 1 < count; ++column) {
    uint16_t farthest = 0;
    for (const uint16_t* row : {above, here, below}) {
      for (int x = column - 1; x <= column + 1; ++x)
        farthest = row[x] > farthest ? row[x] : farthest;
    }
    out[column] = here[column] != 0 ? here[column] : farthest;
  }
}

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

// ---- what the own camera read, two columns at a time: a reading covers more than one of them

/// The left of every two.
Floats left_of_two(const float* from) {
  return __builtin_shufflevector(load<Floats>(from), load<Floats>(from + kLanes), 0, 2, 4, 6, 8, 10,
                                 12, 14);
}

/// Depths of two columns each.
struct TwoDepths {
  Ints left, right;
  explicit TwoDepths(const uint16_t* from)
      : left(load<Ints>(from) & 0xFFFF), right((load<Ints>(from) >> 16) & 0xFFFF) {}

  [[nodiscard]] Ints either() const { return left != 0 ? left : right; }
  /// All bits of a byte for each column that has a depth.
  [[nodiscard]] Ints bytes() const { return ((left != 0) & 0xFF) | ((right != 0) & 0xFF00); }
};

/// Two bytes from each lane, `count` at most.
void store_bytes(uint8_t* to, Ints pairs, int count) {
  const Shorts bytes = shorts_of(pairs);
  if (count >= 2 * kLanes)
    store(to, bytes);
  else
    __builtin_memcpy(to, &bytes, static_cast<size_t>(count));
}

LOCKSTEP_KERNEL void rate_own(const DepthSight& shared, const OwnRow& row, uint8_t* camera,
                              uint8_t* confidence) {
  const DepthSight there = shared;  // no write to the row changes it
  constexpr int kAtOnce = 2 * kLanes, kBatch = 2 * Aims::kCount, kBoth = 0x101;
  const Ints number = (Ints{} + row.camera) * kBoth;
  Aims aims;
  for (int begin = 0; begin < row.count; begin += kBatch) {
    const int end = row.count - begin < kBatch ? row.count : begin + kBatch;
    for (int first = begin; first < end; first += kAtOnce) {
      const Floats z = floats_of(TwoDepths(row.depth + first).either());
      aims.rays.take(there.mm, left_of_two(row.ray_x + first), left_of_two(row.ray_y + first), z,
                     (first - begin) / 2);
    }
    aims.find(there, (end - begin + 1) / 2);
    for (int first = begin; first < end; first += kAtOnce) {
      const Floats found = LookedUp(there, aims, (first - begin) / 2).confidence;
      const Ints read = TwoDepths(row.depth + first).bytes();
      store_bytes(confidence + first, ints_of(larger(found, spread(1))) * kBoth & read,
                  end - first);
      store_bytes(camera + first, (number & read) | ~read, end - first);
    }
  }
}

// ---- what the others say about what is doubtful

/// Eight columns of some in their order, which mostly are neighbours; what is behind `count` may be
/// any column.
struct Columns {
  const int32_t* at;
  bool neighbours;
  Columns(const int32_t* columns, int first, int count)
      : at(columns + first),
        neighbours(first + kLanes <= count && at[kLanes - 1] - at[0] == kLanes - 1) {}

  [[nodiscard]] Ints depths(const uint16_t* row) const {
    if (neighbours) return wide(load<Shorts>(row + at[0]));
    Ints result{};
    for (int lane = 0; lane < kLanes; ++lane) result[lane] = row[at[lane]];
    return result;
  }
  [[nodiscard]] Ints pixels(const uint8_t* row) const {
    constexpr ptrdiff_t kBytes = sizeof(int32_t);
    if (neighbours) return load<Ints>(row + kBytes * at[0]);
    Ints result{};
    for (int lane = 0; lane < kLanes; ++lane) result[lane] = load<int32_t>(row + kBytes * at[lane]);
    return result;
  }
};

LOCKSTEP_KERNEL bool pick(const PickJob& shared, float* z, float* doubt) {
  const PickJob job = shared;
  Ints some{};
  for (int first = 0; first < job.count; first += kLanes) {
    const Columns columns(job.columns, first, job.count);
    const Ints depth = columns.depths(job.grown);
    some |= depth;
    store(z + first, floats_of(depth));
    store(doubt + first, columns.depths(job.drawn) == 0 ? spread(job.grown_doubt) : spread(1));
  }
  return any(some != 0);
}

LOCKSTEP_KERNEL void drop_seen_through(const DepthSight& shared, const float* ray_x,
                                       const float* ray_y, float* z, int count) {
  const DepthSight there = shared;
  const auto depth = [&](int first) { return load<Floats>(z + first); };
  look_up(there, ray_x, ray_y, count, depth, [&](int first, const LookedUp& found) {
    if (!found.some) return;
    const Ints through = found.least > seen_through_from(found.z);
    store(z + first, through ? Floats{} : depth(first));
  });
}

LOCKSTEP_KERNEL void compare(const CompareJob& shared, float* mismatch) {
  const CompareJob job = shared;
  constexpr float kShare = 1.0F / 3;  // of the sum of the channels
  for (int first = 0; first < job.count; first += kLanes) {
    const Ints here = Columns(job.columns, first, job.count).pixels(job.here);
    const auto there = load<Ints>(job.there + 4 * static_cast<ptrdiff_t>(first));
    Ints apart{};
    for (const int shift : {0, 8, 16}) {
      const Ints channel = ((here >> shift) & 0xFF) - ((there >> shift) & 0xFF);
      apart += larger(channel, -channel);
    }
    const Floats doubted = load<Floats>(job.doubt + first) * floats_of(apart) * kShare;
    store(mismatch + first, there != 0 ? doubted : spread(job.unknown));
  }
}

LOCKSTEP_KERNEL int settle(const SettleJob& shared, const Choices& out, int32_t* several) {
  const SettleJob job = shared;
  int disputed = 0;
  for (int first = 0; first < job.count; first += kLanes) {
    Ints opinion = Ints{} - 1, opinions{};
    Floats z{}, mismatch{};
    for (int i = 0; i < job.opinions; ++i) {
      const auto said = load<Floats>(job.z[i] + first);
      const Ints some = said > 0;
      opinions -= some;
      opinion = some ? Ints{} + i : opinion;
      z = some ? said : z;
      mismatch =
          some ? (i == job.own ? spread(job.own_mismatch) : load<Floats>(job.mismatch[i] + first))
               : mismatch;
    }
    store(out.opinion + first, opinion | ~(mismatch <= job.most_mismatch));
    store(out.z + first, z);
    store(out.mismatch + first, mismatch);
    const Ints dispute = opinions > 1;
    if (!any(dispute)) continue;
    for (int lane = 0; lane < kLanes && first + lane < job.count; ++lane) {
      if (dispute[lane] != 0) several[disputed++] = first + lane;
    }
  }
  return disputed;
}

}  // namespace
}  // namespace lockstep

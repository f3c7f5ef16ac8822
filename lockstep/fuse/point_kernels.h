// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/fuse/look_kernels.h"
#include "lockstep/transform/lens_kernels.h"

// How readings become coloured points. See fuse_kernels.h.

namespace lockstep {
namespace {

LOCKSTEP_KERNEL void cells(const CellJob& shared, int32_t* cell, uint16_t* z) {
  const CellJob job = shared;
  const auto use = [&](const Seen<Floats>& seen, int first) {
    const Ints inside = (seen.z > 0) & (seen.z < 65'535) & (seen.u >= 0) & (seen.v >= 0) &
                        (seen.u < job.width - 1) & (seen.v < job.height - 1);
    const Ints column = ints_of((inside ? seen.u : Floats{}) * job.cells_per_px) + 1;
    const Ints row = ints_of((inside ? seen.v : Floats{}) * job.cells_per_px) + 1;
    store(cell + first, (row * job.stride + column) & inside);
    store(z + first, shorts_of(ints_of(inside ? seen.z : Floats{})));
  };
  for_seen(job.lens, job.mm, job.ray_x, job.ray_y, job.depth, job.count, use);
}

LOCKSTEP_KERNEL void shown(const ShownJob& shared, uint8_t* out) {
  const ShownJob job = shared;
  for (int first = 0; first < job.count; first += kLanes) {
    if (!any(wide(load<Shorts>(job.z + first)))) {
      store(out + first, HalfBytes{});
      continue;
    }
    Ints nearest{};
    for (int lane = 0; lane < kLanes; ++lane) nearest[lane] = job.nearest[job.cell[first + lane]];
    const Ints z = wide(load<Shorts>(job.z + first));
    const Ints seen = (z != 0) & (z <= nearest + 1 + job.hidden_mm + (z >> job.hidden_shift)) & 1;
    store(out + first, bytes_of(seen));
  }
}

LOCKSTEP_KERNEL void keep(const uint8_t* shown, int count, PackedReading* readings, uint8_t* kept) {
  for (int first = 0; first < count; first += kLanes) {
    const Ints seen = wide(load<HalfBytes>(shown + first)) != 0;
    const Ints reading = load<Ints>(readings + first);
    const Ints confidence = (reading >> 16) & 0xFF;
    const Ints less = (confidence - (confidence >> kUncoloredShift)) << 16 & ~seen;
    if (any(less)) store(readings + first, reading - less);
    store(kept + first, bytes_of(((reading & 0xFFFF) != 0) & seen & 1));
  }
}

#ifdef __AVX2__
/// For each set of kept lanes, as bits: their numbers, in order.
struct KeptLanes {
  int32_t lanes[1 << kLanes][kLanes];
  constexpr KeptLanes() : lanes{} {
    for (int bits = 0; bits < 1 << kLanes; ++bits) {
      int count = 0;
      for (int lane = 0; lane < kLanes; ++lane) {
        if ((bits >> lane & 1) != 0) lanes[bits][count++] = lane;
      }
    }
  }
};
constexpr KeptLanes kKeptLanes;
#endif

/// Eight numbers, of which those that are kept come first.
class Compaction {
 public:
  /// Of `kept` only `some` count.
  Compaction(const uint8_t* kept, int some) {
    auto flags = load<uint64_t>(kept);
    if (some < kLanes) flags &= (uint64_t{1} << 8 * some) - 1;
    // The lowest bit of each byte, gathered in the highest byte of the product.
    const auto bits = static_cast<uint32_t>(flags * 0x0102'0408'1020'4080 >> 56);
    count_ = __builtin_popcount(bits);
#ifdef __AVX2__
    order_ = load<Ints>(kKeptLanes.lanes[bits]);
#else
    int at = 0;
    for (int lane = 0; lane < kLanes; ++lane) {
      order_[at] = lane;
      at += static_cast<int>(bits >> lane & 1);
      at = at < kLanes ? at : kLanes - 1;
    }
#endif
  }

  [[nodiscard]] int count() const {
    return count_;
  }
  [[nodiscard]] Ints of(Ints numbers) const {
#ifdef __AVX2__
    return __builtin_ia32_permvarsi256(numbers, order_);
#else
    Ints result;
    for (int lane = 0; lane < kLanes; ++lane) result[lane] = numbers[order_[lane]];
    return result;
#endif
  }
  [[nodiscard]] Floats of(Floats numbers) const {
    return reinterpret_cast<Floats>(of(reinterpret_cast<Ints>(numbers)));
  }

 private:
  int count_;
  Ints order_{};
};

LOCKSTEP_KERNEL int compact(const KeptRow& shared, const KeptReadings& out) {
  const KeptRow row = shared;
  constexpr float kWhole = 1.0F / 255;
  int at = 0;
  for (int first = 0; first < row.count; first += kLanes) {
    const Compaction kept(row.kept + first, row.count - first);
    if (kept.count() == 0) continue;
    const Ints readings = kept.of(load<Ints>(row.readings + first));
    store(out.columns + at, kept.of(kLaneInts + first));
    store(out.ray_x + at, kept.of(load<Floats>(row.ray_x + first)));
    store(out.ray_y + at, kept.of(load<Floats>(row.ray_y + first)));
    store(out.depth + at, shorts_of(readings & 0xFFFF));
    store(out.confidence + at, floats_of((readings >> 16) & 0xFF) * kWhole);
    at += kept.count();
  }
  return at;
}

LOCKSTEP_KERNEL void place(const PointJob& shared, float* xyz) {
  const PointJob job = shared;
  constexpr float kMetre = 0.001F;  // in millimetres
  for (int first = 0; first < job.count; first += kLanes) {
    const Floats z = (floats_of(load<Shorts>(job.depth + first)) + job.residual_mm) * kMetre;
    const Moved<Floats, float> at(job.metres, load<Floats>(job.ray_x + first) * z,
                                  load<Floats>(job.ray_y + first) * z, z);
    for (int lane = 0; lane < kLanes && first + lane < job.count; ++lane) {
      float* const to = xyz + 3 * static_cast<size_t>(first + lane);
      to[0] = at.x[lane];
      to[1] = at.y[lane];
      to[2] = at.z[lane];
    }
  }
}

LOCKSTEP_KERNEL void rgb(const uint8_t* bgra, int count, uint8_t* rgb) {
  constexpr int kPixels = 4, kWritten = 6;  // that are begun
  int i = 0;
  for (; i + kWritten <= count; i += kPixels) {
    const auto some = load<Bytes>(bgra + 4 * static_cast<size_t>(i));
    store(rgb + 3 * static_cast<size_t>(i),
          __builtin_shufflevector(some, some, 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 0, 0, 0, 0));
  }
  for (; i < count; ++i) {
    for (size_t channel = 0; channel < 3; ++channel)
      rgb[3 * static_cast<size_t>(i) + channel] = bgra[4 * static_cast<size_t>(i) + 2 - channel];
  }
}

}  // namespace
}  // namespace lockstep

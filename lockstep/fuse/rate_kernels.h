// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/fuse/look_kernels.h"
#include "lockstep/transform/vectors.h"

// Which readings of a depth camera are good, and how good. See fuse_kernels.h.

namespace lockstep {
namespace {

LOCKSTEP_KERNEL void numbers(const uint16_t* depth, const float* ray_x, int count, float* out) {
  int first = 0;
  for (; first + kLanes <= count; first += kLanes) {
    const auto ray = load<Floats>(ray_x + first);
    store(out + first, ray == ray ? floats_of(load<Shorts>(depth + first)) : Floats{});
  }
  for (; first < count; ++first)
    out[first] = ray_x[first] == ray_x[first] ? static_cast<float>(depth[first]) : 0;
}

/// Eight readings, their neighbours, and where a jump lies between.
struct Neighbours {
  Floats here, left, right, above, below;
  Ints jump_left, jump_right, jump_above, jump_below;

  Neighbours(const DepthRows& rows, int column, float slope)
      : here(load<Floats>(rows.here + column)),
        left(load<Floats>(rows.here + column - 1)),
        right(load<Floats>(rows.here + column + 1)),
        above(load<Floats>(rows.above + column)),
        below(load<Floats>(rows.below + column)),
        jump_left(jump(left, slope)),
        jump_right(jump(right, slope)),
        jump_above(jump(above, slope)),
        jump_below(jump(below, slope)) {}

  /// Where both are read and lie on one surface.
  [[nodiscard]] static Ints joined(Floats neighbour, Ints jumps) {
    return (neighbour > 0) & ~jumps;
  }

 private:
  [[nodiscard]] Ints jump(Floats other, float slope) const {
    const Floats nearer = smaller(here, other), farther = larger(here, other);
    return (nearer > 0) & (farther - nearer > slope * nearer);
  }
};

LOCKSTEP_KERNEL void drop_mixed(const DepthRows& rows, int count, float largest_slope, float* out) {
  for (int first = 0; first < count; first += kLanes) {
    const Neighbours n(rows, first, largest_slope);
    // A reading beside a jump that nothing supports on the other side is a mixture, too.
    const auto between = [](Ints jump_a, Floats a, Ints jump_b, Floats b) {
      return (jump_a & (jump_b | (b == 0))) | (jump_b & (a == 0));
    };
    const Ints mixed = between(n.jump_left, n.left, n.jump_right, n.right) |
                       between(n.jump_above, n.above, n.jump_below, n.below);
    store(out + first, mixed ? Floats{} : n.here);
  }
}

Floats root(Floats value) {
#ifdef __AVX__
  return __builtin_ia32_sqrtps256(value);
#else
  Floats result;
  for (int lane = 0; lane < kLanes; ++lane) result[lane] = __builtin_sqrtf(value[lane]);
  return result;
#endif
}

/// A change of depth over a way of the ray; a way of 1 where there is none.
struct Slope {
  Floats depth, way;

  /// Between the neighbours of the same surface.
  Slope(Floats here, Floats before, Ints with_before, Floats after, Ints with_after, Floats ray,
        Floats ray_before, Floats ray_after) {
    const Floats none{};
    const Floats along =
        (with_before ? ray - ray_before : none) + (with_after ? ray_after - ray : none);
    depth = (with_before ? here - before : none) + (with_after ? after - here : none);
    depth = along > 0 ? depth : none;
    way = along > 0 ? along : spread(1);
  }
};

/// How good some readings are, 0..1: the cosine of the angle at which the rays meet the surface,
/// less with distance and in the dark. All is one quotient, since to divide takes longest, and is
/// found in two steps, each for all of them, so that nobody waits for it.
struct Qualities {
  static constexpr int kCount = 256;
  float worth[kCount], length2[kCount], per_length[kCount];

  void take(const RateJob& job, const Neighbours& n, Floats edge, int column, int at);
  [[nodiscard]] Floats of(int at) const {
    return load<Floats>(worth + at) /
           (root(load<Floats>(length2 + at)) * load<Floats>(per_length + at));
  }
};

void Qualities::take(const RateJob& job, const Neighbours& n, Floats edge, int column, int at) {
  constexpr float kHalfMm = 2000;      // so far away a reading is worth half of a near one
  constexpr float kHalfInfrared = 60;  // and so dark
  const Floats x = load<Floats>(job.ray_x + column), y = load<Floats>(job.ray_y + column);
  const Slope by_x(n.here, n.left, Neighbours::joined(n.left, n.jump_left), n.right,
                   Neighbours::joined(n.right, n.jump_right), x,
                   load<Floats>(job.ray_x + column - 1), load<Floats>(job.ray_x + column + 1));
  const Slope by_y(n.here, n.above, Neighbours::joined(n.above, n.jump_above), n.below,
                   Neighbours::joined(n.below, n.jump_below), y,
                   load<Floats>(job.ray_y_above + column), load<Floats>(job.ray_y_below + column));
  // The normal, so many times as long as both ways together.
  const Floats ways = by_x.way * by_y.way;
  const Floats normal_x = by_x.depth * by_y.way, normal_y = by_y.depth * by_x.way;
  const Floats along = n.here * ways + x * normal_x + y * normal_y;
  const Floats normal = normal_x * normal_x + normal_y * normal_y + along * along;
  const Floats far = n.here * (1 / kHalfMm);
  Floats good = n.here * ways * edge, bad = 1 + far * far;
  if (job.infrared != nullptr) {
    const Floats light = floats_of(load<Shorts>(job.infrared + column));
    good *= light;
    bad *= light + kHalfInfrared;
  }
  store(worth + at, good);
  store(length2 + at, larger(normal * (1 + x * x + y * y), ways * ways));
  store(per_length + at, bad);
}

LOCKSTEP_KERNEL void rate(const RateJob& shared, uint16_t* depth, uint8_t* confidence) {
  const RateJob job = shared;  // no write to the row changes it
  Qualities qualities;
  for (int begin = 0; begin < job.count; begin += Qualities::kCount) {
    const int end = job.count - begin < Qualities::kCount ? job.count : begin + Qualities::kCount;
    for (int first = begin; first < end; first += kLanes) {
      if (!any(load<Floats>(job.depth.here + first) > 0)) {  // a fifth of an image and more
        store(depth + first, Shorts{});
        continue;
      }
      const Neighbours n(job.depth, first, job.largest_slope);
      const Ints supports =
          Neighbours::joined(n.left, n.jump_left) + Neighbours::joined(n.right, n.jump_right) +
          Neighbours::joined(n.above, n.jump_above) + Neighbours::joined(n.below, n.jump_below);
      const Ints behind = (n.jump_left & (n.left < n.here)) | (n.jump_right & (n.right < n.here)) |
                          (n.jump_above & (n.above < n.here)) | (n.jump_below & (n.below < n.here));
      const Floats corrected = smaller(n.here - job.offset_mm, spread(65'535));
      const Ints kept = (n.here > 0) & (corrected > 1) & ~behind & (supports <= -2);
      store(depth + first, shorts_of(ints_of(corrected + 0.5F) & kept));
      const Floats edge = supports == -4 ? spread(1) : spread(0.5F);
      qualities.take(job, n, edge, first, first - begin);
    }
    for (int first = begin; first < end; first += kLanes) {
      const Ints kept = wide(load<Shorts>(depth + first)) != 0;
      Ints whole{};
      if (any(kept)) {
        const Floats worth = qualities.of(first - begin) * 255;
        whole = ints_of(smaller(larger(worth, spread(1)), spread(255)) + 0.5F) & kept;
      }
      store(confidence + first, bytes_of(whole));
    }
  }
}

LOCKSTEP_KERNEL void least_of_nine(const uint16_t* above, const uint16_t* here,
                                   const uint16_t* below, int count, uint16_t* out) {
  const auto of_three = [&](int column) {
    return smaller(smaller(load<Shorts>(above + column), load<Shorts>(here + column)),
                   load<Shorts>(below + column));
  };
  out[0] = out[count - 1] = 0;
  int column = 1;
  for (; column + kLanes < count; column += kLanes)
    store(out + column,
          smaller(smaller(of_three(column - 1), of_three(column)), of_three(column + 1)));
  for (; column + 1 < count; ++column) {
    uint16_t least = 0xFFFF;
    for (const uint16_t* row : {above, here, below}) {
      for (int x = column - 1; x <= column + 1; ++x) least = row[x] < least ? row[x] : least;
    }
    out[column] = least;
  }
}

LOCKSTEP_KERNEL void smooth(const uint16_t* above, const uint16_t* here, const uint16_t* below,
                            int count, float largest_slope, uint16_t* out) {
  const auto floats = [](const uint16_t* row, int column) {
    return floats_of(load<Shorts>(row + column));
  };
  for (int first = 0; first < count; first += kLanes) {
    const Floats z = floats(here, first);
    Floats sum = z;
    Floats parts = spread(1);
    const auto add = [&](Floats a, Floats b) {
      const Ints joined = (a > 0) & (b > 0) &
                          (smaller(a, smaller(b, z)) * largest_slope >=
                           larger(a, larger(b, z)) - smaller(a, smaller(b, z)));
      sum += joined ? a + b : Floats{};
      parts += joined ? spread(2) : Floats{};
    };
    add(floats(here, first - 1), floats(here, first + 1));
    add(floats(above, first), floats(below, first));
    add(floats(above, first - 1), floats(below, first + 1));
    add(floats(above, first + 1), floats(below, first - 1));
    store(out + first, shorts_of(ints_of(sum / parts + 0.5F) & (z > 0)));
  }
}

LOCKSTEP_KERNEL void pack(const uint16_t* depth, const uint8_t* confidence, const uint16_t* least,
                          int count, PackedReading* out) {
  const auto one = [&](int i) {
    const int nearer = (depth[i] - least[i] + kNearerStepMm - 1) / kNearerStepMm;
    const int known = least[i] == 0 || nearer > kNearerUnknown ? kNearerUnknown : nearer;
    out[i] = depth[i] | static_cast<PackedReading>(confidence[i]) << 16 |
             static_cast<PackedReading>(known) << 24;
  };
  int first = 0;
  for (; first + kLanes <= count; first += kLanes) {
    const Ints here = wide(load<Shorts>(depth + first)), low = wide(load<Shorts>(least + first));
    const Ints nearer = (here - low + (kNearerStepMm - 1)) / kNearerStepMm;
    const Ints known =
        low == 0 ? Ints{} + kNearerUnknown : smaller(nearer, Ints{} + kNearerUnknown);
    store(out + first, here | wide(load<HalfBytes>(confidence + first)) << 16 | known << 24);
  }
  for (; first < count; ++first) one(first);
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/transform/kernels.h"
#include "lockstep/transform/vectors.h"

// Sampling of images and whole points, several pixels at a time. See kernels.h.

namespace lockstep {
namespace {

// ---- colours

using Quad = float __attribute__((vector_size(16)));
using QuadInts = int32_t __attribute__((vector_size(16)));

/// Between four pixels, of which the first two lie at `upper` and the others at `lower`; x and y
/// are the parts on the way to the right and down.
uint32_t blend(const uint8_t* upper, const uint8_t* lower, float x, float y) {
  const Pair pixels = {load<uint64_t>(upper), load<uint64_t>(lower)};
  const auto bytes = reinterpret_cast<Bytes>(pixels);
  const Bytes upper_shorts = __builtin_shufflevector(bytes, Bytes{}, 0, 16, 1, 17, 2, 18, 3, 19, 4,
                                                     20, 5, 21, 6, 22, 7, 23);
  const Bytes lower_shorts = __builtin_shufflevector(bytes, Bytes{}, 8, 16, 9, 17, 10, 18, 11, 19,
                                                     12, 20, 13, 21, 14, 22, 15, 23);
  const Floats above = __builtin_convertvector(reinterpret_cast<Shorts>(upper_shorts), Floats);
  const Floats below = __builtin_convertvector(reinterpret_cast<Shorts>(lower_shorts), Floats);
  const Floats both = above * spread(1 - y) + below * spread(y);
  const Quad left = __builtin_shufflevector(both, both, 0, 1, 2, 3);
  const Quad right = __builtin_shufflevector(both, both, 4, 5, 6, 7);
  const Quad value = left * (1 - x) + right * x + 0.5F;
  const auto whole = reinterpret_cast<Bytes>(__builtin_convertvector(value, QuadInts));
  const auto packed =
      __builtin_shufflevector(whole, whole, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
  const auto pixel = static_cast<uint32_t>(reinterpret_cast<QuadInts>(packed)[0]);
  return pixel != 0 ? pixel : 1;  // all zero means that nothing is known
}

/// Some places between pixels; `at` is -1 where nothing is known.
struct Places {
  static constexpr int kMost = 64;
  float x[kMost], y[kMost];
  int at[kMost];
};

void find_places(const uint8_t* bgra, int width, int height, VertexRow row, int first,
                 Places& places) {
  const auto right = static_cast<float>(width - 1), bottom = static_cast<float>(height - 1);
  for (int i = 0; i < Places::kMost; i += kLanes) {
    const auto u = load<Floats>(row.u + first + i), v = load<Floats>(row.v + first + i);
    const Ints known =
        (load<Floats>(row.z + first + i) > 0) & (u >= 0) & (v >= 0) & (u < right) & (v < bottom);
    const Ints column = ints_of(known ? u : Floats{}), line = ints_of(known ? v : Floats{});
    store(places.x + i, u - floats_of(column));
    store(places.y + i, v - floats_of(line));
    store(places.at + i, known ? line * width + column : Ints{} - 1);
    for (int lane = 0; lane < kLanes; ++lane) {
      if (places.at[i + lane] < 0) continue;
      const uint8_t* const upper = bgra + 4 * static_cast<size_t>(places.at[i + lane]);
      __builtin_prefetch(upper);
      __builtin_prefetch(upper + 4 * static_cast<size_t>(width));
    }
  }
}

LOCKSTEP_KERNEL void colors(const uint8_t* bgra, int width, int height, VertexRow at, int count,
                            uint8_t* out) {
  Places places;
  for (int first = 0; first < count; first += Places::kMost) {
    find_places(bgra, width, height, at, first, places);
    const int some = count - first < Places::kMost ? count - first : Places::kMost;
    for (int i = 0; i < some; ++i) {
      uint32_t pixel = 0;
      if (places.at[i] >= 0) {
        const uint8_t* const upper = bgra + 4 * static_cast<size_t>(places.at[i]);
        pixel = blend(upper, upper + 4 * static_cast<size_t>(width), places.x[i], places.y[i]);
      }
      store(out + 4 * static_cast<size_t>(first + i), pixel);
    }
  }
}

// ---- points

/// To the nearest whole number, ties to the even one, kept within 16 bits.
Shorts whole_shorts(Floats value) {
#ifdef __AVX2__
  const Ints whole = __builtin_ia32_cvtps2dq256(smaller(value, spread(32767)));
  const QuadInts first = __builtin_shufflevector(whole, whole, 0, 1, 2, 3);
  const QuadInts second = __builtin_shufflevector(whole, whole, 4, 5, 6, 7);
  return reinterpret_cast<Shorts>(__builtin_ia32_packssdw128(first, second));
#else
  const Floats kept = smaller(larger(value, spread(-32768)), spread(32767));
  const float to_whole = 12'582'912;  // where floats are whole numbers
  return __builtin_convertvector(ints_of((kept + to_whole) - to_whole), Shorts);
#endif
}

/// x, y and z of eight points, one after the other.
void store_points(Shorts x, Shorts y, Shorts z, int16_t* out) {
  // Every component goes to its places modulo eight, which differ from those of the others; then
  // each of the three results takes its places from all.
  const Shorts xs = __builtin_shufflevector(x, x, 0, 3, 6, 1, 4, 7, 2, 5);
  const Shorts ys = __builtin_shufflevector(y, y, 5, 0, 3, 6, 1, 4, 7, 2);
  const Shorts zs = __builtin_shufflevector(z, z, 2, 5, 0, 3, 6, 1, 4, 7);
  const Shorts first = __builtin_shufflevector(xs, ys, 0, 9, 2, 3, 12, 5, 6, 15);
  const Shorts second = __builtin_shufflevector(xs, ys, 0, 1, 10, 3, 4, 13, 6, 7);
  const Shorts third = __builtin_shufflevector(xs, ys, 8, 1, 2, 11, 4, 5, 14, 7);
  store(out, __builtin_shufflevector(first, zs, 0, 1, 10, 3, 4, 13, 6, 7));
  store(out + 8, __builtin_shufflevector(second, zs, 8, 1, 2, 11, 4, 5, 14, 7));
  store(out + 16, __builtin_shufflevector(third, zs, 0, 9, 2, 3, 12, 5, 6, 15));
}

void points_at(Floats ray_x, Floats ray_y, Shorts depth, int16_t* out) {
  const Floats d = __builtin_convertvector(depth, Floats);
  const Ints there = ray_x == ray_x;  // NaN: there is no ray
  const Floats x = there ? ray_x * d : Floats{};
  const Floats y = there ? ray_y * d : Floats{};
  store_points(whole_shorts(x), whole_shorts(y), depth & __builtin_convertvector(there, Shorts),
               out);
}

LOCKSTEP_KERNEL void points(const float* ray_x, const float* ray_y, const uint16_t* depth,
                            size_t count, int16_t* xyz) {
  size_t first = 0;
  for (; first + kLanes <= count; first += kLanes)
    points_at(load<Floats>(ray_x + first), load<Floats>(ray_y + first), load<Shorts>(depth + first),
              xyz + 3 * first);
  if (first == count) return;
  Floats last_x{}, last_y{};
  Shorts last_depth{};
  for (size_t i = first; i < count; ++i) {
    last_x[i - first] = ray_x[i];
    last_y[i - first] = ray_y[i];
    last_depth[i - first] = depth[i];
  }
  int16_t last[3 * kLanes];
  points_at(last_x, last_y, last_depth, last);
  __builtin_memcpy(xyz + 3 * first, last, (count - first) * 3 * sizeof last[0]);
}

}  // namespace
}  // namespace lockstep

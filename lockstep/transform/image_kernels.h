// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/transform/kernels.h"
#include "lockstep/transform/vectors.h"

// Sampling of images and whole points, several pixels at a time. See kernels.h.

namespace lockstep {
namespace {

// ---- colours

/// Eight places in an image (BGRA), each between four of its pixels.
struct Places {
  static constexpr int kWholeBits = 14;

  Ints known;         ///< where not, the place is as good as the first one of the image
  int first[kLanes];  ///< the upper left one of the four pixels
  /// The share of the lower pixels, twice, and those of the left and of the right ones: two numbers
  /// of 16 bits, of which 2^15 and 2^kWholeBits are the whole.
  Ints lower, sides;

  Places() = default;
  Places(int width, int height, Floats u, Floats v, Floats z) {
    const auto end_u = static_cast<float>(width - 1), end_v = static_cast<float>(height - 1);
    known = (z > 0) & (u >= 0) & (v >= 0) & (u < end_u) & (v < end_v);
    const Floats x = known ? u : Floats{}, y = known ? v : Floats{};
    const Ints column = ints_of(x), line = ints_of(y);
    store(first, line * width + column);
    constexpr int kWhole = 1 << kWholeBits;
    const Ints of_lower = ints_of((y - floats_of(line)) * (2 * kWhole));
    const Ints of_right = ints_of((x - floats_of(column)) * kWhole + 0.5F);
    lower = of_lower | of_lower << 16;
    sides = (kWhole - of_right) | of_right << 16;
  }
};

/// The four numbers of the colours at two of eight places.
template <int place>
Ints blend_two(const uint8_t* bgra, int width, const Places& places) {
  constexpr int kBits = 7;  // of a number, below its ones
  const auto bytes = [&](int at) {
    const uint8_t* const upper = bgra + 4 * static_cast<size_t>(places.first[at]);
    return Pair{load<uint64_t>(upper), load<uint64_t>(upper + 4 * static_cast<size_t>(width))};
  };
  const auto of_both = [](Ints shares) {
    return reinterpret_cast<Words>(__builtin_shufflevector(
        shares, shares, place, place, place, place, place + 1, place + 1, place + 1, place + 1));
  };
  const auto pixels = reinterpret_cast<ManyBytes>(
      __builtin_shufflevector(bytes(place), bytes(place + 1), 0, 1, 2, 3));
  // Of each number that of the left pixel and of the right one.
  const ManyBytes none{};
  const auto upper =
      reinterpret_cast<Words>(
          in_halves<0, 16, 4, 16, 1, 16, 5, 16, 2, 16, 6, 16, 3, 16, 7, 16>(pixels, none))
      << kBits;
  const auto lower =
      reinterpret_cast<Words>(
          in_halves<8, 16, 12, 16, 9, 16, 13, 16, 10, 16, 14, 16, 11, 16, 15, 16>(pixels, none))
      << kBits;
  const Words between = upper + share_of(lower - upper, of_both(places.lower));
  constexpr int kAllBits = kBits + Places::kWholeBits;
  return (sums_of_two(between, of_both(places.sides)) + (1 << (kAllBits - 1))) >> kAllBits;
}

/// The pixels at eight places; all zero where nothing is known, and only there.
Ints blend(const uint8_t* bgra, int width, const Places& places) {
  const Ints numbers = blend_two<0>(bgra, width, places) | blend_two<2>(bgra, width, places) << 8 |
                       blend_two<4>(bgra, width, places) << 16 |
                       blend_two<6>(bgra, width, places) << 24;
  const auto bytes = reinterpret_cast<ManyBytes>(numbers);
  const auto halves = reinterpret_cast<Ints>(
      in_halves<0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15>(bytes, bytes));
  const Ints pixels = __builtin_shufflevector(halves, halves, 0, 4, 1, 5, 2, 6, 3, 7);
  return places.known & (pixels - (pixels == 0));
}

/// Asks for the memory of some of the places; that of the others is close by.
void prefetch(const uint8_t* bgra, int width, const Places& places) {
  for (int at = 0; at < kLanes; at += 2) {
    const uint8_t* const upper = bgra + 4 * static_cast<size_t>(places.first[at]);
    __builtin_prefetch(upper);
    __builtin_prefetch(upper + 4 * static_cast<size_t>(width));
  }
}

/// Memory is asked for well before it is needed: what neighbours show lies in two rows of the image
/// and soon in others, too irregular for the processor to foresee.
LOCKSTEP_KERNEL void colors(const uint8_t* bgra, int width, int height, VertexRow at, int count,
                            uint8_t* out) {
  constexpr int kAhead = 8;
  Places places[kAhead];
  const auto here = [&](int first) -> Places& { return places[first / kLanes % kAhead]; };
  const auto find = [&](int first) {
    if (first >= count) return;
    here(first) = Places(width, height, load<Floats>(at.u + first), load<Floats>(at.v + first),
                         load<Floats>(at.z + first));
    prefetch(bgra, width, here(first));
  };
  constexpr int kFar = (kAhead - 1) * kLanes;
  for (int first = 0; first < kFar; first += kLanes) find(first);
  for (int first = 0; first < count; first += kLanes) {
    find(first + kFar);
    const Places& found = here(first);
    const Ints pixels = any(found.known) ? blend(bgra, width, found) : Ints{};
    const int some = count - first;
    uint8_t* const to = out + 4 * static_cast<size_t>(first);
    if (some >= kLanes)
      store(to, pixels);
    else
      __builtin_memcpy(to, &pixels, 4 * static_cast<size_t>(some));
  }
}

// ---- points

/// To the nearest whole numbers, ties to the even one, kept within 16 bits; in the order of
/// packed().
Words whole_words(Floats low, Floats high) {
  const auto whole = [](Floats value) {
#ifdef __AVX2__
    return __builtin_ia32_cvtps2dq256(smaller(value, spread(32767)));
#else
    const Floats kept = smaller(larger(value, spread(-32768)), spread(32767));
    const float to_whole = 12'582'912;  // where floats are whole numbers
    return ints_of((kept + to_whole) - to_whole);
#endif
  };
  return packed(whole(low), whole(high));
}

/// x, y and z of sixteen points, one after the other.
void store_points(Words x, Words y, Words z, int16_t* out) {
  // In each half, every component goes to its places modulo eight, which differ from those of the
  // others; then each of the three results takes its places from all.
  const Words xs = in_halves<0, 3, 6, 1, 4, 7, 2, 5>(x, x);
  const Words ys = in_halves<5, 0, 3, 6, 1, 4, 7, 2>(y, y);
  const Words zs = in_halves<2, 5, 0, 3, 6, 1, 4, 7>(z, z);
  // b at places 1, 4 and 7, at 2 and 5, at 0, 3 and 6; else a.
  const auto at_147 = [](Words a, Words b) { return in_halves<0, 9, 2, 3, 12, 5, 6, 15>(a, b); };
  const auto at_25 = [](Words a, Words b) { return in_halves<0, 1, 10, 3, 4, 13, 6, 7>(a, b); };
  const auto at_036 = [](Words a, Words b) { return in_halves<8, 1, 2, 11, 4, 5, 14, 7>(a, b); };
  const auto first = reinterpret_cast<Longs>(at_25(at_147(xs, ys), zs));
  const auto second = reinterpret_cast<Longs>(at_036(at_25(xs, ys), zs));
  const auto third = reinterpret_cast<Longs>(at_147(at_036(xs, ys), zs));
  store(out, __builtin_shufflevector(first, second, 0, 1, 4, 5));
  store(out + kWords, __builtin_shufflevector(third, first, 0, 1, 6, 7));
  store(out + 2 * kWords, __builtin_shufflevector(second, third, 2, 3, 6, 7));
}

/// Sixteen points.
void points_at(const float* ray_x, const float* ray_y, const uint16_t* depth, int16_t* out) {
  const auto z = load<Words>(depth);
  // Every half of the vectors has eight points: these are the first and the last four of both.
  const Words none{};
  const auto low_z =
      floats_of(reinterpret_cast<Ints>(in_halves<0, 8, 1, 9, 2, 10, 3, 11>(z, none)));
  const auto high_z =
      floats_of(reinterpret_cast<Ints>(in_halves<4, 12, 5, 13, 6, 14, 7, 15>(z, none)));
  const Floats low_x = load_halves(ray_x, ray_x + 8), high_x = load_halves(ray_x + 4, ray_x + 12);
  const Floats low_y = load_halves(ray_y, ray_y + 8), high_y = load_halves(ray_y + 4, ray_y + 12);
  const Words there = packed(low_x == low_x, high_x == high_x);  // NaN: there is no ray
  store_points(there & whole_words(low_x * low_z, high_x * high_z),
               whole_words(low_y * low_z, high_y * high_z), there & z, out);
}

LOCKSTEP_KERNEL void points(const float* ray_x, const float* ray_y, const uint16_t* depth,
                            size_t count, int16_t* xyz) {
  size_t first = 0;
  for (; first + kWords <= count; first += kWords)
    points_at(ray_x + first, ray_y + first, depth + first, xyz + 3 * first);
  if (first == count) return;
  float last_x[kWords] = {}, last_y[kWords] = {};
  uint16_t last_depth[kWords] = {};
  for (size_t i = first; i < count; ++i) {
    last_x[i - first] = ray_x[i];
    last_y[i - first] = ray_y[i];
    last_depth[i - first] = depth[i];
  }
  int16_t last[3 * kWords];
  points_at(last_x, last_y, last_depth, last);
  __builtin_memcpy(xyz + 3 * first, last, (count - first) * 3 * sizeof last[0]);
}

}  // namespace
}  // namespace lockstep

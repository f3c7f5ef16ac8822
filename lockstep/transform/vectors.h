// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#ifndef __clang__
#pragma GCC diagnostic ignored "-Wpsabi"  // no vector crosses the border of a file
#endif

// Vectors as gcc and clang both offer them, for the files that the kernels are made of. Everything
// has internal linkage: see kernels.h.

/// Before a function of the table: everything that it calls becomes part of it, so that vectors
/// stay in registers.
#define LOCKSTEP_KERNEL [[gnu::flatten]]

namespace lockstep {
namespace {

constexpr int kLanes = 8;
using Floats = float __attribute__((vector_size(32)));
using Ints = int32_t __attribute__((vector_size(32)));
using Shorts = uint16_t __attribute__((vector_size(16)));
using HalfBytes = uint8_t __attribute__((vector_size(8)));
using Bytes = uint8_t __attribute__((vector_size(16)));
constexpr int kWords = 16;
using Words = int16_t __attribute__((vector_size(32)));
using ManyBytes = uint8_t __attribute__((vector_size(32)));
using Pair = uint64_t __attribute__((vector_size(16)));

constexpr int kDoubleLanes = 4;
using Doubles = double __attribute__((vector_size(32)));
using Longs = int64_t __attribute__((vector_size(32)));
using HalfFloats = float __attribute__((vector_size(16)));
using HalfInts = int32_t __attribute__((vector_size(16)));

constexpr Floats kLaneFloats = {0, 1, 2, 3, 4, 5, 6, 7};
constexpr Ints kLaneInts = {0, 1, 2, 3, 4, 5, 6, 7};
constexpr Doubles kLaneDoubles = {0, 1, 2, 3};

template <typename Value>
Value load(const void* from) {
  Value value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

template <typename Value>
void store(void* to, Value value) {
  __builtin_memcpy(to, &value, sizeof value);
}

/// The same value in every lane.
Floats spread(float value) {
  return Floats{value, value, value, value, value, value, value, value};
}

/// A product that is rounded for itself, whatever it is added to.
Floats rounded_product(Floats a, Floats b) {
  Floats product = a * b;
#ifdef __FMA__
  __asm__("" : "+x"(product));  // without this the compiler may fuse it
#endif
  return product;
}

template <typename Vector>
Vector smaller(Vector a, Vector b) {
  return a < b ? a : b;
}
template <typename Vector>
Vector larger(Vector a, Vector b) {
  return a > b ? a : b;
}

/// The largest of eight.
int largest_of(Ints value) {
  const Ints of_two = larger(value, __builtin_shufflevector(value, value, 4, 5, 6, 7, 0, 1, 2, 3));
  const Ints of_four =
      larger(of_two, __builtin_shufflevector(of_two, of_two, 2, 3, 0, 1, 6, 7, 4, 5));
  const Ints of_eight =
      larger(of_four, __builtin_shufflevector(of_four, of_four, 1, 0, 3, 2, 5, 4, 7, 6));
  return of_eight[0];
}

/// Whether any lane of a mask is set.
template <typename Mask>
bool any(Mask mask) {
  static_assert(sizeof(Mask) == sizeof(Longs));
  const auto parts = load<Longs>(&mask);
#ifdef __AVX2__
  using Bits = long long __attribute__((vector_size(32)));  // as the instruction is declared
  return __builtin_ia32_ptestz256(reinterpret_cast<Bits>(parts), reinterpret_cast<Bits>(parts)) ==
         0;
#else
  return ((parts[0] | parts[1]) | (parts[2] | parts[3])) != 0;
#endif
}

Floats floats_of(Ints whole) {
  return __builtin_convertvector(whole, Floats);
}
// Between numbers of 8, 16 and 32 bits. Compilers split a conversion that changes both width and
// kind into halves, and one to bytes into its lanes: so step by step.
Ints wide(Shorts value) {
  return __builtin_convertvector(value, Ints);
}
[[maybe_unused]] Ints wide(HalfBytes value) {
  return __builtin_convertvector(value, Ints);
}
Floats floats_of(Shorts value) {
  return floats_of(wide(value));
}
/// The low 16 bits of each.
[[maybe_unused]] Shorts shorts_of(Ints value) {
  return __builtin_convertvector(value, Shorts);
}
/// The low 8 bits of each.
[[maybe_unused]] HalfBytes bytes_of(Ints value) {
  const auto bytes = reinterpret_cast<ManyBytes>(value);
  return __builtin_shufflevector(bytes, bytes, 0, 4, 8, 12, 16, 20, 24, 28);
}
/// Four of eight, from `first` on.
template <int first>
Doubles doubles_of(Floats value) {
  return __builtin_convertvector(
      __builtin_shufflevector(value, value, first, first + 1, first + 2, first + 3), Doubles);
}
/// Four from each of two places.
Floats load_halves(const float* first, const float* second) {
  return __builtin_shufflevector(load<HalfFloats>(first), load<HalfFloats>(second), 0, 1, 2, 3, 4,
                                 5, 6, 7);
}
/// Towards zero.
Ints ints_of(Floats value) {
  return __builtin_convertvector(value, Ints);
}

// ---- numbers of 16 bits

/// In each half of the vector every second one, from the first or the second on, as 32 bits.
template <int first>
Ints every_second(Words value) {
  constexpr int kBits = 16;
  return first == 0 ? reinterpret_cast<Ints>(value) << kBits >> kBits
                    : reinterpret_cast<Ints>(value) >> kBits;
}

template <int numbers>
struct HalfWith;
template <>
struct HalfWith<8> {
  using Type = Shorts;
};
template <>
struct HalfWith<16> {
  using Type = Bytes;
};

/// In each half of the vector the numbers of a and b that are at these places of theirs; those of b
/// count on after those of a.
template <int... places, typename Vector>
Vector in_halves(Vector a, Vector b) {
  constexpr int kHalf = sizeof...(places);
#ifdef __AVX2__
  return __builtin_shufflevector(a, b, (places < kHalf ? places : places + kHalf)...,
                                 (places < kHalf ? places + kHalf : places + 2 * kHalf)...);
#else
  struct Halves {
    typename HalfWith<kHalf>::Type first, second;
  };
  const auto of_a = load<Halves>(&a), of_b = load<Halves>(&b);
  const Halves halves{__builtin_shufflevector(of_a.first, of_b.first, places...),
                      __builtin_shufflevector(of_a.second, of_b.second, places...)};
  return load<Vector>(&halves);
#endif
}

/// Numbers that fit 16 bits, in each half first the four of `low`, then those of `high`. AVX2 keeps
/// the others within 16 bits.
Words packed(Ints low, Ints high) {
#ifdef __AVX2__
  return __builtin_ia32_packssdw256(low, high);
#else
  return in_halves<0, 2, 4, 6, 8, 10, 12, 14>(reinterpret_cast<Words>(low),
                                              reinterpret_cast<Words>(high));
#endif
}

/// Products with a share of 2^15, rounded.
Words share_of(Words value, Words share) {
#ifdef __AVX2__
  return __builtin_ia32_pmulhrsw256(value, share);
#else
  const Ints even = (every_second<0>(value) * every_second<0>(share) + (1 << 14)) >> 15;
  const Ints odd = (every_second<1>(value) * every_second<1>(share) + (1 << 14)) >> 15;
  return reinterpret_cast<Words>((even & 0xFFFF) | odd << 16);
#endif
}

/// The sums of the products of two numbers each.
Ints sums_of_two(Words a, Words b) {
#ifdef __AVX2__
  return __builtin_ia32_pmaddwd256(a, b);
#else
  return every_second<0>(a) * every_second<0>(b) + every_second<1>(a) * every_second<1>(b);
#endif
}

}  // namespace
}  // namespace lockstep

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
using Bytes = uint8_t __attribute__((vector_size(16)));
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
/// Four of eight, from `first` on.
template <int first>
Doubles doubles_of(Floats value) {
  return __builtin_convertvector(
      __builtin_shufflevector(value, value, first, first + 1, first + 2, first + 3), Doubles);
}
/// Towards zero.
Ints ints_of(Floats value) {
  return __builtin_convertvector(value, Ints);
}

}  // namespace
}  // namespace lockstep

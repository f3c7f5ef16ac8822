// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace lockstep {

static_assert(std::endian::native == std::endian::little, "payloads are little-endian");

/// A number as it lies in a payload of at least `offset + sizeof(T)` bytes.
template <typename T>
[[nodiscard]] T load_le(const std::byte* payload, size_t offset) {
  static_assert(std::is_arithmetic_v<T>);
  T value;
  std::memcpy(&value, payload + offset, sizeof(T));
  return value;
}

template <typename T>
void store_le(std::byte* payload, size_t offset, T value) {
  static_assert(std::is_arithmetic_v<T>);
  std::memcpy(payload + offset, &value, sizeof(T));
}

}  // namespace lockstep

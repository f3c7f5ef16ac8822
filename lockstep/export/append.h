// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <string>
#include <type_traits>

namespace lockstep {

static_assert(std::endian::native == std::endian::little, "the formats here are little-endian");

/// Appends a number as it lies in the file.
template <typename T>
void append(std::string& bytes, T value) {
  static_assert(std::is_arithmetic_v<T>);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "lockstep/export/append.h"

namespace lockstep {

/// Builds a message as ROS 2 has it on the wire: plain CDR, little-endian, every number aligned to
/// its own size behind the four bytes that say so.
class Cdr {
 public:
  template <typename T>
  Cdr& add(T number) {
    const size_t over = (bytes_.size() - kHeadBytes) % sizeof(T);
    if (over != 0) bytes_.append(sizeof(T) - over, '\0');
    append(bytes_, number);
    return *this;
  }
  /// Length with the closing zero, text, zero.
  Cdr& text(std::string_view text) {
    add(static_cast<uint32_t>(text.size() + 1));
    bytes_ += text;
    bytes_ += '\0';
    return *this;
  }
  /// A sequence of bytes behind its length.
  Cdr& bytes(std::span<const std::byte> bytes) {
    add(static_cast<uint32_t>(bytes.size()));
    bytes_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return *this;
  }
  /// An array of fixed length: no length before it.
  Cdr& array(std::span<const double> numbers) {
    for (const double number : numbers) add(number);
    return *this;
  }

  [[nodiscard]] const std::string& message() const { return bytes_; }

 private:
  static constexpr size_t kHeadBytes = 4;
  std::string bytes_{"\0\1\0\0", kHeadBytes};
};

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "lockstep/mkv/bytes.h"

// EBML's variable-length integers: the number of leading zero bits of the first byte is the number
// of bytes that follow it.

namespace lockstep::mkv {

/// A size whose value bits are all one: the element ends where its parent's next child begins.
inline constexpr uint64_t kUnknownSize = UINT64_MAX;
/// Largest size that eight bytes hold.
inline constexpr uint64_t kMaxVint = (uint64_t{1} << 56) - 2;

/// Bytes that the shortest encoding of `value` takes, 1..8. `value` <= kMaxVint.
[[nodiscard]] int vint_length(uint64_t value);
/// Writes `value` in exactly `length` bytes (a longer form than needed is allowed).
void put_vint(Bytes& out, uint64_t value, int length);
inline void put_vint(Bytes& out, uint64_t value) {
  put_vint(out, value, vint_length(value));
}
/// Writes an element id, which carries its own length marker.
void put_id(Bytes& out, uint32_t id);
/// Bytes of an id: 1..4.
[[nodiscard]] int id_length(uint32_t id);

struct Vint {
  uint64_t value = 0;  ///< kUnknownSize when all value bits are one
  int length = 0;      ///< bytes read
};
/// Nothing when `in` ends inside the number or its first byte is zero (longer than eight bytes).
[[nodiscard]] std::optional<Vint> read_vint(ByteView in);

/// Id and size in front of an element's body.
struct ElementHead {
  uint32_t id = 0;
  uint64_t size = 0;    ///< of the body; kUnknownSize
  int head_length = 0;  ///< bytes of id and size
};
/// Longest head: four bytes of id, eight of size.
inline constexpr size_t kMaxElementHead = 12;
/// Nothing when `in` does not begin with an id of at most four bytes and a size.
[[nodiscard]] std::optional<ElementHead> read_element_head(ByteView in);

}  // namespace lockstep::mkv

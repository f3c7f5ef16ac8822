// SPDX-License-Identifier: MIT
#include "lockstep/mkv/vint.h"

#include <bit>
#include <cassert>

namespace lockstep::mkv {

int vint_length(uint64_t value) {
  assert(value <= kMaxVint);
  // All value bits set would mean "unknown", hence the + 1.
  return (std::bit_width(value + 1) + 6) / 7;
}

void put_vint(Bytes& out, uint64_t value, int length) {
  assert(value <= kMaxVint && vint_length(value) <= length && length <= 8);
  const uint64_t marked = value | (uint64_t{1} << (7 * length));
  for (int i = length - 1; i >= 0; --i) {
    out.push_back(static_cast<std::byte>(marked >> (8 * i)));
  }
}

int id_length(uint32_t id) {
  return (std::bit_width(id) + 7) / 8;
}

void put_id(Bytes& out, uint32_t id) {
  for (int i = id_length(id) - 1; i >= 0; --i) out.push_back(static_cast<std::byte>(id >> (8 * i)));
}

std::optional<Vint> read_vint(ByteView in) {
  if (in.empty() || in[0] == std::byte{0}) return std::nullopt;
  const auto first = static_cast<uint8_t>(in[0]);
  const int length = std::countl_zero(first) + 1;
  if (in.size() < static_cast<size_t>(length)) return std::nullopt;
  uint64_t value = first & (0xFFu >> length);
  for (int i = 1; i < length; ++i) value = value << 8 | static_cast<uint8_t>(in[i]);
  const uint64_t all_ones = (uint64_t{1} << (7 * length)) - 1;
  return Vint{value == all_ones ? kUnknownSize : value, length};
}

std::optional<ElementHead> read_element_head(ByteView in) {
  if (in.empty() || in[0] < std::byte{0x10}) return std::nullopt;
  const int id_bytes = std::countl_zero(static_cast<uint8_t>(in[0])) + 1;
  if (in.size() < static_cast<size_t>(id_bytes)) return std::nullopt;
  uint32_t id = 0;
  for (int i = 0; i < id_bytes; ++i) id = id << 8 | static_cast<uint8_t>(in[i]);
  const auto size = read_vint(in.subspan(id_bytes));
  if (!size) return std::nullopt;
  return ElementHead{id, size->value, id_bytes + size->length};
}

}  // namespace lockstep::mkv

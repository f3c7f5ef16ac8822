// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "lockstep/mkv/bytes.h"

namespace lockstep::mkv {

/// Builds EBML elements in memory, in the order of the calls.
class ElementWriter {
 public:
  void put_uint(uint32_t id, uint64_t value);    ///< as few bytes as the value needs, at least one
  void put_uint64(uint32_t id, uint64_t value);  ///< always eight bytes (UIDs, dates)
  void put_float32(uint32_t id, float value);
  void put_text(uint32_t id, std::string_view text);
  void put_binary(uint32_t id, ByteView data);
  /// A master element around `body`.
  void put_master(uint32_t id, const ElementWriter& body) { put_binary(id, body.bytes()); }
  /// The same with CRC-32 of the body as its first child.
  void put_master_with_crc(uint32_t id, const ElementWriter& body);
  /// Void element of exactly `total` bytes, head included; `total` is 0 (nothing) or at least 2.
  void put_void(uint64_t total);

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] Bytes& bytes() { return bytes_; }
  [[nodiscard]] size_t size() const { return bytes_.size(); }

 private:
  Bytes bytes_;
};

/// Appends the six bytes of a CRC-32 element (value little-endian, as EBML has it).
void put_crc32_element(Bytes& out, uint32_t crc);
/// Appends the head of a Void element that takes `total` bytes in all; returns the bytes of its
/// body.
uint64_t put_void_head(Bytes& out, uint64_t total);
/// CRC-32 (IEEE) of `data`, continuing from `crc` (0 at the start).
[[nodiscard]] uint32_t crc32(uint32_t crc, ByteView data);

}  // namespace lockstep::mkv

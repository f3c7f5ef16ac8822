// SPDX-License-Identifier: MIT
#include "lockstep/mkv/element_writer.h"

#include <libdeflate.h>

#include <bit>
#include <cassert>

#include "lockstep/mkv/ids.h"
#include "lockstep/mkv/vint.h"

namespace lockstep::mkv {
namespace {

void put_big_endian(Bytes& out, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}

}  // namespace

void ElementWriter::put_uint(uint32_t id, uint64_t value) {
  const int length = value == 0 ? 1 : (std::bit_width(value) + 7) / 8;
  put_id(bytes_, id);
  put_vint(bytes_, static_cast<uint64_t>(length));
  put_big_endian(bytes_, value, length);
}

void ElementWriter::put_uint64(uint32_t id, uint64_t value) {
  put_id(bytes_, id);
  put_vint(bytes_, 8);
  put_big_endian(bytes_, value, 8);
}

void ElementWriter::put_float32(uint32_t id, float value) {
  put_id(bytes_, id);
  put_vint(bytes_, 4);
  put_big_endian(bytes_, std::bit_cast<uint32_t>(value), 4);
}

void ElementWriter::put_text(uint32_t id, std::string_view text) {
  put_binary(id, as_bytes(text));
}

void ElementWriter::put_binary(uint32_t id, ByteView data) {
  put_id(bytes_, id);
  put_vint(bytes_, data.size());
  bytes_.insert(bytes_.end(), data.begin(), data.end());
}

void ElementWriter::put_master_with_crc(uint32_t id, const ElementWriter& body) {
  Bytes whole;
  put_crc32_element(whole, crc32(0, body.bytes()));
  whole.insert(whole.end(), body.bytes().begin(), body.bytes().end());
  put_binary(id, whole);
}

void ElementWriter::put_void(uint64_t total) {
  if (total == 0) return;
  const uint64_t body = put_void_head(bytes_, total);
  bytes_.resize(bytes_.size() + body);
}

uint64_t put_void_head(Bytes& out, uint64_t total) {
  assert(total >= 2);
  put_id(out, id::kVoid);
  // 0x7F in one byte would mean "unknown", so one byte reaches to 126.
  const int size_length = total - 2 <= 126 ? 1 : total - 3 <= 16382 ? 2 : 8;
  const uint64_t body = total - 1 - static_cast<uint64_t>(size_length);
  put_vint(out, body, size_length);
  return body;
}

void put_crc32_element(Bytes& out, uint32_t crc) {
  put_id(out, id::kCrc32);
  put_vint(out, 4);
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<std::byte>(crc >> (8 * i)));
}

uint32_t crc32(uint32_t crc, ByteView data) {
  return libdeflate_crc32(crc, data.data(), data.size());
}

}  // namespace lockstep::mkv

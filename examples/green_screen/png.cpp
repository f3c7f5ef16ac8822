// SPDX-License-Identifier: MIT
#include "png.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <vector>

namespace {

using Bytes = std::vector<std::uint8_t>;

void put32(Bytes& to, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8)
    to.push_back(static_cast<std::uint8_t>(number >> shift));
}

std::uint32_t crc_of(const std::uint8_t* bytes, std::size_t count) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t rest = i;
      for (int bit = 0; bit < 8; ++bit)
        rest = (rest & 1) != 0 ? 0xEDB88320U ^ rest >> 1 : rest >> 1;
      made[i] = rest;
    }
    return made;
  }();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (std::size_t i = 0; i < count; ++i) crc = table[(crc ^ bytes[i]) & 0xFF] ^ crc >> 8;
  return ~crc;
}

void put_chunk(Bytes& to, const char* type, const Bytes& data) {
  put32(to, static_cast<std::uint32_t>(data.size()));
  const std::size_t first = to.size();
  to.insert(to.end(), type, type + 4);
  to.insert(to.end(), data.begin(), data.end());
  put32(to, crc_of(&to[first], to.size() - first));
}

/// A zlib stream of stored blocks.
Bytes stored(const Bytes& data) {
  constexpr std::size_t kBlock = 65535;
  Bytes to = {0x78, 0x01};
  std::uint32_t a = 1, b = 0;  // Adler's sums
  for (std::size_t at = 0; at < data.size(); at += kBlock) {
    const std::size_t count = std::min(kBlock, data.size() - at);
    to.push_back(at + count == data.size());
    for (const std::size_t number : {count, ~count}) {
      to.push_back(static_cast<std::uint8_t>(number));
      to.push_back(static_cast<std::uint8_t>(number >> 8));
    }
    for (std::size_t i = at; i < at + count; ++i) {
      to.push_back(data[i]);
      a = (a + data[i]) % 65521;
      b = (b + a) % 65521;
    }
  }
  put32(to, b << 16 | a);
  return to;
}

}  // namespace

bool write_png(const std::string& path, const std::uint8_t* bgra, int width, int height) {
  Bytes rows;
  for (int y = 0; y < height; ++y) {
    rows.push_back(0);  // no filter
    for (int x = 0; x < width; ++x, bgra += 4) rows.insert(rows.end(), {bgra[2], bgra[1], bgra[0]});
  }
  Bytes header;
  put32(header, static_cast<std::uint32_t>(width));
  put32(header, static_cast<std::uint32_t>(height));
  header.insert(header.end(), {8, 2, 0, 0, 0});
  Bytes file = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  put_chunk(file, "IHDR", header);
  put_chunk(file, "IDAT", stored(rows));
  put_chunk(file, "IEND", {});
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  return out.flush().good();
}

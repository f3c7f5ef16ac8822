// SPDX-License-Identifier: MIT
#include "lockstep/recording/plane.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "lockstep/mkv/element_writer.h"

namespace lockstep {
namespace {

static_assert(std::endian::native == std::endian::little, "files hold big-endian samples");

/// Source and result of one piece stay in the first-level cache between swap and CRC.
constexpr size_t kPieceBytes = 8 * 1024;

using Vector = uint16_t __attribute__((vector_size(32)));
constexpr size_t kLanes = sizeof(Vector) / 2;
// 16-bit lanes add up bytes of at most 255; they overflow after 257 additions.
static_assert(kPieceBytes / sizeof(Vector) <= 257);

/// At most kPieceBytes. Written on vector types, so that one text serves every level of processor.
[[gnu::always_inline]] inline void swap_piece(const std::byte* from, std::byte* to, size_t bytes,
                                              PlaneStats& stats) {
  Vector zeros{};
  Vector low_bytes{};
  Vector high_bytes{};
  size_t at = 0;
  for (; at + sizeof(Vector) <= bytes; at += sizeof(Vector)) {
    Vector value;
    std::memcpy(&value, from + at, sizeof(Vector));
    zeros -= (value == 0);  // true is all ones: minus one
    low_bytes += value & 0xFF;
    high_bytes += value >> 8;
    value = value << 8 | value >> 8;
    std::memcpy(to + at, &value, sizeof(Vector));
  }
  for (size_t lane = 0; lane < kLanes; ++lane) {
    stats.zeros += zeros[lane];
    stats.sum += low_bytes[lane] + (uint64_t{high_bytes[lane]} << 8);
  }
  for (; at + 2 <= bytes; at += 2) {
    uint16_t value;
    std::memcpy(&value, from + at, 2);
    stats.zeros += value == 0;
    stats.sum += value;
    value = static_cast<uint16_t>(value << 8 | value >> 8);
    std::memcpy(to + at, &value, 2);
  }
}

using Kernel = void (*)(const std::byte*, std::byte*, size_t, PlaneStats&);

void swap_piece_baseline(const std::byte* from, std::byte* to, size_t bytes, PlaneStats& stats) {
  swap_piece(from, to, bytes, stats);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void swap_piece_avx2(const std::byte* from, std::byte* to,
                                                     size_t bytes, PlaneStats& stats) {
  swap_piece(from, to, bytes, stats);
}
#endif

Kernel choose_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return swap_piece_avx2;
#endif
  return swap_piece_baseline;
}

const Kernel kSwapPiece = choose_kernel();

}  // namespace

uint32_t swap_plane_with_crc(std::span<const std::byte> from, std::span<std::byte> to, uint32_t crc,
                             PlaneStats& stats) {
  for (size_t at = 0; at < from.size(); at += kPieceBytes) {
    const size_t bytes = std::min(kPieceBytes, from.size() - at);
    kSwapPiece(from.data() + at, to.data() + at, bytes, stats);
    crc = mkv::crc32(crc, to.subspan(at, bytes));
  }
  return crc;
}

void swap_plane(std::span<std::byte> plane) {
  PlaneStats ignored;
  for (size_t at = 0; at < plane.size(); at += kPieceBytes) {
    kSwapPiece(plane.data() + at, plane.data() + at, std::min(kPieceBytes, plane.size() - at),
               ignored);
  }
}

PlaneStats plane_stats(std::span<const std::byte> plane) {
  PlaneStats stats;
  std::byte swapped[kPieceBytes];
  for (size_t at = 0; at < plane.size(); at += kPieceBytes) {
    kSwapPiece(plane.data() + at, swapped, std::min(kPieceBytes, plane.size() - at), stats);
  }
  return stats;
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/virtual/color_rows.h"

#include <algorithm>
#include <cstring>

#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

// A pixel of BGRA, two of YUY2: never split, so that noise finds alpha where it is.
constexpr size_t kUnit = 4;

/// Bytes [from, from + count) of a row.
struct Run {
  uint32_t from = 0;
  uint32_t count = 0;
};

Run difference(std::span<const uint8_t> still, std::span<const uint8_t> picture) {
  const auto first = std::mismatch(still.begin(), still.end(), picture.begin()).first;
  if (first == still.end()) return {};
  const auto last = std::mismatch(still.rbegin(), still.rend(), picture.rbegin()).first;
  const auto begin = static_cast<size_t>(first - still.begin()) / kUnit * kUnit;
  const auto behind = static_cast<size_t>(still.rend() - last);
  const size_t end = (behind + kUnit - 1) / kUnit * kUnit;
  return {static_cast<uint32_t>(begin), static_cast<uint32_t>(end - begin)};
}

Run run_at(std::span<const std::byte> blob, size_t row) {
  Run run;
  std::memcpy(&run, blob.data() + row * sizeof(Run), sizeof(Run));
  return run;
}

}  // namespace

std::vector<std::byte> row_differences(std::span<const uint8_t> still,
                                       std::span<const uint8_t> picture, size_t row_bytes) {
  const size_t rows = still.size() / row_bytes;
  std::vector<std::byte> blob(rows * sizeof(Run));
  for (size_t y = 0; y < rows; ++y) {
    const auto row = picture.subspan(y * row_bytes, row_bytes);
    const Run run = difference(still.subspan(y * row_bytes, row_bytes), row);
    std::memcpy(blob.data() + y * sizeof(Run), &run, sizeof(Run));
    const auto changed = std::as_bytes(row.subspan(run.from, run.count));
    blob.insert(blob.end(), changed.begin(), changed.end());
  }
  return blob;
}

bool are_row_differences(std::span<const std::byte> blob, size_t rows, size_t row_bytes) {
  if (blob.size() < rows * sizeof(Run)) return false;
  size_t bytes = rows * sizeof(Run);
  for (size_t y = 0; y < rows; ++y) {
    const Run run = run_at(blob, y);
    if (run.from % kUnit != 0 || run.count % kUnit != 0) return false;
    if (run.from > row_bytes || run.count > row_bytes - run.from) return false;
    bytes += run.count;
  }
  return bytes == blob.size();
}

void show_rows(std::span<const uint8_t> still, std::span<const std::byte> differences,
               size_t row_bytes, const ColorNoise& noise, uint64_t seed, std::span<uint8_t> to) {
  const size_t rows = still.size() / row_bytes;
  const auto* changed = reinterpret_cast<const uint8_t*>(differences.data() + rows * sizeof(Run));
  for (size_t y = 0; y < rows; ++y) {
    const auto from = still.subspan(y * row_bytes, row_bytes);
    const auto out = to.subspan(y * row_bytes, row_bytes);
    const Run run = run_at(differences, y);
    const size_t end = size_t{run.from} + run.count;
    const size_t draw = noise.draw(mix_bits(seed, y));
    noise.add(draw, 0, from.first(run.from), out.first(run.from));
    noise.add(draw, run.from, {changed, run.count}, out.subspan(run.from, run.count));
    noise.add(draw, end, from.subspan(end), out.subspan(end));
    changed += run.count;
  }
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/mkv/lacing.h"

#include <algorithm>
#include <cstdint>

#include "lockstep/mkv/vint.h"

namespace lockstep::mkv {
namespace {

using Sizes = std::vector<uint64_t>;

/// Sizes as runs of 255 that end with a smaller byte. Advances `rest` past them.
bool read_xiph_sizes(ByteView& rest, size_t count, Sizes& sizes) {
  for (size_t i = 0; i < count; ++i) {
    uint64_t size = 0;
    uint8_t byte = 255;
    while (byte == 255) {
      if (rest.empty()) return false;
      byte = static_cast<uint8_t>(rest[0]);
      rest = rest.subspan(1);
      size += byte;
    }
    sizes.push_back(size);
  }
  return true;
}

/// The first size as a vint, the others as signed differences (a vint less half its range).
bool read_ebml_sizes(ByteView& rest, size_t count, Sizes& sizes) {
  int64_t size = 0;
  for (size_t i = 0; i < count; ++i) {
    const auto number = read_vint(rest);
    if (!number || number->value == kUnknownSize) return false;
    rest = rest.subspan(static_cast<size_t>(number->length));
    const int64_t half = i == 0 ? 0 : (int64_t{1} << (7 * number->length - 1)) - 1;
    size += static_cast<int64_t>(number->value) - half;  // at most 256 times 2^55: no overflow
    if (size < 0) return false;
    sizes.push_back(static_cast<uint64_t>(size));
  }
  return true;
}

}  // namespace

std::optional<std::vector<ByteView>> split_frames(Lacing lacing, ByteView payload) {
  if (lacing == Lacing::none) return std::vector<ByteView>{payload};
  if (payload.empty()) return std::nullopt;
  const size_t count = static_cast<size_t>(payload[0]) + 1;
  ByteView rest = payload.subspan(1);
  Sizes sizes;
  if (lacing == Lacing::fixed) {
    if (rest.size() % count != 0) return std::nullopt;
    sizes.assign(count - 1, rest.size() / count);
  } else if (lacing == Lacing::xiph ? !read_xiph_sizes(rest, count - 1, sizes)
                                    : !read_ebml_sizes(rest, count - 1, sizes)) {
    return std::nullopt;
  }
  std::vector<ByteView> frames;
  for (const uint64_t size : sizes) {
    if (size > rest.size()) return std::nullopt;
    frames.push_back(rest.first(static_cast<size_t>(size)));
    rest = rest.subspan(static_cast<size_t>(size));
  }
  frames.push_back(rest);
  return frames;
}

Lace put_in_lace(const std::vector<ByteView>& frames) {
  Lace lace;
  const bool equal = std::all_of(frames.begin(), frames.end(), [&](ByteView frame) {
    return frame.size() == frames.front().size();
  });
  if (frames.size() > 1) {
    lace.lacing = equal ? Lacing::fixed : Lacing::ebml;
    lace.payload.push_back(fixed_lace_header(static_cast<int>(frames.size())));
  }
  if (!equal) {
    put_vint(lace.payload, frames.front().size());
    // Differences as vints of eight bytes, which hold every one of them.
    constexpr int64_t kHalf = (int64_t{1} << 55) - 1;
    for (size_t i = 1; i + 1 < frames.size(); ++i) {
      const auto more = static_cast<int64_t>(frames[i].size() - frames[i - 1].size());
      put_vint(lace.payload, static_cast<uint64_t>(more + kHalf), 8);
    }
  }
  for (const ByteView frame : frames)
    lace.payload.insert(lace.payload.end(), frame.begin(), frame.end());
  return lace;
}

}  // namespace lockstep::mkv

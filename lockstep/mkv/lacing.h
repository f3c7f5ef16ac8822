// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "lockstep/mkv/bytes.h"

namespace lockstep::mkv {

/// How several frames share one block: bits 1 and 2 of the block's flags.
enum class Lacing : uint8_t { none = 0, xiph = 1, fixed = 2, ebml = 3 };

[[nodiscard]] constexpr Lacing lacing_of(uint8_t flags) {
  return static_cast<Lacing>(flags >> 1 & 3);
}

[[nodiscard]] constexpr uint8_t lacing_flags(Lacing lacing) {
  return static_cast<uint8_t>(static_cast<uint8_t>(lacing) << 1);
}

/// The frames of a block's payload (lacing header and frames), views into it. Nothing when the
/// header does not fit the payload.
[[nodiscard]] std::optional<std::vector<ByteView>> split_frames(Lacing lacing, ByteView payload);

/// A block's payload that holds several frames, and how.
struct Lace {
  Lacing lacing = Lacing::none;
  Bytes payload;
};
/// Puts frames, 1..256 of them, into one block: without a header when there is one, in the lacing
/// of equal sizes when they have them, in EBML's otherwise.
[[nodiscard]] Lace put_in_lace(const std::vector<ByteView>& frames);

/// Header of a fixed-size lace of `frames` frames, 1..256: to be put in front of the joined frames.
[[nodiscard]] constexpr std::byte fixed_lace_header(int frames) {
  return static_cast<std::byte>(frames - 1);
}

}  // namespace lockstep::mkv

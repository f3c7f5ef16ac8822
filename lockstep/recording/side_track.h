// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "lockstep/frame/capture.h"
#include "lockstep/recording/header.h"

// Entries of the side track LOCKSTEP (docs/recording-format.md, "Side track"). Version 1 is 48
// bytes, little-endian; later versions only append.

namespace lockstep {

inline constexpr std::string_view kSideTrackName = "LOCKSTEP";
inline constexpr std::string_view kSideTrackCodec = "S_LOCKSTEP";
inline constexpr size_t kNoteBytes = 48;

/// What the track says of a capture, without what only a pass over its planes can tell.
[[nodiscard]] CaptureNote note_of(const Capture& capture);
/// The stamp is the block's time and not part of the payload.
[[nodiscard]] std::array<std::byte, kNoteBytes> encode_note(const CaptureNote& note);
/// Nothing when the payload is too short or of version 0.
[[nodiscard]] std::optional<CaptureNote> decode_note(DeviceTime stamp,
                                                     std::span<const std::byte> payload);

}  // namespace lockstep

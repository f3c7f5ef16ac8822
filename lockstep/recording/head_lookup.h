// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "lockstep/mkv/segment_head.h"

// How the vendor's reader finds things in the head of a file (docs/recording-format.md, "Tags").

namespace lockstep {

/// Bytes of a BITMAPINFOHEADER, the CodecPrivate of an image track, of which only the FourCC is
/// used.
inline constexpr size_t kBitmapHeaderBytes = 40;

/// A number as the vendor's reader takes it: leading blanks, a plus and trailing text are
/// tolerated.
template <typename T>
std::optional<T> number_in(std::string_view text) {
  while (!text.empty() && (text[0] == ' ' || text[0] == '\t')) text.remove_prefix(1);
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  T value{};
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{}) return std::nullopt;
  return value;
}

/// The FourCC of an image track; empty when it has none.
[[nodiscard]] std::string fourcc_of(const mkv::TrackEntry& track);

/// The track that the tag names by its UID, else the first of one of the names; null: none.
[[nodiscard]] const mkv::TrackEntry* find_track(const mkv::SegmentHead& head,
                                                std::string_view tag_name,
                                                std::initializer_list<std::string_view> names);

/// The attachment that holds the factory calibration; null: none.
[[nodiscard]] const mkv::Attachment* find_calibration(const mkv::SegmentHead& head);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/mkv/head_elements.h"

#include <algorithm>
#include <bit>

#include "lockstep/mkv/element_writer.h"
#include "lockstep/mkv/ids.h"
#include "lockstep/mkv/vint.h"

namespace lockstep::mkv {
namespace {

/// Calls `visit(id, body)` for every child; a child that reaches past its parent ends the walk.
/// Returns what is left then.
template <typename Visit>
ByteView each_child(ByteView body, Visit visit) {
  while (!body.empty()) {
    const auto head = read_element_head(body);
    if (!head || head->size > body.size() - static_cast<size_t>(head->head_length)) break;
    visit(head->id,
          body.subspan(static_cast<size_t>(head->head_length), static_cast<size_t>(head->size)));
    body = body.subspan(static_cast<size_t>(head->head_length) + static_cast<size_t>(head->size));
  }
  return body;
}

uint64_t to_uint(ByteView body) {
  if (body.size() > 8) return 0;
  uint64_t value = 0;
  for (const std::byte byte : body) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

double to_float(ByteView body) {
  if (body.size() == 4) return std::bit_cast<float>(static_cast<uint32_t>(to_uint(body)));
  return body.size() == 8 ? std::bit_cast<double>(to_uint(body)) : 0;
}

/// EBML strings may be padded with NULs.
std::string to_text(ByteView body) {
  const std::string_view text = as_text(body);
  return std::string(text.substr(0, text.find('\0')));
}

Bytes to_binary(ByteView body) {
  return Bytes(body.begin(), body.end());
}

TrackEntry decode_track(ByteView body) {
  TrackEntry track;
  each_child(body, [&](uint32_t id, ByteView value) {
    switch (id) {
      case id::kTrackNumber:
        track.number = to_uint(value);
        break;
      case id::kTrackUid:
        track.uid = to_uint(value);
        break;
      case id::kTrackType:
        track.type = to_uint(value);
        break;
      case id::kCodecId:
        track.codec_id = to_text(value);
        break;
      case id::kTrackName:
        track.name = to_text(value);
        break;
      case id::kCodecPrivate:
        track.codec_private = to_binary(value);
        break;
      case id::kDefaultDuration:
        track.default_duration_ns = to_uint(value);
        break;
      case id::kVideo:
        each_child(value, [&](uint32_t video_id, ByteView size) {
          if (video_id == id::kPixelWidth) track.width_px = to_uint(size);
          if (video_id == id::kPixelHeight) track.height_px = to_uint(size);
        });
        break;
      default:
        break;
    }
  });
  return track;
}

Attachment decode_attachment(ByteView body) {
  Attachment attachment;
  each_child(body, [&](uint32_t id, ByteView value) {
    switch (id) {
      case id::kFileName:
        attachment.name = to_text(value);
        break;
      case id::kFileMimeType:
        attachment.mime_type = to_text(value);
        break;
      case id::kFileData:
        attachment.data = to_binary(value);
        break;
      case id::kFileUid:
        attachment.uid = to_uint(value);
        break;
      default:
        break;
    }
  });
  return attachment;
}

void decode_targets(ByteView body, Tag& tag) {
  each_child(body, [&](uint32_t id, ByteView value) {
    if (id != id::kTagTrackUid && id != id::kTagAttachmentUid) return;
    tag.target = id == id::kTagTrackUid ? TagTarget::track : TagTarget::attachment;
    tag.target_uid = to_uint(value);
  });
}

Tag decode_tag(ByteView body) {
  Tag tag;
  bool named = false;
  each_child(body, [&](uint32_t id, ByteView value) {
    if (id == id::kTargets) decode_targets(value, tag);
    if (id != id::kSimpleTag || named) return;  // the first SimpleTag counts
    named = true;
    each_child(value, [&](uint32_t simple_id, ByteView text) {
      if (simple_id == id::kTagName) tag.name = to_text(text);
      if (simple_id == id::kTagString) tag.value = to_text(text);
    });
  });
  return tag;
}

CuePoint decode_cue(ByteView body) {
  CuePoint cue;
  bool placed = false;
  each_child(body, [&](uint32_t id, ByteView value) {
    if (id == id::kCueTime) cue.time = to_uint(value);
    if (id != id::kCueTrackPositions || placed) return;
    placed = true;
    each_child(value, [&](uint32_t track_id, ByteView position) {
      if (track_id == id::kCueClusterPosition) cue.position = to_uint(position);
    });
  });
  return cue;
}

/// Decodes the first `most` children of `body` that have `wanted` as id.
template <typename T>
Entries<T> decode_all(ByteView body, uint32_t wanted, size_t most, T (*decode)(ByteView)) {
  Entries<T> all;
  each_child(body, [&](uint32_t id, ByteView value) {
    if (id != wanted) return;
    if (all.kept.size() < most) {
      all.kept.push_back(decode(value));
    } else {
      ++all.left_out;
    }
  });
  return all;
}

SeekEntry decode_seek(ByteView body) {
  SeekEntry seek;
  each_child(body, [&](uint32_t id, ByteView value) {
    if (id == id::kSeekId && value.size() <= 4) seek.id = static_cast<uint32_t>(to_uint(value));
    if (id == id::kSeekPosition) seek.position = to_uint(value);
  });
  return seek;
}

}  // namespace

bool is_sound(ByteView body) {
  const auto first = read_element_head(body);
  if (first && first->id == id::kCrc32 && first->size == 4 && body.size() >= 4) {
    const auto from = static_cast<size_t>(first->head_length) + 4;
    if (body.size() < from) return false;
    const auto stored = static_cast<uint32_t>(to_uint(body.subspan(from - 4, 4)));
    if (crc32(0, body.subspan(from)) != __builtin_bswap32(stored)) return false;
  }
  return each_child(body, [](uint32_t, ByteView) {}).empty();
}

DocType decode_ebml_head(ByteView body) {
  DocType type;
  each_child(body, [&](uint32_t id, ByteView value) {
    if (id == id::kDocType) type.name = to_text(value);
    if (id == id::kDocTypeVersion) type.version = to_uint(value);
    if (id == id::kDocTypeReadVersion) type.read_version = to_uint(value);
  });
  return type;
}

Entries<SeekEntry> decode_seek_head(ByteView body) {
  return decode_all(body, id::kSeek, kMostSeekEntries, decode_seek);
}

SegmentInfo decode_info(ByteView body) {
  SegmentInfo info;
  each_child(body, [&](uint32_t id, ByteView value) {
    switch (id) {
      case id::kTimestampScale:
        info.timestamp_scale_ns = to_uint(value);
        break;
      case id::kMuxingApp:
        info.muxing_app = to_text(value);
        break;
      case id::kWritingApp:
        info.writing_app = to_text(value);
        break;
      case id::kTitle:
        info.title = to_text(value);
        break;
      case id::kDateUtc:
        info.date_utc_ns = static_cast<int64_t>(to_uint(value));
        break;
      case id::kDuration:
        info.duration_units = to_float(value);
        break;
      default:
        break;
    }
  });
  return info;
}

Entries<TrackEntry> decode_tracks(ByteView body) {
  return decode_all(body, id::kTrackEntry, kMostTracks, decode_track);
}

Entries<Attachment> decode_attachments(ByteView body) {
  return decode_all(body, id::kAttachedFile, kMostAttachments, decode_attachment);
}

Entries<Tag> decode_tags(ByteView body) {
  return decode_all(body, id::kTag, kMostTags, decode_tag);
}

Entries<CuePoint> decode_cues(ByteView body) {
  Entries<CuePoint> cues = decode_all(body, id::kCuePoint, kMostCues, decode_cue);
  std::sort(cues.kept.begin(), cues.kept.end(),
            [](const CuePoint& a, const CuePoint& b) { return a.position < b.position; });
  return cues;
}

}  // namespace lockstep::mkv

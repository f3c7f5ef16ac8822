// SPDX-License-Identifier: MIT
#include "lockstep/mkv/head_writer.h"

#include "lockstep/mkv/element_writer.h"
#include "lockstep/mkv/ids.h"
#include "lockstep/mkv/vint.h"

namespace lockstep::mkv {
namespace {

constexpr uint64_t kSeekHeadReserve = 1027;
constexpr uint64_t kInfoReserve = 259;
static_assert(kSegmentDataStart + kSeekHeadReserve + kInfoReserve == kFrontBytes);

void put_ebml_head(ElementWriter& out) {
  ElementWriter body;
  body.put_uint(id::kEbmlVersion, 1);
  body.put_uint(id::kEbmlReadVersion, 1);
  body.put_uint(id::kEbmlMaxIdLength, 4);
  body.put_uint(id::kEbmlMaxSizeLength, 8);
  body.put_text(id::kDocType, "matroska");
  body.put_uint(id::kDocTypeVersion, 2);
  body.put_uint(id::kDocTypeReadVersion, 2);
  out.put_master(id::kEbml, body);
}

void put_segment_head(ElementWriter& out, uint64_t file_end) {
  put_id(out.bytes(), id::kSegment);
  if (file_end != 0) {
    put_vint(out.bytes(), file_end - kSegmentDataStart, 8);
    return;
  }
  out.bytes().push_back(std::byte{0x01});
  out.bytes().insert(out.bytes().end(), 7, std::byte{0xFF});
}

void put_seek(ElementWriter& out, uint32_t target, uint64_t offset) {
  if (offset == 0) return;
  ElementWriter seek;
  Bytes id_bytes;
  put_id(id_bytes, target);
  seek.put_binary(id::kSeekId, id_bytes);
  seek.put_uint(id::kSeekPosition, offset - kSegmentDataStart);
  out.put_master(id::kSeek, seek);
}

/// Fills up to `end` with a Void; false when there is no room for one.
bool fill_to(ElementWriter& out, uint64_t end) {
  if (out.size() > end || out.size() + 1 == end) return false;
  out.put_void(end - out.size());
  return true;
}

ElementWriter encode_info(const SegmentInfo& info) {
  ElementWriter body;
  body.put_uint(id::kTimestampScale, info.timestamp_scale_ns);
  body.put_text(id::kMuxingApp, info.muxing_app);
  body.put_text(id::kWritingApp, info.writing_app);
  if (info.date_utc_ns) body.put_uint64(id::kDateUtc, static_cast<uint64_t>(*info.date_utc_ns));
  body.put_text(id::kTitle, info.title);
  if (info.duration_units) {
    body.put_float32(id::kDuration, static_cast<float>(*info.duration_units));
  }
  return body;
}

}  // namespace

std::optional<Bytes> encode_front(const SegmentInfo& info, const HeadPositions& positions) {
  ElementWriter out;
  put_ebml_head(out);
  put_segment_head(out, positions.file_end);
  ElementWriter seeks;
  put_seek(seeks, id::kInfo, kSegmentDataStart + kSeekHeadReserve);
  put_seek(seeks, id::kTracks, positions.tracks);
  put_seek(seeks, id::kAttachments, positions.attachments);
  put_seek(seeks, id::kTags, positions.tags);
  put_seek(seeks, id::kCues, positions.cues);
  out.put_master(id::kSeekHead, seeks);
  if (!fill_to(out, kSegmentDataStart + kSeekHeadReserve)) return std::nullopt;
  out.put_master(id::kInfo, encode_info(info));
  if (!fill_to(out, kFrontBytes)) return std::nullopt;
  return std::move(out.bytes());
}

Bytes encode_tracks(const std::vector<TrackEntry>& tracks) {
  ElementWriter entries;
  for (const TrackEntry& track : tracks) {
    ElementWriter body;
    body.put_uint(id::kTrackNumber, track.number);
    body.put_uint64(id::kTrackUid, track.uid);
    body.put_uint(id::kTrackType, track.type);
    body.put_text(id::kCodecId, track.codec_id);
    body.put_text(id::kTrackName, track.name);
    if (!track.codec_private.empty()) body.put_binary(id::kCodecPrivate, track.codec_private);
    if (track.default_duration_ns != 0) {
      body.put_uint(id::kDefaultDuration, track.default_duration_ns);
    }
    if (track.width_px != 0) {
      ElementWriter video;
      video.put_uint(id::kPixelWidth, track.width_px);
      video.put_uint(id::kPixelHeight, track.height_px);
      body.put_master(id::kVideo, video);
    }
    entries.put_master(id::kTrackEntry, body);
  }
  ElementWriter out;
  out.put_master(id::kTracks, entries);
  return std::move(out.bytes());
}

Bytes encode_attachments(const std::vector<Attachment>& attachments) {
  if (attachments.empty()) return {};
  ElementWriter files;
  for (const Attachment& attachment : attachments) {
    ElementWriter body;
    body.put_text(id::kFileName, attachment.name);
    body.put_text(id::kFileMimeType, attachment.mime_type);
    body.put_binary(id::kFileData, attachment.data);
    body.put_uint64(id::kFileUid, attachment.uid);
    files.put_master(id::kAttachedFile, body);
  }
  ElementWriter out;
  out.put_master(id::kAttachments, files);
  return std::move(out.bytes());
}

std::optional<Bytes> encode_tags(const std::vector<Tag>& tags, uint64_t total) {
  ElementWriter all;
  for (const Tag& tag : tags) {
    ElementWriter targets;
    if (tag.target != TagTarget::none) {
      const bool track = tag.target == TagTarget::track;
      targets.put_text(id::kTargetType, track ? "TRACK" : "ATTACHMENT");
      targets.put_uint64(track ? id::kTagTrackUid : id::kTagAttachmentUid, tag.target_uid);
    }
    ElementWriter simple;
    simple.put_text(id::kTagName, tag.name);
    simple.put_text(id::kTagString, tag.value);
    ElementWriter body;
    body.put_master(id::kTargets, targets);
    body.put_master(id::kSimpleTag, simple);
    all.put_master(id::kTag, body);
  }
  ElementWriter out;
  out.put_master_with_crc(id::kTags, all);
  if (total == 0) total = out.size() + kTagsReserve;
  if (!fill_to(out, total)) return std::nullopt;
  return std::move(out.bytes());
}

}  // namespace lockstep::mkv

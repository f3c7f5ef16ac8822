// SPDX-License-Identifier: MIT
#include "lockstep/recording/head_lookup.h"

#include <algorithm>

namespace lockstep {

std::string fourcc_of(const mkv::TrackEntry& track) {
  if (track.codec_id != "V_MS/VFW/FOURCC" || track.codec_private.size() < 20) return {};
  return std::string(mkv::as_text(mkv::ByteView(track.codec_private).subspan(16, 4)));
}

const mkv::TrackEntry* find_track(const mkv::SegmentHead& head, std::string_view tag_name,
                                  std::initializer_list<std::string_view> names) {
  if (const mkv::Tag* tag = head.find_tag(tag_name)) {
    const bool targeted = tag->target == mkv::TagTarget::track && tag->target_uid != 0;
    const auto uid = targeted ? tag->target_uid : number_in<uint64_t>(tag->value).value_or(0);
    for (const mkv::TrackEntry& track : head.tracks) {
      if (uid != 0 && track.uid == uid) return &track;
    }
  }
  for (const std::string_view name : names) {
    for (const mkv::TrackEntry& track : head.tracks) {
      if (track.name == name) return &track;
    }
  }
  return nullptr;
}

const mkv::Attachment* find_calibration(const mkv::SegmentHead& head) {
  const mkv::Tag* tag = head.find_tag("K4A_CALIBRATION_FILE");
  const bool targeted = tag != nullptr && tag->target == mkv::TagTarget::attachment;
  const std::string_view told = tag != nullptr ? std::string_view(tag->value) : "";
  const auto first_named = [&](std::string_view name) -> const mkv::Attachment* {
    const auto found =
        std::find_if(head.attachments.begin(), head.attachments.end(),
                     [&](const auto& attachment) { return attachment.name == name; });
    return found == head.attachments.end() ? nullptr : &*found;
  };
  for (const mkv::Attachment& attachment : head.attachments) {
    if (targeted && tag->target_uid != 0 && attachment.uid == tag->target_uid) return &attachment;
  }
  const mkv::Attachment* const named = told.empty() ? nullptr : first_named(told);
  return named != nullptr ? named : first_named("calibration.json");
}

}  // namespace lockstep

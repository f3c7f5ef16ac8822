// SPDX-License-Identifier: MIT
#include "lockstep/mkv/head_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "lockstep/mkv/head_elements.h"
#include "lockstep/mkv/ids.h"

namespace lockstep::mkv {
namespace {

/// Larger ones are not read; the largest real ones (cues of a day, a calibration) are far below.
constexpr uint64_t kLargestElement = 64u << 20;
/// For sentences about what stands in front of the clusters.
std::string_view name_of(uint32_t id) {
  switch (id) {
    case id::kSeekHead:
      return "seek entries";
    case id::kInfo:
      return "properties of the file (Info)";
    case id::kTracks:
      return "tracks";
    case id::kAttachments:
      return "attachments";
    case id::kTags:
      return "tags";
    case id::kCues:
      return "cues";
    default:
      return "elements";
  }
}

/// Of the elements that a seek entry may name, those that are read.
bool stands_once(uint32_t id) {
  return id == id::kInfo || id == id::kTracks || id == id::kAttachments || id == id::kTags ||
         id == id::kCues;
}

/// Top-level elements looked at in front of the first cluster, against files made of tiny ones.
constexpr int kMostElements = 10'000;

class HeadReader {
 public:
  HeadReader(SourceWindow& window, DamageList& damage) : window_(window), damage_(damage) {}

  Result<OpenedSegment> read() {
    auto segment_at = check_ebml_head();
    if (!segment_at) return segment_at.error();
    if (auto found = open_segment(*segment_at); !found) return found.error();
    walk_to_first_cluster();
    follow_seek_entries();
    find_written_end();
    if (!window_.error()) return window_.error().error();
    return std::move(result_);
  }

 private:
  /// Offset behind the EBML head.
  Result<uint64_t> check_ebml_head() {
    const auto head = window_.element(0);
    if (window_.size() == 0)
      return Error{Errc::unusable_input,
                   "the file is empty: nothing was ever written to it, so record again"};
    if (!head || head->id != id::kEbml || head->size > 4096) {
      return Error{Errc::unusable_input, "this is not a Matroska file (no EBML head at its start)"};
    }
    const ByteView body =
        window_.look(static_cast<uint64_t>(head->head_length), static_cast<size_t>(head->size));
    const DocType type = decode_ebml_head(body);
    if (type.name != "matroska" || type.read_version > 4) {
      return Error{Errc::unusable_input,
                   fmt::format("this is not a Matroska file: its type is \"{}\", version {}",
                               type.name.substr(0, 40), type.read_version)};
    }
    result_.doc_type_version = type.version;
    result_.doc_type_read_version = type.read_version;
    return static_cast<uint64_t>(head->head_length) + head->size;
  }

  Result<void> open_segment(uint64_t offset) {
    auto head = window_.element(offset);
    for (int i = 0; head && head->id == id::kVoid && i < kMostElements; ++i) {
      offset += static_cast<uint64_t>(head->head_length) + head->size;
      head = window_.element(offset);
    }
    if (!head || head->id != id::kSegment) {
      return Error{Errc::unusable_input, fmt::format("no Matroska segment at byte {}", offset)};
    }
    const uint64_t file_end = window_.size();
    result_.data_start = offset + static_cast<uint64_t>(head->head_length);
    result_.data_end = file_end;
    result_.size_was_zero = head->size == 0;
    result_.size_was_unknown = head->size == kUnknownSize;
    if (result_.size_was_zero || result_.size_was_unknown) return {};
    if (head->size > file_end - result_.data_start) {
      result_.cut_off = true;
      damage_.add(file_end, fmt::format("the file ends at byte {}, {} bytes before its end: what "
                                        "was there up to the cut is read",
                                        file_end, head->size - (file_end - result_.data_start)));
    } else {
      result_.data_end = result_.data_start + head->size;
    }
    return {};
  }

  void walk_to_first_cluster() {
    uint64_t offset = result_.data_start;
    for (int i = 0; i < kMostElements && offset < result_.data_end; ++i) {
      const auto head = window_.element(offset);
      if (!head || !is_top_level(head->id)) break;  // the cluster reader looks for the next cluster
      if (head->id == id::kCluster) break;
      if (head->size == kUnknownSize) break;
      take(*head, offset);
      const uint64_t step = static_cast<uint64_t>(head->head_length) + head->size;
      // Cut off, or its size is wrong: the cluster reader says so and looks for the next cluster.
      if (step > result_.data_end - offset) break;
      offset += step;
    }
    result_.first_cluster = std::min(offset, result_.data_end);
  }

  void follow_seek_entries() {
    for (size_t i = 0; i < seeks_.size(); ++i) {
      const SeekEntry seek = seeks_[i];
      if (!stands_once(seek.id)) continue;
      const uint64_t room = result_.data_end - result_.data_start;
      const uint64_t offset = seek.position < room ? result_.data_start + seek.position : 0;
      const auto head = offset != 0 ? window_.element(offset) : std::nullopt;
      if (head && head->id == seek.id) {
        take(*head, offset);
        continue;
      }
      result_.seek_entry_wrong = true;
      if (seek.id == id::kCues && head && head->id == id::kCluster) result_.cues_overwritten = true;
      note_wrong(seek, room);
    }
  }

  void note_wrong(const SeekEntry& seek, uint64_t room) {
    const uint64_t listed_at = result_.data_start + std::min(seek.position, room);
    const std::string where =
        seek.position >= room ? fmt::format("behind byte {}, where it ends", listed_at)
                              : fmt::format("at byte {}, and something else is there", listed_at);
    const bool missing = wanted(seek.id);
    damage_.add(listed_at,
                fmt::format("the {} {}: by the head of the file they stand {}", name_of(seek.id),
                            missing ? "are missing" : "were found elsewhere", where));
  }

  /// A flush gives the file a size, and what a recorder writes after it stands behind that, or
  /// where the cues of that time stood.
  void find_written_end() {
    const uint64_t file_end = window_.size();
    result_.written_end = result_.data_end;
    if (result_.data_end == file_end) return;
    if (result_.cues_overwritten || cluster_follows(result_.data_end)) {
      result_.written_end = file_end;
      return;
    }
    damage_.add(result_.data_end,
                fmt::format("the recording ends at byte {}, the file goes on: its last {} bytes "
                            "are not read",
                            result_.data_end, file_end - result_.data_end));
  }

  /// Whether a cluster stands at `offset`, or behind the padding there.
  [[nodiscard]] bool cluster_follows(uint64_t offset) {
    auto head = window_.element(offset);
    if (head && head->id == id::kVoid && head->size < window_.size() - offset)
      head = window_.element(offset + static_cast<uint64_t>(head->head_length) + head->size);
    return head && head->id == id::kCluster;
  }

  [[nodiscard]] bool wanted(uint32_t id) const {
    switch (id) {
      case id::kInfo:
        return !result_.has_info;
      case id::kTracks:
        return !result_.has_tracks;
      case id::kTags:
        return result_.tags_at == 0;
      case id::kAttachments:
        return result_.head.attachments.empty();
      case id::kCues:
        return result_.cues.empty();
      default:
        return false;
    }
  }

  /// Decodes one element; the first of each kind counts.
  void take(const ElementHead& head, uint64_t offset) {
    if (head.id != id::kSeekHead && !wanted(head.id)) return;
    const uint64_t body_at = offset + static_cast<uint64_t>(head.head_length);
    if (head.size > window_.size() - std::min(window_.size(), body_at)) return;  // told by the walk
    if (head.size > kLargestElement) {
      damage_.add(offset, fmt::format("the {} at byte {} have {} bytes, more than any recording's: "
                                      "they are done without",
                                      name_of(head.id), offset, head.size));
      return;
    }
    body_.resize(static_cast<size_t>(head.size));
    if (!window_.read(body_at, body_)) return;
    if (!is_sound(body_)) {
      damage_.add(offset, fmt::format("the {} at byte {} are damaged: what can be read of them is "
                                      "used, and may be wrong",
                                      name_of(head.id), offset));
    }
    switch (head.id) {
      case id::kSeekHead: {
        const auto found = keep(decode_seek_head(body_), head.id, offset);
        const size_t room = kMostSeekEntries - seeks_.size();
        seeks_.insert(seeks_.end(), found.begin(),
                      found.begin() + static_cast<long>(std::min(room, found.size())));
        break;
      }
      case id::kInfo:
        result_.head.info = decode_info(body_);
        result_.has_info = true;
        break;
      case id::kTracks:
        result_.head.tracks = keep(decode_tracks(body_), head.id, offset);
        result_.has_tracks = true;
        result_.tracks_at = offset;
        break;
      case id::kTags:
        result_.head.tags = keep(decode_tags(body_), head.id, offset);
        result_.tags_at = offset;
        break;
      case id::kAttachments:
        result_.head.attachments = keep(decode_attachments(body_), head.id, offset);
        break;
      case id::kCues:
        result_.cues = keep(decode_cues(body_), head.id, offset);
        break;
      default:
        break;
    }
  }

  /// What is kept of the entries of the element at `offset`; the rest is said to be left out.
  template <typename T>
  std::vector<T> keep(Entries<T> entries, uint32_t id, uint64_t offset) {
    if (entries.left_out > 0) {
      damage_.add(offset, fmt::format("the {} at byte {} are {}, more than any recording's: only "
                                      "the first {} are used",
                                      name_of(id), offset, entries.kept.size() + entries.left_out,
                                      entries.kept.size()));
    }
    return std::move(entries.kept);
  }

  SourceWindow& window_;
  DamageList& damage_;
  OpenedSegment result_;
  std::vector<SeekEntry> seeks_;  // at most kMostSeekEntries
  Bytes body_;
};

}  // namespace

bool is_top_level(uint32_t id) {
  switch (id) {
    case id::kSeekHead:
    case id::kInfo:
    case id::kTracks:
    case id::kAttachments:
    case id::kTags:
    case id::kCues:
    case id::kCluster:
    case id::kChapters:
    case id::kVoid:
    case id::kCrc32:
      return true;
    default:
      return false;
  }
}

Result<OpenedSegment> read_segment_head(SourceWindow& window, DamageList& damage) {
  return HeadReader(window, damage).read();
}

}  // namespace lockstep::mkv

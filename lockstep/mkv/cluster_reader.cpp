// SPDX-License-Identifier: MIT
#include "lockstep/mkv/cluster_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "lockstep/base/text.h"
#include "lockstep/mkv/element_writer.h"
#include "lockstep/mkv/head_reader.h"
#include "lockstep/mkv/ids.h"

namespace lockstep::mkv {
namespace {

/// Against hostile clusters of millions of tiny blocks. A five-second cluster of another program
/// with one IMU sample per block has some 8 000.
constexpr size_t kMostBlocks = 65'536;
/// Track vint (at most 8), relative time and flags.
constexpr size_t kLongestBlockHead = 11;

}  // namespace

bool ClusterReader::find_head(uint64_t offset, Cluster& cluster) {
  while (offset < end_) {
    const auto head = window_->element(offset);
    const uint64_t body = offset + (head ? static_cast<uint64_t>(head->head_length) : 0);
    const bool fits = head && body <= end_ && head->size <= end_ - body;
    if (head && head->id == id::kCluster) {
      cluster.offset = offset;
      cluster.body = body;
      cluster.whole = fits || head->size == kUnknownSize;
      cluster.body_end = fits                         ? body + head->size
                         : head->size == kUnknownSize ? end_of_unsized(body)
                                                      : end_;
      cluster.next = cluster.body_end;
      return true;
    }
    if (fits && is_top_level(head->id)) {
      offset = body + head->size;
      continue;
    }
    const bool wrong_size = head && !fits && is_top_level(head->id) && head->size != kUnknownSize;
    const auto found = resync(offset + 1);
    tell_gap(offset, wrong_size, found);
    if (!found) return false;
    offset = *found;
  }
  return false;
}

bool ClusterReader::find(uint64_t offset, Cluster& cluster) {
  if (!find_head(offset, cluster)) return false;
  return ends_soundly(cluster) || read(cluster.offset, cluster);
}

/// Whether something sound stands where the head of a cluster says that it ends.
bool ClusterReader::ends_soundly(const Cluster& cluster) {
  if (!cluster.whole || cluster.body_end == end_) return cluster.whole;
  const auto behind = window_->element(cluster.body_end);
  return behind && is_top_level(behind->id);
}

/// Names what was skipped between `offset` and the cluster found behind it.
void ClusterReader::tell_gap(uint64_t offset, bool wrong_size, std::optional<uint64_t> found) {
  const std::string what =
      wrong_size ? fmt::format("the element at byte {} is cut off or has a wrong size", offset)
                 : fmt::format("no Matroska element at byte {}", offset);
  const uint64_t rest = end_ - offset;
  if (found) {
    damage_->add(offset, fmt::format("{}: skipped to the next cluster, at byte {}", what, *found));
  } else if (only_zeros(offset)) {
    damage_->add(offset, fmt::format("{}: the last {} bytes are zeros, as a power cut leaves them; "
                                     "what stands before them is read",
                                     what, rest));
  } else {
    damage_->add(offset, fmt::format("{}: the last {} bytes are not read", what, rest));
  }
}

bool ClusterReader::only_zeros(uint64_t offset) {
  while (offset < end_) {
    const ByteView view = window_->look(
        offset, static_cast<size_t>(std::min<uint64_t>(SourceWindow::kLargestLook, end_ - offset)));
    if (view.empty() ||
        std::any_of(view.begin(), view.end(), [](std::byte byte) { return byte != std::byte{0}; }))
      return false;
    offset += view.size();
  }
  return true;
}

bool ClusterReader::read(uint64_t offset, Cluster& cluster) {
  if (!find_head(offset, cluster)) return false;
  cluster.time = 0;
  cluster.crc.reset();
  cluster.blocks.clear();
  read_blocks(cluster);
  return true;
}

/// Next place that looks like the start of a cluster.
std::optional<uint64_t> ClusterReader::resync(uint64_t offset) {
  constexpr size_t kStep = SourceWindow::kLargestLook;
  const uint64_t from = offset;
  // What was searched once to the end is not searched again by every cursor that arrives there.
  while (from < barren_from_ && offset + 4 <= end_) {
    const ByteView view =
        window_->look(offset, static_cast<size_t>(std::min<uint64_t>(kStep, end_ - offset)));
    if (view.size() < 4) break;
    size_t at = 0;
    std::optional<uint64_t> candidate;
    while (at + 4 <= view.size()) {
      const void* hit = std::memchr(view.data() + at, 0x1F, view.size() - 3 - at);
      if (hit == nullptr) break;
      at = static_cast<size_t>(static_cast<const std::byte*>(hit) - view.data());
      if (std::memcmp(view.data() + at, "\x1F\x43\xB6\x75", 4) == 0) {
        candidate = offset + at;
        break;
      }
      ++at;
    }
    if (!candidate) {
      offset += view.size() - 3;
      continue;
    }
    if (plausible_cluster(*candidate)) return candidate;  // ends the use of `view`
    offset = *candidate + 1;
  }
  barren_from_ = std::min(barren_from_, from);
  return std::nullopt;
}

/// A cluster of these files begins with its CRC-32 or its timestamp; image data rarely looks so.
bool ClusterReader::plausible_cluster(uint64_t offset) {
  const auto head = window_->element(offset);
  if (!head) return false;
  const auto child = window_->element(offset + static_cast<uint64_t>(head->head_length));
  return child && ((child->id == id::kCrc32 && child->size == 4) ||
                   (child->id == id::kTimestamp && child->size >= 1 && child->size <= 8));
}

/// A cluster of unknown size ends where something begins that cannot be in it.
uint64_t ClusterReader::end_of_unsized(uint64_t body) {
  uint64_t offset = body;
  while (offset < end_) {
    const auto child = window_->element(offset);
    const bool inside =
        child && child->size != kUnknownSize &&
        (!is_top_level(child->id) || child->id == id::kVoid || child->id == id::kCrc32);
    if (!inside) return offset;
    const uint64_t step = static_cast<uint64_t>(child->head_length) + child->size;
    if (step > end_ - offset) return end_;
    offset += step;
  }
  return end_;
}

void ClusterReader::read_blocks(Cluster& cluster) {
  bool timed = false;
  uint64_t offset = cluster.body;
  while (offset < cluster.body_end) {
    const auto head = window_->element(offset);
    const uint64_t room = cluster.body_end - offset;
    const auto head_length = head ? static_cast<uint64_t>(head->head_length) : 0;
    if (!head || head_length > room || head->size > room - head_length) {
      // Near the end of a cut-off file the head itself may be cut.
      const bool cut_off = !cluster.whole && (head.has_value() || room < kMaxElementHead);
      give_up(cluster, offset, cut_off);
      break;
    }
    const Child child{offset + head_length, offset + head_length + head->size};
    if (head->id == id::kTimestamp) {
      const auto time = window_->uint_value(child.body, head->size);
      // Far beyond every clock, and the sum with a block's own time cannot overflow.
      timed = time && *time < (uint64_t{1} << 62);
      cluster.time = timed ? *time : 0;
    } else if (head->id == id::kCluster || cluster.blocks.size() >= kMostBlocks ||
               !read_child(cluster, head->id, child)) {
      give_up(cluster, offset, false);
      break;
    }
    offset = child.next;
  }
  if (!timed && !cluster.blocks.empty()) {
    damage_->add(
        cluster.offset,
        fmt::format("the cluster at byte {} has no timestamp: with it, {} "
                    "cannot be read",
                    cluster.offset, counted(static_cast<int64_t>(cluster.blocks.size()), "block")));
    cluster.blocks.clear();
    cluster.whole = false;
  }
  for (BlockRef& block : cluster.blocks) block.time += static_cast<int64_t>(cluster.time);
}

/// Stops inside a cluster; the walk goes on behind it, or at the next thing that looks like one.
void ClusterReader::give_up(Cluster& cluster, uint64_t offset, bool cut_off) {
  const bool sound = ends_soundly(cluster);
  cluster.whole = false;
  cluster.next = sound ? cluster.body_end : offset;
  if (cut_off) {
    damage_->add(offset, fmt::format("the file ends inside the cluster at byte {}: of it {} "
                                     "can be read whole, the last {} cannot",
                                     cluster.offset,
                                     counted(static_cast<int64_t>(cluster.blocks.size()), "block"),
                                     counted(static_cast<int64_t>(end_ - offset), "byte")));
    cluster.next = end_;
  } else {
    damage_->add(offset,
                 fmt::format("the cluster at byte {} is broken at byte {}: the rest of it is "
                             "skipped",
                             cluster.offset, offset));
  }
}

bool ClusterReader::read_child(Cluster& cluster, uint32_t id, Child child) {
  switch (id) {
    case id::kSimpleBlock:
      return read_block(cluster, child, false);
    case id::kBlockGroup:
      return read_group(cluster, child);
    case id::kCrc32:
      if (child.next - child.body == 4) {
        const auto stored = window_->uint_value(child.body, 4);
        if (stored) cluster.crc = __builtin_bswap32(static_cast<uint32_t>(*stored));
        cluster.crc_from = child.next;
      }
      return true;
    default:
      return true;  // Void, Position, PrevSize, whatever another program writes
  }
}

bool ClusterReader::read_group(Cluster& cluster, Child group) {
  const size_t blocks_before = cluster.blocks.size();
  uint64_t duration = 0;
  uint64_t offset = group.body;
  while (offset < group.next) {
    const auto head = window_->element(offset);
    const uint64_t room = group.next - offset;
    if (!head || static_cast<uint64_t>(head->head_length) > room ||
        head->size > room - static_cast<uint64_t>(head->head_length)) {
      return false;
    }
    const uint64_t body = offset + static_cast<uint64_t>(head->head_length);
    if (head->id == id::kBlock && !read_block(cluster, {body, body + head->size}, true))
      return false;
    if (head->id == id::kBlockDuration)
      duration = window_->uint_value(body, head->size).value_or(0);
    offset = body + head->size;
  }
  for (size_t i = blocks_before; i < cluster.blocks.size(); ++i) {
    cluster.blocks[i].duration = duration;
  }
  return true;
}

bool ClusterReader::read_block(Cluster& cluster, Child block, bool in_group) {
  if (cluster.blocks.size() >= kMostBlocks) return false;
  const uint64_t size = block.next - block.body;
  const ByteView view =
      window_->look(block.body, static_cast<size_t>(std::min<uint64_t>(size, kLongestBlockHead)));
  const auto track = read_vint(view);
  if (!track || track->value == kUnknownSize ||
      view.size() < static_cast<size_t>(track->length) + 3)
    return false;
  const auto at = static_cast<size_t>(track->length);
  const auto time = static_cast<int16_t>(static_cast<uint16_t>(view[at]) << 8 |
                                         static_cast<uint16_t>(view[at + 1]));
  const uint64_t head = at + 3;
  cluster.blocks.push_back({track->value, time, block.body + head, size - head, 0,
                            static_cast<uint8_t>(view[at + 2]), in_group});
  return true;
}

bool ClusterReader::crc_matches(const Cluster& cluster) {
  if (!cluster.crc) return true;
  Bytes chunk(
      static_cast<size_t>(std::min<uint64_t>(1u << 18, cluster.body_end - cluster.crc_from)));
  uint32_t crc = 0;
  for (uint64_t at = cluster.crc_from; at < cluster.body_end; at += chunk.size()) {
    chunk.resize(static_cast<size_t>(std::min<uint64_t>(chunk.size(), cluster.body_end - at)));
    if (!window_->read(at, chunk)) return false;
    crc = crc32(crc, chunk);
  }
  return crc == *cluster.crc;
}

}  // namespace lockstep::mkv

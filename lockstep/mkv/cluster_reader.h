// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lockstep/mkv/damage.h"
#include "lockstep/mkv/source_window.h"

namespace lockstep::mkv {

/// Where one block's payload lies; the payload itself is not read.
struct BlockRef {
  uint64_t track = 0;
  int64_t time = 0;       ///< timestamp units from the segment's zero
  uint64_t offset = 0;    ///< of the payload (lacing header included) in the file
  uint64_t size = 0;      ///< of the payload
  uint64_t duration = 0;  ///< timestamp units; 0 when the file does not say
  uint8_t flags = 0;
  bool in_group = false;  ///< BlockGroup, not SimpleBlock
};

struct Cluster {
  uint64_t offset = 0;  ///< of the element
  uint64_t body = 0;    ///< first byte behind its size
  uint64_t body_end = 0;
  uint64_t next = 0;            ///< where to look for the cluster behind it
  uint64_t time = 0;            ///< timestamp units
  std::optional<uint32_t> crc;  ///< as stored, over [crc_from, body_end)
  uint64_t crc_from = 0;
  bool whole = true;             ///< false: cut off or broken; `blocks` has what came before
  std::vector<BlockRef> blocks;  ///< in file order
};

/// Finds and takes apart clusters, skipping what stands between them and what is broken. Whatever
/// the file holds, memory stays bounded and every call moves forward.
class ClusterReader {
 public:
  ClusterReader(SourceWindow& window, uint64_t data_end, DamageList& damage)
      : window_(&window), end_(data_end), damage_(&damage) {}

  /// First cluster at or behind `offset`, in `cluster` (whose memory is used again). False at the
  /// end.
  bool read(uint64_t offset, Cluster& cluster);
  /// The same without its blocks, time and CRC: as fast as reading its head. Only where nothing
  /// sound stands at the end that the head names, the cluster is read, so that a walk meets the
  /// same clusters either way.
  bool find(uint64_t offset, Cluster& cluster);
  /// Whether the stored CRC fits the bytes; true when none is stored.
  bool crc_matches(const Cluster& cluster);

 private:
  struct Child {
    uint64_t body = 0;
    uint64_t next = 0;
  };
  bool find_head(uint64_t offset, Cluster& cluster);
  std::optional<uint64_t> resync(uint64_t offset);
  void tell_gap(uint64_t offset, bool wrong_size, std::optional<uint64_t> found);
  [[nodiscard]] bool only_zeros(uint64_t offset);
  [[nodiscard]] bool plausible_cluster(uint64_t offset);
  uint64_t end_of_unsized(uint64_t body);
  [[nodiscard]] bool ends_soundly(const Cluster& cluster);
  void read_blocks(Cluster& cluster);
  bool read_child(Cluster& cluster, uint32_t id, Child child);
  bool read_group(Cluster& cluster, Child group);
  bool read_block(Cluster& cluster, Child block, bool in_group);
  void give_up(Cluster& cluster, uint64_t offset, bool cut_off);

  SourceWindow* window_;
  uint64_t end_;
  DamageList* damage_;
  uint64_t barren_from_ = UINT64_MAX;  // from here on nothing looks like a cluster
};

}  // namespace lockstep::mkv

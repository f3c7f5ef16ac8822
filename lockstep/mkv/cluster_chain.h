// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "lockstep/mkv/cluster_reader.h"
#include "lockstep/mkv/segment_head.h"

namespace lockstep::mkv {

using ClusterPtr = std::shared_ptr<const Cluster>;

/// The clusters of a file, forwards and backwards, from a sparse index (the cues, or one made by a
/// walk): some kilobytes for an hour. The clusters looked at last are kept, so that several cursors
/// share one reading. Not thread-safe.
class ClusterChain {
 public:
  /// `cues`: with positions from `data_start`. When they are missing or wrong, walks once over the
  /// heads of all clusters and makes its own index.
  ClusterChain(ClusterReader reader, SourceWindow& window, const std::vector<CuePoint>& cues,
               uint64_t data_start, uint64_t first_cluster, DamageList& damage);

  /// Blocks are in order of time, whatever their order in the file. Null: no cluster there.
  ClusterPtr first();
  ClusterPtr last();
  ClusterPtr next(const Cluster& cluster);
  ClusterPtr previous(const Cluster& cluster);
  /// A cluster that certainly begins before every block at `time`, as late as the index knows one;
  /// the first cluster when there is none.
  ClusterPtr entry_before(int64_t time);

  [[nodiscard]] bool used_cues() const { return used_cues_; }
  [[nodiscard]] ClusterReader& reader() { return reader_; }
  /// Offset from which a walk meets every cluster.
  [[nodiscard]] uint64_t start() const { return start_; }

 private:
  struct Entry {
    uint64_t offset;
    uint64_t time;
  };

  bool take_cues(const std::vector<CuePoint>& cues, uint64_t data_start, SourceWindow& window);
  void walk_all();
  ClusterPtr at_or_after(uint64_t offset);
  void list_span(uint64_t before);
  ClusterPtr last_in_span(size_t at, uint64_t before);

  ClusterReader reader_;
  uint64_t start_;
  bool used_cues_ = false;
  std::vector<Entry> entries_;  // ascending; the first is the first cluster
  std::vector<uint64_t> span_;  // offsets of consecutive clusters, for going backwards
  std::array<ClusterPtr, 8> cache_;
  size_t cache_next_ = 0;
};

}  // namespace lockstep::mkv

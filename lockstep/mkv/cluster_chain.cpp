// SPDX-License-Identifier: MIT
#include "lockstep/mkv/cluster_chain.h"

#include <fmt/format.h>

#include <algorithm>

#include "lockstep/mkv/ids.h"

namespace lockstep::mkv {
namespace {

/// One index entry per so many clusters (one second at 32 ms) when there are no cues.
constexpr size_t kClustersPerEntry = 32;

}  // namespace

ClusterChain::ClusterChain(ClusterReader reader, SourceWindow& window,
                           const std::vector<CuePoint>& cues, uint64_t data_start,
                           uint64_t first_cluster, DamageList& damage)
    : reader_(reader), start_(first_cluster) {
  Cluster cluster;
  if (!reader_.read(start_, cluster)) return;
  entries_.push_back({cluster.offset, cluster.time});
  used_cues_ = take_cues(cues, data_start, window);
  if (used_cues_) return;
  if (!cues.empty()) {
    damage.add(data_start + cues.front().position,
               "the cues do not point at clusters: the file was walked through instead");
  }
  walk_all();
}

/// Takes the cues as index when every one of them points at a cluster.
bool ClusterChain::take_cues(const std::vector<CuePoint>& cues, uint64_t data_start,
                             SourceWindow& window) {
  if (cues.empty()) return false;
  std::vector<Entry> entries = entries_;
  for (const CuePoint& cue : cues) {
    if (cue.position > window.size()) return false;
    const uint64_t offset = data_start + cue.position;
    const auto head = window.element(offset);
    if (!head || head->id != id::kCluster) return false;
    if (offset > entries.back().offset) entries.push_back({offset, cue.time});
  }
  entries_ = std::move(entries);
  return true;
}

void ClusterChain::walk_all() {
  Cluster cluster;
  uint64_t offset = entries_.front().offset;
  for (size_t i = 0; reader_.find(offset, cluster); ++i) {
    if (i > 0 && i % kClustersPerEntry == 0) {
      reader_.read(cluster.offset, cluster);
      entries_.push_back({cluster.offset, cluster.time});
    }
    offset = cluster.next;
  }
}

ClusterPtr ClusterChain::at_or_after(uint64_t offset) {
  for (const ClusterPtr& known : cache_) {
    if (known && known->offset == offset) return known;
  }
  auto cluster = std::make_shared<Cluster>();
  if (!reader_.read(offset, *cluster)) return nullptr;
  std::stable_sort(cluster->blocks.begin(), cluster->blocks.end(),
                   [](const BlockRef& a, const BlockRef& b) { return a.time < b.time; });
  for (const ClusterPtr& known : cache_) {
    if (known && known->offset == cluster->offset) return known;
  }
  cache_[cache_next_] = cluster;
  cache_next_ = (cache_next_ + 1) % cache_.size();
  return cluster;
}

ClusterPtr ClusterChain::first() {
  return entries_.empty() ? nullptr : at_or_after(start_);
}

ClusterPtr ClusterChain::last() {
  if (entries_.empty()) return nullptr;
  list_span(UINT64_MAX);
  return last_in_span(span_.size(), UINT64_MAX);
}

ClusterPtr ClusterChain::next(const Cluster& cluster) {
  return at_or_after(cluster.next);
}

ClusterPtr ClusterChain::previous(const Cluster& cluster) {
  auto found = std::lower_bound(span_.begin(), span_.end(), cluster.offset);
  if (found == span_.begin() || found == span_.end() || *found != cluster.offset) {
    if (entries_.empty() || cluster.offset <= entries_.front().offset) return nullptr;
    list_span(cluster.offset);
    span_.push_back(cluster.offset);
    found = span_.end() - 1;
  }
  return last_in_span(static_cast<size_t>(found - span_.begin()), cluster.offset);
}

/// The cluster in front of place `at` of the span, which stands at `before`. A walk meets clusters
/// inside a broken one that heads alone do not show: they come into the span.
ClusterPtr ClusterChain::last_in_span(size_t at, uint64_t before) {
  ClusterPtr last = at_or_after(span_[at - 1]);
  if (!last || last->whole) return last;
  std::vector<uint64_t> inside;
  for (ClusterPtr next = at_or_after(last->next); next && next->offset < before;
       next = at_or_after(last->next)) {
    inside.push_back(next->offset);
    last = next;
  }
  span_.insert(span_.begin() + static_cast<std::ptrdiff_t>(at), inside.begin(), inside.end());
  return last;
}

/// Lists the clusters from the last entry in front of `before` up to `before`, at least one.
void ClusterChain::list_span(uint64_t before) {
  auto entry = std::lower_bound(entries_.begin(), entries_.end(), before,
                                [](const Entry& e, uint64_t offset) { return e.offset < offset; });
  span_.clear();
  Cluster cluster;
  uint64_t offset = (entry == entries_.begin() ? entry : entry - 1)->offset;
  while (reader_.find(offset, cluster) && cluster.offset < before) {
    span_.push_back(cluster.offset);
    offset = cluster.next;
  }
  if (span_.empty()) span_.push_back(entries_.front().offset);
}

ClusterPtr ClusterChain::entry_before(int64_t time) {
  if (entries_.empty()) return nullptr;
  size_t chosen = 0;
  for (size_t low = 0, high = entries_.size(); low < high;) {
    const size_t middle = (low + high) / 2;
    if (static_cast<int64_t>(entries_[middle].time) < time) {
      chosen = middle;
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  // A cue's time is that of one track's first block; others of its cluster may be earlier.
  return at_or_after(entries_[chosen == 0 ? 0 : chosen - 1].offset);
}

}  // namespace lockstep::mkv

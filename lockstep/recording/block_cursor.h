// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "lockstep/mkv/cluster_chain.h"

namespace lockstep {

/// A block and the cluster that has it; holding it keeps the cluster's list alive.
struct FoundBlock {
  mkv::ClusterPtr cluster;
  size_t index = 0;
  [[nodiscard]] const mkv::BlockRef& ref() const { return cluster->blocks[index]; }
};

/// A place between two blocks of one track, in order of time.
class BlockCursor {
 public:
  BlockCursor() = default;
  /// Before the first block. `track` 0: there is none, and never a block.
  BlockCursor(mkv::ClusterChain& chain, uint64_t track);

  /// The block behind or before the place; nothing at the end or beginning. Does not move. Asking
  /// again costs nothing: a track that ends long before the others is searched to the end once.
  [[nodiscard]] const std::optional<FoundBlock>& peek_next();
  [[nodiscard]] const std::optional<FoundBlock>& peek_previous();
  void move_behind(FoundBlock block) { place(std::move(block.cluster), block.index + 1); }
  void move_before(FoundBlock block) { place(std::move(block.cluster), block.index); }
  /// Before the first block of the track for which `due` holds, searched from `from` on; behind the
  /// last one when there is none.
  template <typename Due>
  void seek(const mkv::ClusterPtr& from, Due due) {
    if (track_ == 0 || !from) return;
    place(from, 0);
    while (const std::optional<FoundBlock> block = peek_next()) {
      if (due(block->ref())) return;
      move_behind(*block);
    }
  }

 private:
  void place(mkv::ClusterPtr cluster, size_t index) {
    cluster_ = std::move(cluster);
    index_ = index;
    next_.reset();
    previous_.reset();
  }
  [[nodiscard]] std::optional<FoundBlock> find_next() const;
  [[nodiscard]] std::optional<FoundBlock> find_previous() const;

  mkv::ClusterChain* chain_ = nullptr;
  uint64_t track_ = 0;
  mkv::ClusterPtr cluster_;
  size_t index_ = 0;
  // What a search from this place found, also when that was nothing; unset: not searched yet.
  std::optional<std::optional<FoundBlock>> next_, previous_;
};

}  // namespace lockstep

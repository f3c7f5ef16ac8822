// SPDX-License-Identifier: MIT
#include "lockstep/recording/block_cursor.h"

namespace lockstep {

BlockCursor::BlockCursor(mkv::ClusterChain& chain, uint64_t track) : chain_(&chain), track_(track) {
  if (track_ != 0) cluster_ = chain.first();
}

const std::optional<FoundBlock>& BlockCursor::peek_next() {
  if (!next_) next_ = find_next();
  return *next_;
}

const std::optional<FoundBlock>& BlockCursor::peek_previous() {
  if (!previous_) previous_ = find_previous();
  return *previous_;
}

std::optional<FoundBlock> BlockCursor::find_next() const {
  if (track_ == 0) return std::nullopt;
  size_t index = index_;
  for (mkv::ClusterPtr cluster = cluster_; cluster; cluster = chain_->next(*cluster)) {
    for (; index < cluster->blocks.size(); ++index) {
      if (cluster->blocks[index].track == track_) return FoundBlock{cluster, index};
    }
    index = 0;
  }
  return std::nullopt;
}

std::optional<FoundBlock> BlockCursor::find_previous() const {
  if (track_ == 0) return std::nullopt;
  size_t index = index_;
  for (mkv::ClusterPtr cluster = cluster_; cluster;) {
    for (; index > 0; --index) {
      if (cluster->blocks[index - 1].track == track_) return FoundBlock{cluster, index - 1};
    }
    cluster = chain_->previous(*cluster);
    if (cluster) index = cluster->blocks.size();
  }
  return std::nullopt;
}

}  // namespace lockstep

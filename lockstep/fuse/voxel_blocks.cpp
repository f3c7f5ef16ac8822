// SPDX-License-Identifier: MIT
#include "lockstep/fuse/voxel_blocks.h"

#include <sys/mman.h>

#include <algorithm>
#include <tuple>

namespace lockstep {

VoxelBlocks::VoxelBlocks(size_t most_blocks) : most_(std::max<size_t>(1, most_blocks)) {
  rebuild(1024);
}

void VoxelBlocks::begin_round() {
  ++round_;
  touched_.clear();
  full_ = false;
}

size_t VoxelBlocks::slot_of(const BlockPlace& place) const {
  uint64_t bits = (static_cast<uint64_t>(static_cast<uint32_t>(place.x)) * 0x9E3779B97F4A7C15) ^
                  (static_cast<uint64_t>(static_cast<uint32_t>(place.y)) * 0xC2B2AE3D27D4EB4F) ^
                  (static_cast<uint64_t>(static_cast<uint32_t>(place.z)) * 0x165667B19E3779F9);
  bits ^= bits >> 32;
  size_t slot = bits & (table_.size() - 1);
  while (table_[slot] != kNone && entries_[table_[slot]].place != place)
    slot = (slot + 1) & (table_.size() - 1);
  return slot;
}

uint32_t VoxelBlocks::find(const BlockPlace& place) const {
  return table_[slot_of(place)];
}

bool VoxelBlocks::touch(const BlockPlace& place) {
  size_t slot = slot_of(place);
  uint32_t index = table_[slot];
  if (index == kNone) {
    index = take_free();
    if (index == kNone) return false;
    entries_[index] = {place, 0, true};
    if (2 * ++used_ > table_.size()) rebuild(2 * table_.size());
    slot = slot_of(place);  // what was dropped or rebuilt has moved it
    table_[slot] = index;
  }
  Entry& entry = entries_[index];
  if (entry.round == round_) return false;
  entry.round = round_;
  touched_.push_back(index);
  return true;
}

uint32_t VoxelBlocks::take_free() {
  if (free_.empty() && entries_.size() >= most_ && !full_) drop_oldest();
  if (free_.empty() && entries_.size() < most_) {
    const size_t first = entries_.size(), count = std::min(kChunk, most_ - first);
    chunks_.push_back(std::unique_ptr<Chunk>(new Chunk));         // not set: is_new()
    madvise(chunks_.back().get(), sizeof(Chunk), MADV_HUGEPAGE);  // a wish: small ones do, too
    entries_.resize(first + count);
    for (size_t i = count; i-- > 0;) free_.push_back(static_cast<uint32_t>(first + i));
  }
  if (free_.empty()) {
    overflowed_ = true;
    return kNone;
  }
  const uint32_t index = free_.back();
  free_.pop_back();
  return index;
}

/// A quarter of all at once, so that it happens seldom.
void VoxelBlocks::drop_oldest() {
  std::vector<uint32_t> old;
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].round != 0 && entries_[i].round != round_) old.push_back(i);
  }
  if (old.empty()) {
    full_ = true;
    return;
  }
  const auto older = [&](uint32_t a, uint32_t b) {
    return std::pair(entries_[a].round, a) < std::pair(entries_[b].round, b);
  };
  const size_t count = std::min(old.size(), std::max<size_t>(1, most_ / 4));
  std::partial_sort(old.begin(), old.begin() + static_cast<ptrdiff_t>(count), old.end(), older);
  for (size_t i = 0; i < count; ++i) {
    entries_[old[i]].round = 0;
    free_.push_back(old[i]);
  }
  used_ -= count;
  dropped_ += count;
  rebuild(table_.size());
}

void VoxelBlocks::rebuild(size_t slots) {
  table_.assign(slots, kNone);
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].round != 0) table_[slot_of(entries_[i].place)] = i;
  }
}

std::vector<uint32_t> VoxelBlocks::all() const {
  std::vector<uint32_t> result;
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].round != 0) result.push_back(i);
  }
  const auto place = [&](uint32_t i) {
    const BlockPlace& at = entries_[i].place;
    return std::tuple(at.z, at.y, at.x);
  };
  std::sort(result.begin(), result.end(),
            [&](uint32_t a, uint32_t b) { return place(a) < place(b); });
  return result;
}

void VoxelBlocks::clear() {
  free_.clear();
  for (size_t i = entries_.size(); i-- > 0;) {
    entries_[i].round = 0;
    free_.push_back(static_cast<uint32_t>(i));
  }
  used_ = 0;
  full_ = false;
  touched_.clear();
  std::fill(table_.begin(), table_.end(), kNone);
}

}  // namespace lockstep

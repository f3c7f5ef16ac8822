// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace lockstep {

constexpr int kBlockSide = 8;
constexpr int kBlockRows = kBlockSide * kBlockSide;
constexpr int kBlockVoxels = kBlockRows * kBlockSide;

/// The signed distance to the surface in 1/32767 of the truncation, positive outside, and its
/// weight; nothing is known where that is 0.
struct Voxel {
  int16_t distance;
  uint16_t weight;
};

/// A colour times 256, with a weight of its own.
struct VoxelColor {
  uint16_t blue, green, red, weight;
};

/// The colours of eight voxels along x, in one line of the cache: in turn blue and green, and red
/// and weight.
struct ColorRow {
  uint16_t blue_green[2 * kBlockSide], red_weight[2 * kBlockSide];
};

/// Eight voxels in each direction, x changing fastest.
struct VoxelBlock {
  alignas(64) Voxel voxels[kBlockVoxels];
  alignas(64) ColorRow colors[kBlockRows];

  [[nodiscard]] VoxelColor color(int voxel) const {
    const ColorRow& row = colors[voxel / kBlockSide];
    const int x = 2 * (voxel % kBlockSide);
    return {row.blue_green[x], row.blue_green[x + 1], row.red_weight[x], row.red_weight[x + 1]};
  }
};

/// Where a block lies, counted in blocks; each number is within +-2^20.
struct BlockPlace {
  int32_t x = 0, y = 0, z = 0;
  friend bool operator==(const BlockPlace&, const BlockPlace&) = default;
};

/// Blocks by their place, as many as there is room for: then those go that were touched longest
/// ago. Memory is taken when it is needed and kept until the end.
class VoxelBlocks {
 public:
  static constexpr uint32_t kNone = 0xFFFFFFFF;

  explicit VoxelBlocks(size_t most_blocks);

  /// Begins a round of touching. Blocks touched in it stay until the next one.
  void begin_round();
  /// Makes the block if it is not there. Its voxels are not set: is_new(). Not while no round has
  /// begun. False where it was touched in this round already, or there is no room.
  bool touch(const BlockPlace& place);
  /// Those touched in this round.
  [[nodiscard]] const std::vector<uint32_t>& touched() const { return touched_; }

  /// kNone where there is no such block.
  [[nodiscard]] uint32_t find(const BlockPlace& place) const;
  [[nodiscard]] VoxelBlock& block(uint32_t index) {
    return chunks_[index / kChunk]->blocks[index % kChunk];
  }
  [[nodiscard]] const VoxelBlock& block(uint32_t index) const {
    return chunks_[index / kChunk]->blocks[index % kChunk];
  }
  [[nodiscard]] const BlockPlace& place(uint32_t index) const { return entries_[index].place; }
  /// Whether nobody has set its voxels yet.
  [[nodiscard]] bool is_new(uint32_t index) const { return entries_[index].is_new; }
  void set_known(uint32_t index) { entries_[index].is_new = false; }
  /// All blocks that are there, in the order of their places.
  [[nodiscard]] std::vector<uint32_t> all() const;
  [[nodiscard]] size_t size() const { return used_; }
  [[nodiscard]] uint64_t dropped() const { return dropped_; }
  /// Whether one round alone ever touched more than there is room for: the rest of it is missing.
  [[nodiscard]] bool overflowed() const { return overflowed_; }
  void clear();

 private:
  /// What large pages of memory are: the voxels of one frame lie in more small ones than a
  /// processor remembers the places of.
  static constexpr size_t kLargePage = size_t{2} << 20;
  static constexpr size_t kChunk = kLargePage / sizeof(VoxelBlock);
  struct alignas(kLargePage) Chunk {
    std::array<VoxelBlock, kChunk> blocks;
  };
  struct Entry {
    BlockPlace place;
    uint32_t round = 0;  ///< 0: free
    bool is_new = true;
  };

  [[nodiscard]] size_t slot_of(const BlockPlace& place) const;
  uint32_t take_free();
  void drop_oldest();
  void rebuild(size_t slots);

  size_t most_;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> free_;
  std::vector<uint32_t> table_;  ///< a power of two, at most half full
  std::vector<uint32_t> touched_;
  size_t used_ = 0;
  uint32_t round_ = 0;
  uint64_t dropped_ = 0;
  bool full_ = false;  ///< of blocks of this round: nothing can be dropped until the next one
  bool overflowed_ = false;
};

}  // namespace lockstep

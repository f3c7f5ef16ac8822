// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "lockstep/mkv/bytes.h"

namespace lockstep::mkv {

/// Block flags of a single frame that needs no other one.
inline constexpr uint8_t kKeyFrame = 0x80;

/// Collects one cluster. Block groups come first, then simple blocks (asserted): groups, CRC and
/// timestamp form the guarded part, which SegmentWriter keeps within one page of the file. Payloads
/// of simple blocks are borrowed until the cluster is written or cleared.
class ClusterBuilder {
 public:
  /// Begins a cluster whose timestamp is `time` (timestamp units).
  void start(uint64_t time);
  /// Copies `payload` (lacing header and frames as in the file) into a BlockGroup.
  /// `flags`: Matroska's block flags; `duration`: timestamp units.
  void add_block_group(uint64_t track, int16_t relative_time, uint8_t flags, ByteView payload,
                       uint64_t duration);
  /// A block of `payload` (as above, but borrowed), whose bytes are summed here.
  void add_simple_block(uint64_t track, int16_t relative_time, uint8_t flags, ByteView payload);
  /// The same where the caller fills the payload of a key frame while it sums it: writes the
  /// block's head for `size` bytes and returns the running CRC, to be carried over the payload and
  /// given to end_block.
  uint32_t begin_block(uint64_t track, int16_t relative_time, uint64_t size);
  void end_block(ByteView payload, uint32_t running_crc);

  [[nodiscard]] bool empty() const { return empty_; }
  [[nodiscard]] uint64_t time() const { return time_; }
  /// Bytes of the element's body, CRC-32 included.
  [[nodiscard]] uint64_t body_bytes() const { return 6 + guarded_.size() + block_bytes_; }
  /// CRC-32 element, timestamp and block groups.
  [[nodiscard]] uint64_t guarded_bytes() const { return 6 + guarded_.size(); }

  /// Appends the whole cluster to `pieces`, with its id, size and CRC in `head`. Both, and the
  /// payloads, must live until the pieces are written.
  void collect(Bytes& head, std::vector<ByteView>& pieces) const;

 private:
  struct Block {
    size_t head_offset;  // in heads_
    size_t head_size;
    ByteView payload;
  };

  uint32_t put_simple_head(uint64_t track, int16_t relative_time, uint8_t flags, uint64_t size);

  uint64_t time_ = 0;
  bool empty_ = true;
  uint32_t crc_ = 0;
  uint64_t block_bytes_ = 0;
  Bytes guarded_;  // timestamp and block groups
  Bytes heads_;    // heads of the simple blocks
  std::vector<Block> blocks_;
};

}  // namespace lockstep::mkv

// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "lockstep/recording/block_cursor.h"
#include "lockstep/recording/time_limits.h"
#include "lockstep/time/clock.h"

namespace lockstep {

/// Time of a block from the segment's zero. Clamped where a hostile file has times beyond every
/// clock.
[[nodiscard]] inline int64_t block_time_ns(const mkv::BlockRef& block, uint64_t unit_ns) {
  const auto unit = static_cast<int64_t>(unit_ns);
  return std::clamp(block.time, -kLatestNs / unit, kLatestNs / unit) * unit;
}

enum class Direction { forward, backward };

/// The images of a file put together to captures, forwards and backwards: those that stand nearer
/// to the first of them (backwards: to the last) than half a frame period belong to one capture. A
/// depth delay that was wanted cancels before that.
class CaptureCursor {
 public:
  enum Part { color, depth, ir };

  CaptureCursor() = default;
  /// Before the first capture. `tracks`: numbers of colour, depth and IR, 0: none.
  CaptureCursor(mkv::ClusterChain& chain, uint64_t unit_ns, std::array<uint64_t, 3> tracks,
                Nanos frame_period, Nanos depth_delay);

  /// Goes to the next capture that way; going back after going forward first steps over the capture
  /// reached last, and the other way round. False at the end, where it stays.
  bool step(Direction direction);
  /// The image of the capture reached last; nothing when it has none of that kind.
  [[nodiscard]] const std::optional<FoundBlock>& member(Part part) const {
    return streams_[part].member;
  }
  /// Leaves an image of the capture reached last for the step that comes next.
  void give_back(Part part);
  /// Between two captures: step(forward) reaches the first one with an image at or after
  /// `target_ns`, step(backward) the one before that.
  void seek(int64_t target_ns);

 private:
  struct Stream {
    uint64_t track = 0;
    Nanos shift{0};  // added to block times so that a depth delay cancels
    BlockCursor cursor;
    std::optional<FoundBlock> member;
  };

  [[nodiscard]] Nanos sync_time(const Stream& stream, const FoundBlock& block) const {
    return Nanos(block_time_ns(block.ref(), unit_ns_)) + stream.shift;
  }
  void turn(Direction direction);

  mkv::ClusterChain* chain_ = nullptr;
  uint64_t unit_ns_ = 1000;
  Nanos reach_{0};  // half a frame period
  std::array<Stream, 3> streams_;
  std::optional<Direction> last_;  // how the members were reached
};

}  // namespace lockstep

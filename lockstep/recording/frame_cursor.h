// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/mkv/source_window.h"
#include "lockstep/recording/capture_cursor.h"

namespace lockstep {

/// One datum of a track whose blocks may hold several.
struct Frame {
  int64_t time_ns = 0;  ///< from the segment's zero; within a block spread evenly over its duration
  mkv::ByteView bytes;  ///< until the cursor moves
};

/// The data of one track, forwards and backwards, in the order of the file.
class FrameCursor {
 public:
  FrameCursor() = default;
  /// Before the first datum. `track` 0: there is none.
  FrameCursor(mkv::ClusterChain& chain, mkv::SourceWindow& window, uint64_t track, uint64_t unit_ns)
      : chain_(&chain),
        window_(&window),
        unit_ns_(unit_ns),
        cursor_(chain, track),
        has_track_(track != 0) {}

  /// The next datum that way; nothing at the end, where it stays. Going back after going forward
  /// first steps over the datum reached last, and the other way round. unusable_input: the block
  /// cannot be taken apart; the step after that goes on behind it.
  Result<std::optional<Frame>> step(Direction direction);
  /// Between two data: step(forward) reaches the first one for which `due` holds, step(backward)
  /// the one before that. `due` holds for none before `target_ns`.
  template <typename Due>
  void seek(int64_t target_ns, Due due) {
    if (!has_track_) return;
    clear();
    last_.reset();
    // A block may begin before the target and reach beyond it.
    constexpr int64_t kLongestBlockNs = 1'000'000'000;
    cursor_.seek(
        chain_->entry_before((target_ns - kLongestBlockNs) / static_cast<int64_t>(unit_ns_)),
        [](const mkv::BlockRef&) { return true; });
    while (true) {
      const auto frame = step(Direction::forward);
      if (!window_->error() || (frame && !*frame)) return;
      if (!frame || !due(**frame)) continue;
      --place_;
      last_.reset();
      return;
    }
  }

 private:
  bool load(const FoundBlock& block);
  Result<std::optional<Frame>> step_block(Direction direction);
  [[nodiscard]] Frame frame_at(size_t index) const;
  void clear() {
    block_.reset();
    frames_.clear();
    place_ = 0;
  }

  mkv::ClusterChain* chain_ = nullptr;
  mkv::SourceWindow* window_ = nullptr;
  uint64_t unit_ns_ = 1000;
  BlockCursor cursor_;
  bool has_track_ = false;
  std::optional<FoundBlock> block_;  // the one whose frames are here; the cursor is behind it
  mkv::Bytes payload_;
  std::vector<mkv::ByteView> frames_;  // in payload_
  size_t place_ = 0;                   // between frames
  std::optional<Direction> last_;
};

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/recording/frame_cursor.h"

#include <fmt/format.h>

#include "lockstep/mkv/lacing.h"

namespace lockstep {

bool FrameCursor::load(const FoundBlock& block) {
  clear();
  const mkv::BlockRef& ref = block.ref();
  payload_.resize(static_cast<size_t>(ref.size));
  if (!window_->read(ref.offset, payload_)) return false;
  auto frames = mkv::split_frames(mkv::lacing_of(ref.flags), payload_);
  if (!frames) return false;
  frames_ = std::move(*frames);
  block_ = block;
  return true;
}

Frame FrameCursor::frame_at(size_t index) const {
  const mkv::BlockRef& ref = block_->ref();
  Frame frame{block_time_ns(ref, unit_ns_), frames_[index]};
  if (frames_.size() > 1 && ref.duration > 1) {
    // At most 2^61 ns, like every time of a block.
    const auto units = static_cast<int64_t>(
        std::min<uint64_t>(ref.duration - 1, static_cast<uint64_t>(kLatestNs) / unit_ns_));
    const auto gaps = static_cast<int64_t>(frames_.size() - 1);
    const int64_t length_ns = units * static_cast<int64_t>(unit_ns_);
    const auto at = static_cast<int64_t>(index);
    frame.time_ns += length_ns / gaps * at + length_ns % gaps * at / gaps;
  }
  return frame;
}

Result<std::optional<Frame>> FrameCursor::step(Direction direction) {
  const bool forward = direction == Direction::forward;
  if (last_ && last_ != direction) place_ = forward ? place_ + 1 : place_ - 1;
  last_ = direction;
  if (forward ? place_ < frames_.size() : place_ > 0)
    return std::optional(frame_at(forward ? place_++ : --place_));
  return step_block(direction);
}

Result<std::optional<Frame>> FrameCursor::step_block(Direction direction) {
  const bool forward = direction == Direction::forward;
  if (block_ && !forward) cursor_.move_before(*block_);
  if (block_ && forward) cursor_.move_behind(*block_);
  const auto block = forward ? cursor_.peek_next() : cursor_.peek_previous();
  if (!block) {
    // Stays between the end and the datum at it.
    clear();
    last_.reset();
    if (!window_->error()) return window_->error().error();
    return std::optional<Frame>();
  }
  if (forward) cursor_.move_behind(*block);
  if (!forward) cursor_.move_before(*block);
  if (!load(*block)) {
    clear();
    last_.reset();
    return Error{Errc::unusable_input,
                 fmt::format("the block at byte {} cannot be taken apart", block->ref().offset)};
  }
  place_ = forward ? 1 : frames_.size() - 1;
  return std::optional(frame_at(forward ? 0 : place_));
}

}  // namespace lockstep

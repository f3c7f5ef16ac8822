// SPDX-License-Identifier: MIT
#include "lockstep/recording/capture_cursor.h"

namespace lockstep {

CaptureCursor::CaptureCursor(mkv::ClusterChain& chain, uint64_t unit_ns,
                             std::array<uint64_t, 3> tracks, Nanos frame_period, Nanos depth_delay)
    : chain_(&chain), unit_ns_(unit_ns), reach_(frame_period / 2) {
  for (size_t i = 0; i < streams_.size(); ++i) {
    streams_[i].track = tracks[i];
    streams_[i].cursor = BlockCursor(chain, tracks[i]);
  }
  if (depth_delay > Nanos(0)) streams_[color].shift = depth_delay;
  if (depth_delay < Nanos(0)) streams_[depth].shift = streams_[ir].shift = -depth_delay;
}

void CaptureCursor::turn(Direction direction) {
  if (!last_ || last_ == direction) return;
  for (Stream& stream : streams_) {
    if (!stream.member) continue;
    if (direction == Direction::backward) stream.cursor.move_before(*stream.member);
    if (direction == Direction::forward) stream.cursor.move_behind(*stream.member);
  }
}

bool CaptureCursor::step(Direction direction) {
  turn(direction);
  last_ = direction;
  const bool forward = direction == Direction::forward;
  std::optional<Nanos> anchor;
  for (Stream& stream : streams_) {
    stream.member = forward ? stream.cursor.peek_next() : stream.cursor.peek_previous();
    if (!stream.member) continue;
    const Nanos time = sync_time(stream, *stream.member);
    if (!anchor || (forward ? time < *anchor : time > *anchor)) anchor = time;
  }
  if (!anchor) {
    last_.reset();
    return false;
  }
  for (Stream& stream : streams_) {
    if (!stream.member) continue;
    const Nanos distance = sync_time(stream, *stream.member) - *anchor;
    if (std::chrono::abs(distance) >= reach_) {
      stream.member.reset();
    } else if (forward) {
      stream.cursor.move_behind(*stream.member);
    } else {
      stream.cursor.move_before(*stream.member);
    }
  }
  return true;
}

void CaptureCursor::give_back(Part part) {
  Stream& stream = streams_[part];
  if (!stream.member) return;
  if (last_ == Direction::forward) stream.cursor.move_before(*stream.member);
  if (last_ == Direction::backward) stream.cursor.move_behind(*stream.member);
  stream.member.reset();
}

void CaptureCursor::seek(int64_t target_ns) {
  last_.reset();
  std::optional<Nanos> anchor;
  for (Stream& stream : streams_) {
    stream.member.reset();
    const auto from =
        chain_->entry_before((target_ns - stream.shift.count()) / static_cast<int64_t>(unit_ns_));
    const Nanos shift = stream.shift;
    stream.cursor.seek(from, [&](const mkv::BlockRef& block) {
      return block_time_ns(block, unit_ns_) + shift.count() >= target_ns;
    });
    const auto block = stream.cursor.peek_next();
    if (!block) continue;
    const Nanos at = sync_time(stream, *block);
    if (!anchor || at < *anchor) anchor = at;
  }
  if (!anchor) return;
  // Of a capture on both sides of the target, the parts before it come along. What they are near to
  // is its last part.
  Nanos last = *anchor;
  for (Stream& stream : streams_) {
    const auto block = stream.cursor.peek_next();
    if (!block) continue;
    const Nanos at = sync_time(stream, *block);
    if (at - *anchor < reach_) last = std::max(last, at);
  }
  for (Stream& stream : streams_) {
    const auto behind = stream.cursor.peek_next();
    if (behind && sync_time(stream, *behind) - *anchor < reach_) continue;
    const auto before = stream.cursor.peek_previous();
    if (before && last - sync_time(stream, *before) < reach_) stream.cursor.move_before(*before);
  }
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/recording/window_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lockstep/recording/block_groups.h"

namespace lockstep {
namespace {

constexpr int64_t kCueEveryUs = 1'000'000;

}  // namespace

Result<void> WindowFile::begin(int64_t first_us) {
  begun_ = true;
  if (block_times_ == BlockTimes::absolute) return {};
  offset_us_ = first_us;
  head_.head.tags.push_back(
      {std::string(kStartOffsetTag), fmt::format("{}000", first_us), mkv::TagTarget::none, 0});
  return segment_->replace_tags(head_.head.tags);
}

Result<void> WindowFile::write(const Window& window) {
  if (!begun_) {
    if (auto begun = begin(window.first_us); !begun) return begun;
  }
  planes_used_ = 0;
  plane_stats_.clear();
  notes_.clear();
  cluster_.start(static_cast<uint64_t>(window.first_us - offset_us_));
  std::optional<int64_t> cue_us;
  if (!window.imu.empty()) {
    if (head_.tracks.imu == 1) cue_us = window.first_us;
    add_imu_lace(cluster_, head_.tracks.imu, offset_us_, window.imu);
  }
  const auto laced_us = add_laces(window);
  const auto item_us = add_items(window);
  if (!cue_us) cue_us = laced_us ? laced_us : item_us;
  if (auto written = segment_->append(cluster_); !written) return written;
  add_cue(cue_us);
  written_until_us_ = window.end_us;
  return sync_when_due(window.end_us);
}

/// Puts every laced datum of the window into blocks; returns the time of the first one of track 1.
std::optional<int64_t> WindowFile::add_laces(const Window& window) {
  std::map<uint64_t, std::vector<LacedDatum>> of_track;
  for (const QueuedItem& item : window.items) {
    if (!item.laced) continue;
    of_track[item.track].push_back({item.time_us - offset_us_, item.image.bytes.get()});
  }
  for (const auto& [track, data] : of_track) {
    for (size_t i = 0; i < data.size(); i += kMostInLace) {
      const size_t count = std::min(kMostInLace, data.size() - i);
      add_lace(cluster_, track, std::span(data).subspan(i, count));
    }
  }
  const auto first = of_track.find(1);
  if (first == of_track.end()) return std::nullopt;
  return first->second.front().time_us + offset_us_;
}

/// The same for what has blocks of its own.
std::optional<int64_t> WindowFile::add_items(const Window& window) {
  std::optional<int64_t> of_first;
  // Images first: a note tells what the pass over its planes found.
  for (const bool notes : {false, true}) {
    for (const QueuedItem& item : window.items) {
      if (item.laced || item.note.has_value() != notes) continue;
      if (item.track == 1 && !of_first) of_first = item.time_us;
      add_item(item);
    }
  }
  return of_first;
}

void WindowFile::add_item(const QueuedItem& item) {
  const auto at =
      static_cast<int16_t>(item.time_us - offset_us_ - static_cast<int64_t>(cluster_.time()));
  if (item.note) {
    add_note(item, at);
  } else if (item.track != head_.tracks.depth && item.track != head_.tracks.ir) {
    cluster_.add_simple_block(item.track, at, mkv::kKeyFrame, item.image.bytes.get());
  } else {
    add_plane(item, at);
  }
}

void WindowFile::add_plane(const QueuedItem& item, int16_t at) {
  const std::span<const std::byte> samples = item.image.bytes.get();
  if (planes_used_ == planes_.size()) planes_.emplace_back();
  mkv::Bytes& swapped = planes_[planes_used_++];
  swapped.resize(samples.size());
  if (samples.size() % 2 != 0) {  // no plane; it is kept all the same
    std::copy(samples.begin(), samples.end(), swapped.begin());
    swap_plane(swapped);
    cluster_.add_simple_block(item.track, at, mkv::kKeyFrame, swapped);
    return;
  }
  PlaneStats found;
  const uint32_t crc = cluster_.begin_block(item.track, at, samples.size());
  cluster_.end_block(swapped, swap_plane_with_crc(samples, swapped, crc, found));
  plane_stats_.emplace_back(samples.data(), found);
}

void WindowFile::add_note(const QueuedItem& item, int16_t at) {
  CaptureNote note = *item.note;
  if (item.depth && item.depth->bytes.get().size() >= 2) {
    note.zero_depth_share = static_cast<double>(stats_of(*item.depth).zeros) /
                            static_cast<double>(item.depth->samples().size());
  }
  if (item.ir && item.ir->bytes.get().size() >= 2) {
    note.mean_ir = static_cast<double>(stats_of(*item.ir).sum) /
                   static_cast<double>(item.ir->samples().size());
  }
  notes_.push_back(encode_note(note));
  cluster_.add_simple_block(item.track, at, mkv::kKeyFrame, notes_.back());
}

/// Free when the plane is in this cluster; a depth delay can put it into another one.
PlaneStats WindowFile::stats_of(const Image& image) const {
  for (const auto& [samples, found] : plane_stats_) {
    if (samples == image.bytes.get().data()) return found;
  }
  return plane_stats(image.bytes.get());
}

void WindowFile::add_cue(std::optional<int64_t> cue_us) {
  if (!cue_us || (cue_us_ && *cue_us - *cue_us_ < kCueEveryUs)) return;
  segment_->add_cue(static_cast<uint64_t>(*cue_us - offset_us_));
  cue_us_ = cue_us;
}

Result<void> WindowFile::sync_when_due(int64_t written_us) {
  if (sync_every_.count() == 0) return {};
  if (!synced_us_) synced_us_ = written_us;
  if (Nanos(Micros(written_us - *synced_us_)) < sync_every_) return {};
  synced_us_ = written_us;
  return segment_->sync();
}

}  // namespace lockstep

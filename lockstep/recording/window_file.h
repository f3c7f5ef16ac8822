// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "lockstep/mkv/segment_writer.h"
#include "lockstep/recording/head_codec.h"
#include "lockstep/recording/plane.h"
#include "lockstep/recording/side_track.h"
#include "lockstep/recording/window.h"
#include "lockstep/recording/writer.h"

namespace lockstep {

/// The file of a RecordingWriter: makes one cluster of each window. The first one settles the start
/// offset. Errors are those of the disk; after one the file keeps what it has. Not thread-safe.
class WindowFile {
 public:
  WindowFile(std::unique_ptr<mkv::SegmentWriter> segment, EncodedHead head,
             const RecordingWriterOptions& options)
      : segment_(std::move(segment)),
        head_(std::move(head)),
        block_times_(options.block_times),
        sync_every_(options.sync_every) {}

  /// Windows come in order of time.
  Result<void> write(const Window& window);
  /// Makes the file whole as of now; `newest_us`: the time of its latest datum.
  Result<void> checkpoint(int64_t newest_us) {
    return segment_->checkpoint(duration_us(newest_us));
  }
  /// Closes it; nothing: no datum was ever given.
  Result<void> finish(std::optional<int64_t> newest_us) {
    return segment_->finish(duration_us(newest_us.value_or(offset_us_)));
  }

  [[nodiscard]] uint64_t bytes() const { return segment_->bytes(); }
  /// What is older is in the file; INT64_MIN: nothing is.
  [[nodiscard]] int64_t written_until_us() const { return written_until_us_; }

 private:
  Result<void> begin(int64_t first_us);
  std::optional<int64_t> add_laces(const Window& window);
  std::optional<int64_t> add_items(const Window& window);
  void add_item(const QueuedItem& item);
  void add_plane(const QueuedItem& item, int16_t at);
  void add_note(const QueuedItem& item, int16_t at);
  [[nodiscard]] PlaneStats stats_of(const Image& image) const;
  void add_cue(std::optional<int64_t> cue_us);
  Result<void> sync_when_due(int64_t written_us);
  [[nodiscard]] double duration_us(int64_t newest_us) const {
    return static_cast<double>(newest_us - offset_us_);
  }

  std::unique_ptr<mkv::SegmentWriter> segment_;
  EncodedHead head_;
  BlockTimes block_times_;
  Nanos sync_every_;
  int64_t written_until_us_ = INT64_MIN;
  std::optional<int64_t> synced_us_;
  std::optional<int64_t> cue_us_;
  int64_t offset_us_ = 0;
  bool begun_ = false;

  // Of the cluster being put together; the memory is used again and again.
  mkv::ClusterBuilder cluster_;
  std::vector<mkv::Bytes> planes_;
  std::vector<std::pair<const void*, PlaneStats>> plane_stats_;
  std::deque<std::array<std::byte, kNoteBytes>> notes_;
  size_t planes_used_ = 0;
};

}  // namespace lockstep

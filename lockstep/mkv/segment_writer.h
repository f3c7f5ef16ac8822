// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/mkv/byte_sink.h"
#include "lockstep/mkv/cluster_builder.h"
#include "lockstep/mkv/head_writer.h"
#include "lockstep/mkv/segment_head.h"

namespace lockstep::mkv {

/// Writes a Matroska file that is whole after every cluster (docs/recording-format.md, "Crash
/// safety"): everything that readers need stands in front before the first cluster, each cluster
/// goes out in one write with its final size, nothing behind it is touched again. After an error of
/// append() the file is cut back to its last whole cluster and every later append() returns the
/// same error; finish() still closes what is there. Not thread-safe.
class SegmentWriter {
 public:
  /// Writes the head and flushes it to disk.
  static Result<std::unique_ptr<SegmentWriter>> start(std::unique_ptr<ByteSink> sink,
                                                      SegmentHead head);

  /// Replaces the tags; they have to fit into the room of the first ones and their reserve.
  Result<void> replace_tags(std::vector<Tag> tags);
  Result<void> append(const ClusterBuilder& cluster);
  /// Makes the cluster appended last an entry of the cues, with the time of its first block of
  /// track 1.
  void add_cue(uint64_t time);
  /// Returns when everything appended survives a power cut.
  Result<void> sync();
  /// Makes the file whole as of now: cues, duration, seek entries and size are those of what was
  /// appended so far. Recording goes on behind the cues, and until the next checkpoint the file
  /// ends here for readers.
  Result<void> checkpoint(double duration_units);
  /// Appends the cues, then puts duration, seek entries and the final size in front. Returns the
  /// error of an earlier append() when there was one, after having closed what could be closed.
  Result<void> finish(double duration_units);

  [[nodiscard]] uint64_t bytes() const { return end_; }

 private:
  explicit SegmentWriter(std::unique_ptr<ByteSink> sink, SegmentHead head)
      : sink_(std::move(sink)), head_(std::move(head)) {}
  Result<void> write_head();
  Result<void> write_cues();
  Result<void> close(double duration_units);
  Result<void> remember(Result<void> result);

  std::unique_ptr<ByteSink> sink_;
  SegmentHead head_;
  HeadPositions positions_;
  uint64_t tags_room_ = 0;      // tags and the Void behind them
  uint64_t end_ = 0;            // of the last whole element
  uint64_t last_cluster_ = 0;   // offset of the cluster appended last
  std::vector<CuePoint> cues_;  // 16 bytes a second
  Bytes lead_;                  // padding and cluster head of the write under way
  std::vector<ByteView> pieces_;
  Error error_;
  bool failed_ = false;
};

}  // namespace lockstep::mkv

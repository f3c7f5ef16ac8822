// SPDX-License-Identifier: MIT
#include "lockstep/mkv/segment_writer.h"

#include <cassert>

#include "lockstep/mkv/element_writer.h"
#include "lockstep/mkv/ids.h"
#include "lockstep/mkv/vint.h"

namespace lockstep::mkv {
namespace {

/// What the kernel writes and the page cache keeps whole: a kill or a power cut leaves a file that
/// ends at a multiple of this, or at the end of a write.
constexpr uint64_t kPageBytes = 4096;

/// Bytes of Void in front of a cluster at `offset` so that no page boundary falls into its guarded
/// part, which begins `lead` bytes (id and size) behind the cluster's start and is `guarded` long.
/// A boundary inside id and size, or in the Void itself, is harmless to every reader. 0 when it is
/// fine as it is, or when the guarded part is larger than a page and can't be helped.
uint64_t padding_before(uint64_t offset, uint64_t lead, uint64_t guarded) {
  const uint64_t first = offset + lead;
  const uint64_t room = kPageBytes - first % kPageBytes;
  if (guarded <= room || guarded > kPageBytes) return 0;
  return room == 1 ? 1 + kPageBytes : room;
}

}  // namespace

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::start(std::unique_ptr<ByteSink> sink,
                                                            SegmentHead head) {
  std::unique_ptr<SegmentWriter> writer(new SegmentWriter(std::move(sink), std::move(head)));
  if (auto written = writer->write_head(); !written) return written.error();
  return writer;
}

Result<void> SegmentWriter::write_head() {
  const Bytes tracks = encode_tracks(head_.tracks);
  const Bytes attachments = encode_attachments(head_.attachments);
  const auto tags = encode_tags(head_.tags, 0);
  positions_.tracks = kFrontBytes;
  const uint64_t attachments_at = kFrontBytes + tracks.size();
  positions_.attachments = attachments.empty() ? 0 : attachments_at;
  positions_.tags = attachments_at + attachments.size();
  // Checked with the duration, which comes at the end and must find room then.
  SegmentInfo longest = head_.info;
  longest.duration_units = 0;
  const auto front = encode_front(head_.info, positions_);
  if (!front || !tags || !encode_front(longest, positions_)) {
    return Error{Errc::invalid_argument,
                 "the names of the writing program are too long for the head of a recording: "
                 "shorten them to 60 characters each"};
  }
  tags_room_ = tags->size();
  end_ = positions_.tags + tags_room_;
  const ByteView pieces[] = {*front, tracks, attachments, *tags};
  if (auto written = sink_->write_at(0, pieces); !written) return written;
  return sink_->sync();
}

Result<void> SegmentWriter::replace_tags(std::vector<Tag> tags) {
  const auto encoded = encode_tags(tags, tags_room_);
  if (!encoded) {
    return Error{Errc::invalid_argument,
                 "the tags of the recording no longer fit into their reserve of 1 kB: write the "
                 "longer ones when the recording is created"};
  }
  head_.tags = std::move(tags);
  const ByteView pieces[] = {*encoded};
  return sink_->write_at(positions_.tags, pieces);
}

Result<void> SegmentWriter::append(const ClusterBuilder& cluster) {
  if (failed_) return error_;
  const auto lead = static_cast<uint64_t>(id_length(id::kCluster)) +
                    static_cast<uint64_t>(vint_length(cluster.body_bytes()));
  const uint64_t padding = padding_before(end_, lead, cluster.guarded_bytes());
  lead_.clear();
  pieces_.clear();
  if (padding != 0) {
    const uint64_t body = put_void_head(lead_, padding);
    lead_.resize(lead_.size() + body);
  }
  cluster.collect(lead_, pieces_);

  if (auto written = sink_->write_at(end_, pieces_); !written) {
    // Part of the cluster may be on disk. What is whole stays, and the room is given back.
    (void)sink_->truncate(end_);
    return remember(std::move(written));
  }
  last_cluster_ = end_ + padding;
  end_ = last_cluster_ + lead + cluster.body_bytes();
  return {};
}

void SegmentWriter::add_cue(uint64_t time) {
  cues_.push_back({time, last_cluster_ - kSegmentDataStart});
}

Result<void> SegmentWriter::sync() {
  if (failed_) return error_;
  return remember(sink_->sync());
}

Result<void> SegmentWriter::write_cues() {
  if (cues_.empty()) return {};
  ElementWriter points;
  for (const CuePoint& cue : cues_) {
    ElementWriter track;
    track.put_uint(id::kCueTrack, 1);
    track.put_uint(id::kCueClusterPosition, cue.position);
    ElementWriter point;
    point.put_uint(id::kCueTime, cue.time);
    point.put_master(id::kCueTrackPositions, track);
    points.put_master(id::kCuePoint, point);
  }
  ElementWriter out;
  out.put_master(id::kCues, points);
  const ByteView pieces[] = {out.bytes()};
  if (auto written = sink_->write_at(end_, pieces); !written) {
    (void)sink_->truncate(end_);
    return written;
  }
  positions_.cues = end_;
  end_ += out.size();
  return {};
}

Result<void> SegmentWriter::close(double duration_units) {
  // A file without cues is read as well; that must not keep the front from being written.
  const Result<void> cues = write_cues();
  // The front names the cues, so these must be on disk first.
  Result<void> flushed = sink_->sync();
  head_.info.duration_units = duration_units;
  positions_.file_end = end_;
  const auto front = encode_front(head_.info, positions_);
  assert(front);  // tried by write_head()
  const ByteView pieces[] = {*front};
  if (auto written = sink_->write_at(0, pieces); !written) return written;
  if (flushed) flushed = sink_->sync();
  return cues ? flushed : cues;
}

Result<void> SegmentWriter::checkpoint(double duration_units) {
  if (failed_) return error_;
  return remember(close(duration_units));
}

Result<void> SegmentWriter::finish(double duration_units) {
  Result<void> closed = close(duration_units);
  if (failed_) return error_;
  return closed;
}

Result<void> SegmentWriter::remember(Result<void> result) {
  if (!result) {
    failed_ = true;
    error_ = result.error();
  }
  return result;
}

}  // namespace lockstep::mkv

// SPDX-License-Identifier: MIT
#include "lockstep/recording/opened_recording.h"

#include <fmt/format.h>

#include <algorithm>

#include "lockstep/mkv/lacing.h"
#include "lockstep/recording/imu_payload.h"

namespace lockstep {
namespace {

/// Clusters at the beginning that are searched for an IMU sample to check the start offset with.
constexpr int kImuSearch = 64;
/// The vendor's reader keeps the start offset in 32 bits of microseconds, so that is how it wraps.
constexpr int64_t kWrapNs = (int64_t{1} << 32) * 1000;

class Opener {
 public:
  Opener(std::unique_ptr<mkv::ByteSource> source, const std::filesystem::path& name)
      : name_(name), opened_(std::make_unique<OpenedRecording>(std::move(source))) {}

  Result<std::unique_ptr<OpenedRecording>> open() {
    OpenedRecording& o = *opened_;
    auto segment = mkv::read_segment_head(o.window, o.damage);
    if (!segment) return failed(segment.error());
    o.segment = std::move(*segment);
    note_state();
    auto head = decode_recording_head(o.segment, o.damage);
    if (!head) return failed(head.error());
    o.head = std::move(*head);
    // Files without Info are the vendor's, whose unit is 1 us; Matroska's default would be 1 ms.
    o.unit_ns = o.segment.has_info ? o.segment.head.info.timestamp_scale_ns : 1000;
    if (o.unit_ns == 0 || o.unit_ns > 1'000'000'000) o.unit_ns = 1000;
    o.chain = std::make_unique<mkv::ClusterChain>(
        mkv::ClusterReader(o.window, o.segment.written_end, o.damage), o.window, o.segment.cues,
        o.segment.data_start, o.segment.first_cluster, o.damage);
    settle_start_offset();
    const bool found = find_span();
    if (!o.window.error()) return failed(o.window.error().error());
    if (!found) return failed(no_frame());
    return std::move(opened_);
  }

 private:
  Error failed(const Error& error) const {
    // The operating system's refusals name the file themselves.
    const std::string name = name_.string();
    if (error.message.find(name) != std::string::npos) return error;
    return {error.code, name + ": " + error.message};
  }

  [[nodiscard]] Error no_frame() const {
    const mkv::OpenedSegment& segment = opened_->segment;
    if (segment.size_was_zero || segment.size_was_unknown) {
      return {Errc::truncated,
              "the recording holds no frame: its recorder was stopped before the first one was "
              "written"};
    }
    return {Errc::truncated,
            fmt::format(
                "the recording holds no frame that can be read in its {} bytes{}",
                opened_->window.size(),
                segment.cut_off ? ": it was cut off; copy it again from where it was made" : "")};
  }

  void note_state() {
    OpenedRecording& o = *opened_;
    if (o.segment.size_was_zero) {
      o.damage.add(
          o.segment.data_start - 8,
          "the recorder died before it finished the file (its size field is zero): what it "
          "had written is read, its last two seconds are missing");
    } else if (o.segment.size_was_unknown) {
      o.damage.add(o.segment.data_start - 8,
                   "the recorder did not finish the file: what it had written is read");
    } else if (o.segment.goes_on()) {
      o.damage.add(o.segment.data_start - 8,
                   "the recorder died after it had flushed the file: what it had written until "
                   "then is read, that behind the flush, too");
    }
    if (!o.segment.has_info) {
      o.damage.add(o.segment.data_start,
                   "the element Info is missing: block times are taken as microseconds");
    }
  }

  /// Device time of block time 0, from an IMU sample: its payload has the whole device time.
  std::optional<int64_t> offset_by_imu() {
    OpenedRecording& o = *opened_;
    if (o.head.tracks.imu == 0) return std::nullopt;
    mkv::ClusterPtr cluster = o.chain->first();
    for (int i = 0; cluster && i < kImuSearch; ++i, cluster = o.chain->next(*cluster)) {
      for (const mkv::BlockRef& block : cluster->blocks) {
        if (block.track != o.head.tracks.imu || block.size > mkv::SourceWindow::kLargestLook)
          continue;
        const auto payload = o.window.look(block.offset, static_cast<size_t>(block.size));
        const auto frames = mkv::split_frames(mkv::lacing_of(block.flags), payload);
        const auto sample = frames ? decode_imu(frames->front()) : std::nullopt;
        if (!sample || block.time > kLatestNs / static_cast<int64_t>(o.unit_ns)) continue;
        const int64_t ns = sample->acceleration_stamp.ns();
        if (ns < o.block_ns(block) || ns > kLatestNs) continue;
        return (ns - o.block_ns(block)) / 1000 * 1000;
      }
    }
    return std::nullopt;
  }

  void settle_start_offset() {
    OpenedRecording& o = *opened_;
    const auto tag = o.head.start_offset_ns;
    if (tag && *tag < static_cast<uint64_t>(kLatestNs)) o.offset_ns = static_cast<int64_t>(*tag);
    const auto imu = offset_by_imu();
    // A foreign unit of 1 ms rounds block times; that is no wrong offset.
    const int64_t tolerance_ns = static_cast<int64_t>(std::max<uint64_t>(o.unit_ns, 1000));
    if (!imu && !tag && o.segment.size_was_zero) {
      o.damage.add(o.segment.data_start + 1,
                   "the start offset is missing, and no IMU sample tells it: device times count "
                   "from the first datum of the file");
    }
    if (!imu || std::abs(*imu - o.offset_ns) <= tolerance_ns) return;
    const bool wrapped = tag && (*imu - o.offset_ns) % kWrapNs == 0;
    if (tag && !wrapped) return;  // another program's idea of IMU times: the tag counts
    o.damage.add(o.segment.data_start + 1,
                 fmt::format("the start offset {}: it is {} us, as the IMU samples say",
                             wrapped ? "has lost its upper bits" : "is missing", *imu / 1000));
    o.offset_ns = *imu;
    o.offset_from_imu = true;
  }

  /// Earliest and latest block that counts; false when there is none.
  bool find_span() {
    OpenedRecording& o = *opened_;
    const KinectTracks& tracks = o.head.tracks;
    const bool images = tracks.color + tracks.depth + tracks.ir != 0;
    const auto counts = [&](const mkv::BlockRef& block) {
      if (block.time > kLatestNs / static_cast<int64_t>(o.unit_ns)) return false;
      return images ? o.is_image(block) : block.track == tracks.imu;
    };
    bool found = false;
    const auto take = [&](const mkv::Cluster& cluster) {
      for (const mkv::BlockRef& block : cluster.blocks) {
        if (!counts(block)) continue;
        const DeviceTime stamp = o.stamp_of(block);
        o.first = found ? std::min(o.first, stamp) : stamp;
        o.last = found ? std::max(o.last, stamp) : stamp;
        found = true;
      }
    };
    mkv::ClusterPtr cluster = o.chain->first();
    for (; cluster && !found; cluster = o.chain->next(*cluster)) take(*cluster);
    if (!found) return false;
    bool at_end = false;
    for (cluster = o.chain->last(); cluster && !at_end; cluster = o.chain->previous(*cluster)) {
      at_end = std::any_of(cluster->blocks.begin(), cluster->blocks.end(), counts);
      take(*cluster);
    }
    return true;
  }

  const std::filesystem::path& name_;
  std::unique_ptr<OpenedRecording> opened_;
};

}  // namespace

std::optional<BufferPool::Buffer> OpenedRecording::load(const mkv::BlockRef& block, uint64_t limit,
                                                        BufferPool& pool) {
  if (block.size > limit) {
    damage.add(block.offset, fmt::format("the block at byte {} has {} bytes, more than an image of "
                                         "its track can have: it is left out",
                                         block.offset, block.size));
    return std::nullopt;
  }
  BufferPool::Buffer buffer = pool.take(static_cast<size_t>(block.size));
  if (!window.read(block.offset, buffer.bytes)) {
    damage.add(block.offset,
               fmt::format("the block at byte {} can't be read any more: the file was "
                           "shortened or its disk fails",
                           block.offset));
    return std::nullopt;
  }
  return buffer;
}

RecordingInfo OpenedRecording::describe(const std::filesystem::path& path) const {
  RecordingInfo info;
  info.path = path;
  info.header = head.header;
  info.first = first;
  info.last = last;
  info.file_bytes = source->size();
  info.start_offset_us = static_cast<uint64_t>(offset_ns / 1000);
  info.has_side_track = head.tracks.notes != 0;
  info.closed_cleanly = !segment.size_was_zero && !segment.size_was_unknown && !segment.cut_off &&
                        !segment.goes_on() && !segment.seek_entry_wrong && segment.has_info;
  info.has_cues = chain->used_cues();
  for (const mkv::Damage& found : damage.list()) info.damage.push_back({found.what, found.offset});
  return info;
}

Result<std::unique_ptr<OpenedRecording>> look_into_recording(
    std::unique_ptr<mkv::ByteSource> source, const std::filesystem::path& name) {
  return Opener(std::move(source), name).open();
}

}  // namespace lockstep

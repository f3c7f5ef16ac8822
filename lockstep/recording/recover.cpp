// SPDX-License-Identifier: MIT
#include "lockstep/recording/recover.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "lockstep/mkv/segment_writer.h"
#include "lockstep/recording/opened_recording.h"

namespace lockstep {
namespace {

constexpr int64_t kCueEveryNs = 1'000'000'000;
/// Larger blocks than any track of a recording has; they are left out.
constexpr uint64_t kLargestBlock = 256u << 20;

/// Copies the blocks of every sound cluster, block by block, so that tracks of other programs come
/// along too.
class Recovery {
 public:
  Recovery(OpenedRecording& from, std::unique_ptr<mkv::SegmentWriter> to)
      : from_(from), to_(std::move(to)) {}

  Result<RecoveredRecording> run() {
    mkv::ClusterReader& reader = from_.chain->reader();
    mkv::Cluster cluster;
    uint64_t kept_until = from_.segment.first_cluster;
    for (uint64_t offset = from_.chain->start(); reader.read(offset, cluster);
         offset = cluster.next) {
      if (cluster.whole && !reader.crc_matches(cluster)) {
        result_.notes.push_back(
            fmt::format("the cluster at byte {} was left out: its checksum does "
                        "not fit its bytes",
                        cluster.offset));
        continue;
      }
      if (auto copied = copy(cluster); !copied) return copied.error();
      if (!from_.window.error()) return from_.window.error().error();
      kept_until = cluster.whole || cluster.blocks.empty()
                       ? cluster.next
                       : cluster.blocks.back().offset + cluster.blocks.back().size;
    }
    const double duration = static_cast<double>(newest_ - std::min<int64_t>(newest_, first_));
    if (auto closed = to_->finish(duration); !closed) return closed.error();
    result_.captures = captures();
    const uint64_t cues_and_tail = from_.window.size() - std::min(from_.window.size(), kept_until);
    const bool ends_in_cues = !from_.segment.cues.empty() && !from_.segment.goes_on();
    result_.bytes_dropped = ends_in_cues ? 0 : cues_and_tail;
    for (const mkv::Damage& damage : from_.damage.list()) {
      result_.notes.push_back(fmt::format("{} (byte {})", damage.what, damage.offset));
    }
    return std::move(result_);
  }

 private:
  Result<void> copy(const mkv::Cluster& cluster) {
    if (cluster.blocks.empty()) return {};
    builder_.start(cluster.time);
    buffers_.clear();
    // Groups first: the writer keeps them, with the cluster's head, within one page.
    for (const mkv::BlockRef& block : cluster.blocks) {
      if (block.in_group) add(cluster, block);
    }
    for (const mkv::BlockRef& block : cluster.blocks) {
      if (!block.in_group) add(cluster, block);
    }
    if (builder_.empty()) return {};
    if (auto written = to_->append(builder_); !written) return written;
    add_cue(cluster);
    return {};
  }

  void add(const mkv::Cluster& cluster, const mkv::BlockRef& block) {
    auto buffer = from_.load(block, kLargestBlock, pool_);
    if (!buffer) return;
    const auto at = static_cast<int16_t>(block.time - static_cast<int64_t>(cluster.time));
    if (block.in_group) {
      builder_.add_block_group(block.track, at, block.flags, buffer->bytes,
                               std::max<uint64_t>(block.duration, 1));
    } else {
      builder_.add_simple_block(block.track, at, block.flags, buffer->bytes);
      buffers_.push_back(std::move(*buffer));
    }
    count(block);
  }

  void count(const mkv::BlockRef& block) {
    if (block.track == from_.head.tracks.notes) return;
    if (!std::exchange(any_, true)) first_ = block.time;
    newest_ = std::max(newest_, block.time);
    const KinectTracks& tracks = from_.head.tracks;
    if (block.track == tracks.color) ++color_;
    if (block.track == tracks.ir) ++ir_;
    if (block.track == tracks.depth) ++depth_;
  }

  /// Counted by the first of colour, IR and depth that has a picture, as whoever reads it does.
  [[nodiscard]] uint64_t captures() const { return color_ > 0 ? color_ : ir_ > 0 ? ir_ : depth_; }

  void add_cue(const mkv::Cluster& cluster) {
    const auto block = std::find_if(cluster.blocks.begin(), cluster.blocks.end(),
                                    [](const mkv::BlockRef& ref) { return ref.track == 1; });
    if (block == cluster.blocks.end() || block->time < 0) return;
    const int64_t ns = from_.block_ns(*block);
    if (cue_ns_ && ns - *cue_ns_ < kCueEveryNs) return;
    cue_ns_ = ns;
    to_->add_cue(static_cast<uint64_t>(block->time));
  }

  OpenedRecording& from_;
  std::unique_ptr<mkv::SegmentWriter> to_;
  mkv::ClusterBuilder builder_;
  BufferPool pool_;
  std::vector<BufferPool::Buffer> buffers_;  // payloads of the cluster being copied
  std::optional<int64_t> cue_ns_;
  int64_t first_ = 0;
  int64_t newest_ = 0;
  bool any_ = false;
  uint64_t color_ = 0, ir_ = 0, depth_ = 0;  // pictures
  RecoveredRecording result_;
};

/// Head of the new file: that of the old one, with what a killed recorder had not written yet.
mkv::SegmentHead completed_head(const OpenedRecording& recording) {
  mkv::SegmentHead head = recording.segment.head;
  head.info.timestamp_scale_ns = recording.unit_ns;
  head.info.duration_units.reset();
  head.info.muxing_app.resize(std::min<size_t>(head.info.muxing_app.size(), 60));
  head.info.writing_app.resize(std::min<size_t>(head.info.writing_app.size(), 60));
  head.info.title = "Azure Kinect";
  if (head.info.muxing_app.empty()) head.info.muxing_app = "lockstep";
  if (head.info.writing_app.empty()) head.info.writing_app = "lockstep recover";
  if (recording.offset_from_imu || !recording.head.start_offset_ns) {
    std::erase_if(head.tags, [](const mkv::Tag& tag) { return tag.name == kStartOffsetTag; });
    head.tags.push_back({std::string(kStartOffsetTag), std::to_string(recording.offset_ns),
                         mkv::TagTarget::none, 0});
  }
  return head;
}

}  // namespace

Result<RecoveredRecording> recover_recording(const std::filesystem::path& source,
                                             const std::filesystem::path& target) {
  auto bytes = mkv::open_file_source(source);
  if (!bytes) return bytes.error();
  auto opened = look_into_recording(std::move(*bytes), source);
  if (!opened) return opened.error();
  auto sink = mkv::create_file_sink(target, ExistingFile::refuse);
  if (!sink) return sink.error();
  // From here on the new file is ours: it is whole at the end, or it goes.
  const auto recovered = [&]() -> Result<RecoveredRecording> {
    auto writer = mkv::SegmentWriter::start(std::move(*sink), completed_head(**opened));
    if (!writer) return writer.error();
    return Recovery(**opened, std::move(*writer)).run();
  }();
  if (!recovered) {
    std::error_code ignored;
    std::filesystem::remove(target, ignored);
  }
  return recovered;
}

}  // namespace lockstep

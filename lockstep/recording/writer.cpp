// SPDX-License-Identifier: MIT
#include "lockstep/recording/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "lockstep/mkv/segment_writer.h"
#include "lockstep/recording/block_groups.h"
#include "lockstep/recording/capture_check.h"
#include "lockstep/recording/head_codec.h"
#include "lockstep/recording/image_check.h"
#include "lockstep/recording/plane.h"
#include "lockstep/recording/side_track.h"
#include "lockstep/recording/streams.h"

namespace lockstep {
namespace {

/// Clusters lie on this grid of device time, so that the 16-bit times of blocks suffice.
constexpr int64_t kGridUs = 32'000;
/// 3.2 kB of samples: cluster head and samples then always fit into one page of 4 kB.
constexpr size_t kMostImuPerCluster = 80;
constexpr int64_t kCueEveryUs = 1'000'000;

/// An image, a note of one capture or a datum, waiting for its cluster.
struct Item {
  int64_t time_us = 0;
  uint64_t track = 0;
  bool laced = false;               // shares a block with its neighbours
  Image image;                      // images; of data the bytes alone
  std::optional<CaptureNote> note;  // notes; the planes are needed for their statistics
  std::optional<Image> depth;
  std::optional<Image> ir;
};

class Writer final : public TrackWriter {
 public:
  Writer(std::unique_ptr<mkv::SegmentWriter> segment, EncodedHead head,
         const RecordingHeader& header, const RecordingWriterOptions& options)
      : segment_(std::move(segment)),
        head_(std::move(head)),
        camera_(header.camera),
        options_(options) {
    const auto name = [this](std::string_view track, uint64_t number, bool laced) {
      if (number != 0) blocks_.push_back({std::string(track), number, laced});
    };
    name("COLOR", head_.tracks.color, false);
    name("DEPTH", head_.tracks.depth, false);
    name("IR", head_.tracks.ir, false);
    for (size_t i = 0; i < header.custom_tracks.size(); ++i) {
      const CustomTrack& track = header.custom_tracks[i];
      name(track.name, head_.custom_tracks[i], !track.is_video && track.high_frequency);
    }
  }
  ~Writer() override {
    if (!finished_) (void)finish();
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Result<void> write(const Capture& capture) override;
  Result<void> write_imu(const ImuSample& sample) override;
  Result<void> write_block(std::string_view track, DeviceTime stamp,
                           const ImageBytes& bytes) override;
  Result<void> flush() override;
  Result<void> finish() override;
  [[nodiscard]] RecordingWriterStats stats() const override {
    RecordingWriterStats stats = stats_;
    stats.bytes = segment_->bytes();
    // No image has a stamp before 0.
    stats.written_until = DeviceTime(Micros(std::max<int64_t>(written_until_us_, 0)));
    return stats;
  }

 private:
  Result<void> usable() const;
  Result<void> queue_capture(const Capture& capture);
  Result<void> queue(Item item);
  Result<void> too_late(int64_t us);
  Result<void> write_due(int64_t newest_us, bool everything);
  [[nodiscard]] std::optional<int64_t> oldest_us() const;
  Result<void> write_cluster(int64_t end_us);
  Result<void> begin_file(int64_t first_us);
  int64_t take_imu(int64_t end_us);
  std::optional<int64_t> add_laces(std::deque<Item>::iterator due);
  void add_item(const Item& item);
  void add_plane(const Item& item, int16_t at);
  void add_note(const Item& item, int16_t at);
  [[nodiscard]] PlaneStats stats_of(const Image& image) const;
  Result<void> sync_when_due(int64_t written_us);
  Result<void> remember(Result<void> result);

  std::unique_ptr<mkv::SegmentWriter> segment_;
  EncodedHead head_;
  CameraConfig camera_;
  RecordingWriterOptions options_;
  struct BlockTrack {
    std::string name;
    uint64_t number;
    bool laced;
  };
  std::vector<BlockTrack> blocks_;  // that write_block() takes

  std::deque<Item> items_;  // ascending in time
  std::deque<ImuSample> imu_;
  std::optional<int64_t> newest_us_;
  int64_t written_until_us_ = INT64_MIN;  // older data come too late
  std::optional<int64_t> synced_us_;
  std::optional<int64_t> cue_us_;
  int64_t offset_us_ = 0;
  bool begun_ = false;

  // Of the cluster being put together; the memory is used again and again.
  mkv::ClusterBuilder cluster_;
  std::vector<ImuSample> cluster_imu_;
  std::vector<mkv::Bytes> planes_;
  std::vector<std::pair<const void*, PlaneStats>> plane_stats_;
  std::deque<std::array<std::byte, kNoteBytes>> notes_;
  size_t planes_used_ = 0;

  RecordingWriterStats stats_;
  Error error_;
  bool failed_ = false;
  bool finished_ = false;
};

Result<void> Writer::usable() const {
  if (failed_) return error_;
  if (finished_) return Error{Errc::bad_state, "the recording is finished: nothing can be added"};
  return {};
}

Result<void> Writer::write(const Capture& capture) {
  if (auto ok = usable(); !ok) return ok;
  if (auto ok = check_capture(capture, camera_, head_.tracks, options_.any_image_size); !ok)
    return ok;
  const Result<void> queued = queue_capture(capture);
  auto written = write_due(*newest_us_, false);
  return written ? queued : written;
}

Result<void> Writer::queue_capture(const Capture& capture) {
  ++stats_.captures;
  Result<void> in_time;
  const auto queued = [&](const std::optional<Image>& image, uint64_t track) {
    std::optional<Image> owned;
    if (!image) return owned;
    owned = own_and_pack(*image);
    Item item;
    item.time_us = image->stamp.us();
    item.track = track;
    item.image = *owned;
    if (auto in_queue = queue(std::move(item)); !in_queue) in_time = in_queue;
    return owned;
  };
  queued(capture.color, head_.tracks.color);
  Item item;
  item.depth = queued(capture.depth, head_.tracks.depth);
  item.ir = queued(capture.ir, head_.tracks.ir);
  if (head_.tracks.notes == 0) return in_time;
  item.time_us = capture.stamp().us();
  item.track = head_.tracks.notes;
  item.note = note_of(capture);
  if (auto in_queue = queue(std::move(item)); !in_queue) in_time = in_queue;
  return in_time;
}

Result<void> Writer::too_late(int64_t us) {
  ++stats_.late_items;
  if (!options_.refuse_late) return {};
  return Error{Errc::invalid_argument,
               fmt::format("a datum of {} us comes too late: what is older than {} us is written "
                           "already",
                           us, written_until_us_)};
}

/// Keeps the queue in order of time; what is older than the file is refused.
Result<void> Writer::queue(Item item) {
  newest_us_ = std::max(newest_us_.value_or(item.time_us), item.time_us);
  if (item.time_us < written_until_us_) return too_late(item.time_us);
  auto at = items_.end();
  while (at != items_.begin() && std::prev(at)->time_us > item.time_us) --at;
  items_.insert(at, std::move(item));
  return {};
}

Result<void> Writer::write_imu(const ImuSample& sample) {
  if (auto ok = usable(); !ok) return ok;
  if (head_.tracks.imu == 0) {
    return Error{Errc::invalid_argument, "the recording has no IMU track: create it with has_imu"};
  }
  const int64_t us = sample.acceleration_stamp.us();
  if (us < 0 || us > kLatestUs) {
    return Error{Errc::invalid_argument,
                 fmt::format("an IMU sample has the device time {} us, which no clock shows", us)};
  }
  newest_us_ = std::max(newest_us_.value_or(us), us);
  if (us < written_until_us_) return too_late(us);
  ++stats_.imu_samples;
  auto at = imu_.end();
  while (at != imu_.begin() && std::prev(at)->acceleration_stamp > sample.acceleration_stamp) --at;
  imu_.insert(at, sample);
  return write_due(*newest_us_, false);
}

Result<void> Writer::write_block(std::string_view track, DeviceTime stamp,
                                 const ImageBytes& bytes) {
  if (auto ok = usable(); !ok) return ok;
  const auto found = std::find_if(blocks_.begin(), blocks_.end(),
                                  [&](const BlockTrack& known) { return known.name == track; });
  if (found == blocks_.end())
    return Error{Errc::invalid_argument,
                 fmt::format("the recording has no track \"{}\" for blocks", track)};
  if (stamp.us() < 0 || stamp.us() > kLatestUs)
    return Error{
        Errc::invalid_argument,
        fmt::format("a datum has the device time {} us, which no clock shows", stamp.us())};
  Item item;
  item.time_us = stamp.us();
  item.track = found->number;
  item.laced = found->laced;
  item.image.bytes = bytes;
  if (!bytes.owned()) {
    auto copy = std::make_shared<mkv::Bytes>(bytes.get().begin(), bytes.get().end());
    const mkv::ByteView view(*copy);
    item.image.bytes = ImageBytes(std::move(copy), view);
  }
  if (auto queued = queue(std::move(item)); !queued) return queued;
  return write_due(*newest_us_, false);
}

Result<void> Writer::flush() {
  if (auto ok = usable(); !ok) return ok;
  if (!newest_us_) return {};
  if (auto written = write_due(*newest_us_, true); !written) return written;
  written_until_us_ = *newest_us_ + 1;
  return remember(segment_->checkpoint(static_cast<double>(*newest_us_ - offset_us_)));
}

std::optional<int64_t> Writer::oldest_us() const {
  if (items_.empty() && imu_.empty()) return std::nullopt;
  if (items_.empty()) return imu_.front().acceleration_stamp.us();
  if (imu_.empty()) return items_.front().time_us;
  return std::min(items_.front().time_us, imu_.front().acceleration_stamp.us());
}

/// Writes every cluster for which nothing can come any more.
Result<void> Writer::write_due(int64_t newest_us, bool everything) {
  const int64_t window_us = std::chrono::ceil<Micros>(options_.reorder_window).count();
  while (const auto oldest = oldest_us()) {
    const int64_t grid_end = (*oldest / kGridUs + 1) * kGridUs;
    if (!everything && newest_us - window_us < grid_end) break;
    if (auto written = write_cluster(grid_end); !written) return remember(std::move(written));
  }
  return {};
}

/// Moves the samples of this cluster out of the queue; returns where the cluster has to end instead
/// of at `end_us` when there are too many.
int64_t Writer::take_imu(int64_t end_us) {
  cluster_imu_.clear();
  while (!imu_.empty() && imu_.front().acceleration_stamp.us() < end_us) {
    const int64_t us = imu_.front().acceleration_stamp.us();
    if (cluster_imu_.size() == kMostImuPerCluster) {
      // Samples of one microsecond may stay together or not; the next cluster takes the rest.
      return us;
    }
    cluster_imu_.push_back(imu_.front());
    imu_.pop_front();
  }
  return end_us;
}

Result<void> Writer::begin_file(int64_t first_us) {
  begun_ = true;
  if (options_.block_times == BlockTimes::absolute) return {};
  offset_us_ = first_us;
  head_.head.tags.push_back(
      {std::string(kStartOffsetTag), fmt::format("{}000", first_us), mkv::TagTarget::none, 0});
  return segment_->replace_tags(head_.head.tags);
}

Result<void> Writer::write_cluster(int64_t end_us) {
  const int64_t first_us = *oldest_us();
  if (!begun_) {
    if (auto begun = begin_file(first_us); !begun) return begun;
  }
  end_us = take_imu(end_us);
  planes_used_ = 0;
  plane_stats_.clear();
  notes_.clear();
  cluster_.start(static_cast<uint64_t>(first_us - offset_us_));
  std::optional<int64_t> cue_us;
  if (!cluster_imu_.empty()) {
    if (head_.tracks.imu == 1) cue_us = first_us;
    add_imu_lace(cluster_, head_.tracks.imu, offset_us_, cluster_imu_);
  }
  // Images first: a note tells what the pass over its planes found.
  const auto due = std::find_if(items_.begin(), items_.end(),
                                [&](const Item& item) { return item.time_us >= end_us; });
  if (const auto laced_us = add_laces(due); laced_us && !cue_us) cue_us = laced_us;
  for (auto item = items_.begin(); item != due; ++item) {
    if (item->laced) continue;
    if (item->track == 1 && !cue_us) cue_us = item->time_us;
    if (!item->note) add_item(*item);
  }
  for (auto item = items_.begin(); item != due; ++item) {
    if (item->note) add_item(*item);
  }
  if (auto written = segment_->append(cluster_); !written) return written;
  if (cue_us && (!cue_us_ || *cue_us - *cue_us_ >= kCueEveryUs)) {
    segment_->add_cue(static_cast<uint64_t>(*cue_us - offset_us_));
    cue_us_ = cue_us;
  }
  items_.erase(items_.begin(), due);
  written_until_us_ = end_us;
  return sync_when_due(end_us);
}

/// Puts every laced datum of the cluster into blocks; returns the time of the first one of track 1.
std::optional<int64_t> Writer::add_laces(std::deque<Item>::iterator due) {
  std::optional<int64_t> of_first;
  for (const BlockTrack& track : blocks_) {
    if (!track.laced) continue;
    std::vector<LacedDatum> data;
    for (auto item = items_.begin(); item != due; ++item) {
      if (item->track != track.number) continue;
      data.push_back({item->time_us - offset_us_, item->image.bytes.get()});
    }
    if (track.number == 1 && !data.empty()) of_first = data.front().time_us + offset_us_;
    for (size_t i = 0; i < data.size(); i += kMostInLace) {
      const size_t count = std::min(kMostInLace, data.size() - i);
      add_lace(cluster_, track.number, std::span(data).subspan(i, count));
    }
  }
  return of_first;
}

void Writer::add_item(const Item& item) {
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

void Writer::add_plane(const Item& item, int16_t at) {
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

void Writer::add_note(const Item& item, int16_t at) {
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
PlaneStats Writer::stats_of(const Image& image) const {
  for (const auto& [samples, found] : plane_stats_) {
    if (samples == image.bytes.get().data()) return found;
  }
  return plane_stats(image.bytes.get());
}

Result<void> Writer::sync_when_due(int64_t written_us) {
  if (options_.sync_every.count() == 0) return {};
  if (!synced_us_) synced_us_ = written_us;
  if (Nanos(Micros(written_us - *synced_us_)) < options_.sync_every) return {};
  synced_us_ = written_us;
  return segment_->sync();
}

Result<void> Writer::finish() {
  if (finished_) return Error{Errc::bad_state, "the recording is finished already"};
  if (!failed_ && newest_us_) (void)write_due(*newest_us_, true);
  finished_ = true;
  items_.clear();
  imu_.clear();
  const double duration_us = static_cast<double>(newest_us_.value_or(offset_us_) - offset_us_);
  Result<void> closed = segment_->finish(duration_us);
  if (failed_) return error_;
  return closed;
}

Result<void> Writer::remember(Result<void> result) {
  if (!result) {
    failed_ = true;
    error_ = result.error();
  }
  return result;
}

}  // namespace

Result<std::unique_ptr<TrackWriter>> create_tracks_on(std::unique_ptr<mkv::ByteSink> sink,
                                                      const RecordingHeader& header,
                                                      const RecordingWriterOptions& options) {
  auto head = encode_recording_head(header, options.side_track);
  if (!head) return head.error();
  if (options.block_times == BlockTimes::absolute) {
    head->head.tags.push_back({std::string(kStartOffsetTag), "0", mkv::TagTarget::none, 0});
  }
  if (!options.muxing_app.empty()) head->head.info.muxing_app = options.muxing_app;
  auto segment = mkv::SegmentWriter::start(std::move(sink), head->head);
  if (!segment) return segment.error();
  return std::unique_ptr<TrackWriter>(
      std::make_unique<Writer>(std::move(*segment), std::move(*head), header, options));
}

Result<std::unique_ptr<RecordingWriter>> create_recording_on(
    std::unique_ptr<mkv::ByteSink> sink, const RecordingHeader& header,
    const RecordingWriterOptions& options) {
  auto writer = create_tracks_on(std::move(sink), header, options);
  if (!writer) return writer.error();
  return std::unique_ptr<RecordingWriter>(std::move(*writer));
}

Result<std::unique_ptr<RecordingWriter>> RecordingWriter::create(
    const std::filesystem::path& path, const RecordingHeader& header,
    const RecordingWriterOptions& options) {
  // Before the file is created, so that a wrong header leaves none behind.
  if (auto head = encode_recording_head(header, options.side_track); !head) {
    return Error{head.error().code, path.string() + ": " + head.error().message};
  }
  auto sink = mkv::create_file_sink(path, options.existing);
  if (!sink) return sink.error();
  auto writer = create_recording_on(std::move(*sink), header, options);
  if (!writer && options.existing == ExistingFile::refuse) {
    // Part of a head is no recording, and would only stand in the way of the next try.
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
  return writer;
}

}  // namespace lockstep

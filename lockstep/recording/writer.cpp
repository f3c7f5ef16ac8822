// SPDX-License-Identifier: MIT
#include "lockstep/recording/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "lockstep/recording/capture_check.h"
#include "lockstep/recording/image_check.h"
#include "lockstep/recording/side_track.h"
#include "lockstep/recording/streams.h"
#include "lockstep/recording/window_file.h"
#include "lockstep/recording/window_queue.h"

namespace lockstep {
namespace {

/// Clusters lie on this grid of device time, so that the 16-bit times of blocks suffice.
constexpr int64_t kGridUs = 32'000;
/// 3.2 kB of samples: cluster head and samples then always fit into one page of 4 kB.
constexpr size_t kMostImuPerCluster = 80;

class Writer final : public TrackWriter {
 public:
  Writer(std::unique_ptr<mkv::SegmentWriter> segment, const EncodedHead& head,
         const RecordingHeader& header, const RecordingWriterOptions& options)
      : tracks_(head.tracks),
        camera_(header.camera),
        options_(options),
        file_(std::move(segment), head, options) {
    const auto name = [this](std::string_view track, uint64_t number, bool laced) {
      if (number != 0) blocks_.push_back({std::string(track), number, laced});
    };
    name("COLOR", tracks_.color, false);
    name("DEPTH", tracks_.depth, false);
    name("IR", tracks_.ir, false);
    for (size_t i = 0; i < header.custom_tracks.size(); ++i) {
      const CustomTrack& track = header.custom_tracks[i];
      name(track.name, head.custom_tracks[i], !track.is_video && track.high_frequency);
    }
    if (options.background)
      queue_ = std::make_unique<WindowQueue>(file_, options.background, options.disk_too_slow);
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
  [[nodiscard]] RecordingWriterStats stats() const override;

 private:
  Result<void> usable() const;
  Result<void> queue_capture(const Capture& capture);
  Result<void> queue(QueuedItem item);
  Result<void> too_late(int64_t us);
  Result<void> write_due(int64_t newest_us, bool everything);
  [[nodiscard]] std::optional<int64_t> oldest_us() const;
  void cut_window(int64_t end_us);
  int64_t take_imu(int64_t end_us);
  Result<void> write_window(WindowQueue::Push why);
  Result<void> remember(Result<void> result);

  KinectTracks tracks_;
  CameraConfig camera_;
  RecordingWriterOptions options_;
  struct BlockTrack {
    std::string name;
    uint64_t number;
    bool laced;
  };
  std::vector<BlockTrack> blocks_;  // that write_block() takes

  std::deque<QueuedItem> items_;  // ascending in time
  std::deque<ImuSample> imu_;
  std::optional<int64_t> newest_us_;
  int64_t closed_until_us_ = INT64_MIN;  // older data come too late
  int64_t grid_from_us_ = 0;
  Window window_;  // the one being cut; its memory is used again and again

  WindowFile file_;  // the queue's, where there is one
  std::unique_ptr<WindowQueue> queue_;
  RecordingWriterStats stats_;
  Error error_;
  bool failed_ = false;
  bool finished_ = false;
};

RecordingWriterStats Writer::stats() const {
  RecordingWriterStats stats = stats_;
  const WindowQueue::Progress progress =
      queue_ ? queue_->progress() : WindowQueue::Progress{file_.bytes(), file_.written_until_us()};
  stats.bytes = progress.bytes;
  // No image has a stamp before 0.
  stats.written_until = DeviceTime(Micros(std::max<int64_t>(progress.written_until_us, 0)));
  return stats;
}

Result<void> Writer::usable() const {
  if (failed_) return error_;
  if (finished_) return Error{Errc::bad_state, "the recording is finished: nothing can be added"};
  return {};
}

Result<void> Writer::write(const Capture& capture) {
  if (auto ok = usable(); !ok) return ok;
  if (auto ok = check_capture(capture, camera_, tracks_, options_.any_image_size); !ok) return ok;
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
    QueuedItem item;
    item.time_us = image->stamp.us();
    item.track = track;
    item.image = *owned;
    if (auto in_queue = queue(std::move(item)); !in_queue) in_time = in_queue;
    return owned;
  };
  queued(capture.color, tracks_.color);
  QueuedItem item;
  item.depth = queued(capture.depth, tracks_.depth);
  item.ir = queued(capture.ir, tracks_.ir);
  if (tracks_.notes == 0) return in_time;
  item.time_us = capture.stamp().us();
  item.track = tracks_.notes;
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
                           us, closed_until_us_)};
}

/// Keeps the queue in order of time; what is older than the file is refused.
Result<void> Writer::queue(QueuedItem item) {
  newest_us_ = std::max(newest_us_.value_or(item.time_us), item.time_us);
  if (item.time_us < closed_until_us_) return too_late(item.time_us);
  auto at = items_.end();
  while (at != items_.begin() && std::prev(at)->time_us > item.time_us) --at;
  items_.insert(at, std::move(item));
  return {};
}

Result<void> Writer::write_imu(const ImuSample& sample) {
  if (auto ok = usable(); !ok) return ok;
  if (tracks_.imu == 0) {
    return Error{Errc::invalid_argument, "the recording has no IMU track: create it with has_imu"};
  }
  const int64_t us = sample.acceleration_stamp.us();
  if (us < 0 || us > kLatestUs) {
    return Error{Errc::invalid_argument,
                 fmt::format("an IMU sample has the device time {} us, which no clock shows", us)};
  }
  newest_us_ = std::max(newest_us_.value_or(us), us);
  if (us < closed_until_us_) return too_late(us);
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
  QueuedItem item;
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
  if (queue_) {
    if (auto written = queue_->wait(); !written) return remember(std::move(written));
  }
  closed_until_us_ = grid_from_us_ = *newest_us_ + 1;
  return remember(file_.checkpoint(*newest_us_));
}

std::optional<int64_t> Writer::oldest_us() const {
  if (items_.empty() && imu_.empty()) return std::nullopt;
  if (items_.empty()) return imu_.front().acceleration_stamp.us();
  if (imu_.empty()) return items_.front().time_us;
  return std::min(items_.front().time_us, imu_.front().acceleration_stamp.us());
}

/// Writes every cluster for which nothing can come any more.
Result<void> Writer::write_due(int64_t newest_us, bool everything) {
  const int64_t reorder_us = std::chrono::ceil<Micros>(options_.reorder_window).count();
  const auto why = everything ? WindowQueue::Push::flushed : WindowQueue::Push::due;
  while (const auto oldest = oldest_us()) {
    const int64_t grid_end = grid_from_us_ + ((*oldest - grid_from_us_) / kGridUs + 1) * kGridUs;
    if (!everything && newest_us - reorder_us < grid_end) break;
    cut_window(grid_end);
    if (auto written = write_window(why); !written) return remember(std::move(written));
  }
  return {};
}

/// Moves what is older than `end_us` out of the queues into window_.
void Writer::cut_window(int64_t end_us) {
  window_.imu.clear();
  window_.items.clear();
  window_.first_us = *oldest_us();
  window_.end_us = take_imu(end_us);
  while (!items_.empty() && items_.front().time_us < window_.end_us) {
    window_.items.push_back(std::move(items_.front()));
    items_.pop_front();
  }
  closed_until_us_ = window_.end_us;
}

/// Moves the samples of the window out of the queue; returns where it has to end instead of at
/// `end_us` when there are too many.
int64_t Writer::take_imu(int64_t end_us) {
  while (!imu_.empty() && imu_.front().acceleration_stamp.us() < end_us) {
    const int64_t us = imu_.front().acceleration_stamp.us();
    if (window_.imu.size() == kMostImuPerCluster) {
      // Samples of one microsecond may stay together or not; the next cluster takes the rest.
      return us;
    }
    window_.imu.push_back(imu_.front());
    imu_.pop_front();
  }
  return end_us;
}

Result<void> Writer::write_window(WindowQueue::Push why) {
  if (!queue_) return file_.write(window_);
  return queue_->push(std::exchange(window_, {}), why);
}

Result<void> Writer::finish() {
  if (finished_) return Error{Errc::bad_state, "the recording is finished already"};
  if (!failed_ && newest_us_) (void)write_due(*newest_us_, true);
  finished_ = true;
  if (queue_) (void)remember(queue_->wait());
  queue_.reset();
  items_.clear();
  imu_.clear();
  Result<void> closed = file_.finish(newest_us_);
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
      std::make_unique<Writer>(std::move(*segment), *head, header, options));
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

// SPDX-License-Identifier: MIT
#include "lockstep/session/camera_recorder.h"

#include <algorithm>
#include <utility>

#include "lockstep/take/manifest.h"

namespace lockstep {
namespace {

/// The date of a Matroska file counts from 2001-01-01T00:00:00Z.
int64_t matroska_date_ns(std::chrono::system_clock::time_point time) {
  constexpr auto kMatroskaEpoch = std::chrono::sys_days{std::chrono::year{2001} / 1 / 1};
  return std::chrono::duration_cast<Nanos>(time - kMatroskaEpoch).count();
}

/// True where the file takes nothing more; other errors speak of one capture or sample.
bool ends_the_file(Errc code) {
  return code == Errc::io || code == Errc::no_space || code == Errc::bad_state;
}

DeviceTime newest_of(const Capture& capture) {
  DeviceTime newest = capture.stamp();
  for (const std::optional<Image>* image : {&capture.color, &capture.depth, &capture.ir}) {
    if (*image) newest = std::max(newest, (*image)->stamp);
  }
  return newest;
}

}  // namespace

CameraRecorder::CameraRecorder(std::filesystem::path folder, std::string camera,
                               RecordingHeader header, Options options)
    : folder_(std::move(folder)),
      camera_(std::move(camera)),
      header_(std::move(header)),
      options_(std::move(options)),
      queue_(options_.queue_bytes, OverflowPolicy::drop_newest) {}

CameraRecorder::~CameraRecorder() {
  close();
  if (thread_.joinable()) thread_.join();
}

void CameraRecorder::leave_behind(std::unique_ptr<CameraRecorder> recorder) {
  recorder->close();
  if (!recorder->thread_.joinable()) return;
  recorder->thread_.detach();
  CameraRecorder* const left = recorder.release();
  if (left->left_.exchange(true)) delete left;
}

Result<void> CameraRecorder::open() {
  if (auto opened = open_part(); !opened) {
    note(opened);
    return opened;
  }
  if (options_.threaded) thread_ = std::thread([this] { run(); });
  return {};
}

bool CameraRecorder::write(CapturePtr capture, int64_t tick) {
  const uint64_t bytes = capture->byte_count();
  if (options_.threaded) return queue_.push(Numbered{std::move(capture), tick}, bytes);
  handle(Numbered{std::move(capture), tick});
  return true;
}

void CameraRecorder::write_imu(std::vector<ImuSample> samples) {
  if (options_.threaded) {
    const uint64_t count = samples.size();
    if (!queue_.push(std::move(samples), count * sizeof(ImuSample))) imu_dropped_ += count;
  } else {
    handle(std::move(samples));
  }
}

void CameraRecorder::begin_part() {
  if (options_.threaded) {
    queue_.push(NextPart{}, 0);  // costs nothing, so it is never dropped
  } else {
    handle(NextPart{});
  }
}

void CameraRecorder::close() {
  queue_.close();
  if (thread_.joinable()) return;
  finish_part();
  finished_ = true;
}

void CameraRecorder::run() {
  while (auto item = queue_.pop()) handle(*item);
  finish_part();
  finished_ = true;
  if (left_.exchange(true)) delete this;
}

void CameraRecorder::handle(const Item& item) {
  if (std::holds_alternative<NextPart>(item)) {
    if (failed_) return;
    finish_part();
    ++part_;
    note(open_part());
    return;
  }
  if (const auto* capture = std::get_if<Numbered>(&item)) {
    write_capture(*capture);
    return;
  }
  for (const ImuSample& sample : std::get<std::vector<ImuSample>>(item)) {
    if (failed_ || !writer_) return;
    const auto written = writer_->write_imu(sample);
    if (written || ends_the_file(written.error().code)) {
      note(written);
    } else {
      ++imu_dropped_;
    }
  }
}

void CameraRecorder::write_capture(const Numbered& item) {
  if (failed_ || !writer_) {
    lose(item.tick);
    return;
  }
  const RecordingWriterStats before = writer_->stats();
  const auto written = writer_->write(*item.capture);
  if (!written && !ends_the_file(written.error().code)) {
    refuse(item.tick, written.error().message);
    return;
  }
  note(written);
  if (!written) {
    lose(item.tick);
    // The writer may have counted it before the disk refused its cluster.
    counted_in_vain_ += writer_->stats().captures - before.captures;
    return;
  }
  if (writer_->stats().late_items > before.late_items) {
    ++counted_in_vain_;
    refuse(item.tick, "it came after younger ones were in the file already");
  } else {
    pending_.push_back({item.tick, newest_of(*item.capture)});
  }
  forget_written();
  publish(item.tick + 1);
}

void CameraRecorder::publish(int64_t next_tick) {
  RecordingWriterStats sure = writer_->stats();
  sure.captures -= std::min<uint64_t>(sure.captures, counted_in_vain_ + pending_.size());
  const MutexLock lock(mutex_);
  open_part_stats_ = sure;
  unsure_from_ = pending_.empty() ? next_tick : pending_.front().tick;
}

void CameraRecorder::forget_written() {
  const auto until = writer_->stats().written_until;
  if (!until) pending_.clear();
  while (!pending_.empty() && pending_.front().newest < *until) pending_.pop_front();
}

void CameraRecorder::refuse(int64_t tick, std::string why) {
  const MutexLock lock(mutex_);
  refused_.push_back({tick, std::move(why)});
}

void CameraRecorder::lose(int64_t tick) {
  const MutexLock lock(mutex_);
  lost_from_ = std::min(lost_from_.value_or(tick), tick);
}

Result<void> CameraRecorder::open_part() {
  const std::filesystem::path path = folder_ / part_file_name(camera_, part_);
  RecordingHeader header = header_;
  if (options_.wall_clock) header.date_utc_ns = matroska_date_ns(options_.wall_clock());
  auto made = options_.make_writer ? options_.make_writer(path, header, options_.file)
                                   : RecordingWriter::create(path, header, options_.file);
  if (!made) return std::move(made).error();
  writer_ = *std::move(made);
  ++parts_opened_;
  return {};
}

void CameraRecorder::finish_part() {
  if (!writer_) return;
  // Even after a failure: what is on disk is closed as well as the disk allows.
  note(writer_->finish());
  const RecordingWriterStats part = writer_->stats();
  forget_written();
  if (!failed_) pending_.clear();
  if (!pending_.empty()) lose(pending_.front().tick);
  writer_.reset();
  const uint64_t missing = counted_in_vain_ + pending_.size();
  counted_in_vain_ = 0;
  pending_.clear();
  const MutexLock lock(mutex_);
  open_part_stats_ = {};
  unsure_from_.reset();
  stats_.captures += part.captures - std::min(part.captures, missing);
  stats_.imu_samples += part.imu_samples;
  stats_.late_items += part.late_items;
  stats_.bytes += part.bytes;
}

void CameraRecorder::note(const Result<void>& result) {
  if (result || failed_) return;
  const MutexLock lock(mutex_);
  failure_ = result.error();
  failed_ = true;
}

std::optional<Error> CameraRecorder::failure() const {
  const MutexLock lock(mutex_);
  return failure_;
}

std::vector<CameraRecorder::Refused> CameraRecorder::take_refused() {
  const MutexLock lock(mutex_);
  return std::exchange(refused_, {});
}

std::optional<int64_t> CameraRecorder::lost_from_tick() const {
  const MutexLock lock(mutex_);
  return lost_from_ ? lost_from_ : unsure_from_;
}

RecordingWriterStats CameraRecorder::stats() const {
  const MutexLock lock(mutex_);
  RecordingWriterStats all = stats_;
  all.captures += open_part_stats_.captures;
  all.imu_samples += open_part_stats_.imu_samples;
  all.late_items += open_part_stats_.late_items;
  all.bytes += open_part_stats_.bytes;
  return all;
}

}  // namespace lockstep

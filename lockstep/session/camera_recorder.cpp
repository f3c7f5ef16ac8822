// SPDX-License-Identifier: MIT
#include "lockstep/session/camera_recorder.h"

#include <fmt/core.h>

namespace lockstep {
namespace {

/// The date of a Matroska file counts from 2001-01-01T00:00:00Z.
int64_t matroska_date_ns(std::chrono::system_clock::time_point time) {
  constexpr auto kMatroskaEpoch = std::chrono::sys_days{std::chrono::year{2001} / 1 / 1};
  return std::chrono::duration_cast<Nanos>(time - kMatroskaEpoch).count();
}

}  // namespace

std::string part_file_name(const std::string& camera, size_t part) {
  return part == 1 ? camera + ".mkv" : fmt::format("{}.part{}.mkv", camera, part);
}

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

Result<void> CameraRecorder::open() {
  if (auto opened = open_part(); !opened) {
    note(opened);
    return opened;
  }
  if (options_.threaded) thread_ = std::thread([this] { run(); });
  return {};
}

bool CameraRecorder::write(CapturePtr capture) {
  const uint64_t bytes = capture->byte_count();
  if (options_.threaded) return queue_.push(std::move(capture), bytes);
  handle(std::move(capture));
  return true;
}

void CameraRecorder::write_imu(std::vector<ImuSample> samples) {
  if (options_.threaded) {
    const uint64_t bytes = samples.size() * sizeof(ImuSample);
    queue_.push(std::move(samples), bytes);
  } else {
    handle(std::move(samples));
  }
}

void CameraRecorder::begin_part() {
  if (options_.threaded) {
    queue_.push(NextPart{}, 0);
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
}

void CameraRecorder::handle(const Item& item) {
  if (std::holds_alternative<NextPart>(item)) {
    if (failed_) return;
    finish_part();
    ++part_;
    note(open_part());
    return;
  }
  if (failed_ || !writer_) return;
  if (const auto* capture = std::get_if<CapturePtr>(&item)) {
    note(writer_->write(**capture));
    return;
  }
  for (const ImuSample& sample : std::get<std::vector<ImuSample>>(item)) {
    if (!failed_) note(writer_->write_imu(sample));
  }
}

Result<void> CameraRecorder::open_part() {
  const std::filesystem::path path = folder_ / part_file_name(camera_, part_);
  RecordingHeader header = header_;
  if (options_.wall_clock) header.date_utc_ns = matroska_date_ns(options_.wall_clock());
  auto made = options_.make_writer ? options_.make_writer(path, header, options_.file)
                                   : RecordingWriter::create(path, header, options_.file);
  if (!made) return std::move(made).error();
  writer_ = *std::move(made);
  return {};
}

void CameraRecorder::finish_part() {
  if (!writer_) return;
  // Even after a failure: what is on disk is closed as well as the disk allows.
  note(writer_->finish());
  const RecordingWriterStats part = writer_->stats();
  writer_.reset();
  const MutexLock lock(mutex_);
  stats_.captures += part.captures;
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

RecordingWriterStats CameraRecorder::stats() const {
  const MutexLock lock(mutex_);
  return stats_;
}

}  // namespace lockstep

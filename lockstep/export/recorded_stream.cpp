// SPDX-License-Identifier: MIT
#include "lockstep/export/recorded_stream.h"

#include <utility>

namespace lockstep {

RigTime RecordedStream::due() const {
  if (at_end()) return RigTime::max();
  return imu_is_next() ? clock().rig_time(imu_->acceleration_stamp)
                       : clock().rig_time(capture_->stamp());
}

bool RecordedStream::imu_is_next() const {
  return imu_ && (!capture_ || imu_->acceleration_stamp < capture_->stamp());
}

Result<void> RecordedStream::advance() {
  if (!at_end()) {
    auto read = imu_is_next() ? read_imu() : read_capture();
    if (!read || !at_end()) return read;
  }
  while (at_end() && next_part_ < camera_->parts.size()) {
    if (auto opened = open_next_part(); !opened) return opened;
  }
  return {};
}

Result<void> RecordedStream::open_next_part() {
  part_ = next_part_++;
  auto reader = RecordingReader::open(clock().file);
  // Killed before its first frame: there is nothing in it.
  if (!reader && reader.error().code == Errc::truncated) return {};
  if (!reader) return std::move(reader).error();
  reader_ = *std::move(reader);
  if (auto sought = reader_->seek(clock().device_time(from_)); !sought) return sought;
  if (auto read = read_capture(); !read) return read;
  return read_imu();
}

Result<void> RecordedStream::read_capture() {
  capture_.reset();
  auto read = reader_->next_capture();
  if (!read) return std::move(read).error();
  if (*read && clock().rig_time((*read)->stamp()) < to_) capture_ = **std::move(read);
  return {};
}

Result<void> RecordedStream::read_imu() {
  imu_.reset();
  auto read = reader_->next_imu();
  if (!read) return std::move(read).error();
  if (*read && clock().rig_time((*read)->acceleration_stamp) < to_) imu_ = **read;
  return {};
}

}  // namespace lockstep

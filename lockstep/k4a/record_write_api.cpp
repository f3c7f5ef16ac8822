// SPDX-License-Identifier: MIT
// The functions k4a_record_* from the header on.
#include <fmt/format.h>
#include <k4a/k4a.h>
#include <k4arecord/record.h>

#include <algorithm>
#include <vector>

#include "lockstep/k4a/guard.h"
#include "lockstep/k4a/owned.h"
#include "lockstep/k4a/record.h"

using namespace lockstep::k4a;  // NOLINT(google-build-using-namespace)

namespace {

using lockstep::DeviceTime;
using lockstep::Micros;

/// Beyond every clock of a camera, and what the writer refuses.
constexpr uint64_t kNoTimeUs = uint64_t{1} << 53;

DeviceTime stamp_of(uint64_t us) {
  return DeviceTime(Micros(static_cast<int64_t>(std::min(us, kNoTimeUs + 1))));
}

lockstep::ImageBytes copy_of(const uint8_t* data, size_t size) {
  const auto* const bytes = reinterpret_cast<const std::byte*>(data);
  auto copy = std::make_shared<std::vector<std::byte>>(bytes, bytes + size);
  const std::span<const std::byte> view(*copy);
  return {std::move(copy), view};
}

/// The recording behind a handle whose header is written; null, and a line in the log, otherwise.
std::shared_ptr<Record> find_begun(k4a_record_t handle, const char* function) {
  auto record = RecordTable::instance().find(handle);
  if (!record) {
    refuse(function, "The recording handle is not valid");
    return nullptr;
  }
  const std::lock_guard lock(record->mutex);
  if (record->writer) return record;
  refuse(function, "The header is not written yet");
  return nullptr;
}

k4a_result_t write_image(Record& record, const char* track, k4a_image_format_t format,
                         const OwnedImage& image) {
  static constexpr const char* kName = "k4a_record_write_capture";
  if (image == nullptr) return K4A_RESULT_SUCCEEDED;
  const uint8_t* const data = k4a_image_get_buffer(image.get());
  const size_t size = k4a_image_get_size(image.get());
  if (data == nullptr || size == 0) return K4A_RESULT_SUCCEEDED;
  if (k4a_image_get_format(image.get()) != format)
    return refuse(kName, fmt::format("The {} image has another format than was said", track));
  const auto bytes = copy_of(data, size);
  const DeviceTime stamp = stamp_of(k4a_image_get_device_timestamp_usec(image.get()));
  const std::lock_guard lock(record.mutex);
  return answer(kName, record.writer->write_block(track, stamp, bytes));
}

}  // namespace

k4a_result_t k4a_record_write_capture(k4a_record_t recording_handle, k4a_capture_t capture_handle) {
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto record = find_begun(recording_handle, "k4a_record_write_capture");
    if (!record) return K4A_RESULT_FAILED;
    if (capture_handle == nullptr) return K4A_RESULT_SUCCEEDED;
    const k4a_result_t written[] = {
        write_image(*record, "COLOR", record->color_format,
                    OwnedImage(k4a_capture_get_color_image(capture_handle))),
        write_image(*record, "DEPTH", K4A_IMAGE_FORMAT_DEPTH16,
                    OwnedImage(k4a_capture_get_depth_image(capture_handle))),
        write_image(*record, "IR", K4A_IMAGE_FORMAT_IR16,
                    OwnedImage(k4a_capture_get_ir_image(capture_handle)))};
    return *std::max_element(std::begin(written), std::end(written));
  });
}

k4a_result_t k4a_record_write_imu_sample(k4a_record_t recording_handle,
                                         k4a_imu_sample_t imu_sample) {
  static constexpr const char* kName = "k4a_record_write_imu_sample";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto record = find_begun(recording_handle, kName);
    if (!record) return K4A_RESULT_FAILED;
    lockstep::ImuSample sample;
    sample.acceleration_stamp = stamp_of(imu_sample.acc_timestamp_usec);
    sample.angular_rate_stamp = stamp_of(imu_sample.gyro_timestamp_usec);
    std::copy_n(imu_sample.acc_sample.v, 3, sample.acceleration_mps2);
    std::copy_n(imu_sample.gyro_sample.v, 3, sample.angular_rate_radps);
    const std::lock_guard lock(record->mutex);
    return answer(kName, record->writer->write_imu(sample));
  });
}

k4a_result_t k4a_record_write_custom_track_data(const k4a_record_t recording_handle,
                                                const char* track_name,
                                                uint64_t device_timestamp_usec,
                                                uint8_t* custom_data, size_t custom_data_size) {
  static constexpr const char* kName = "k4a_record_write_custom_track_data";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto record = find_begun(recording_handle, kName);
    if (!record) return K4A_RESULT_FAILED;
    if (track_name == nullptr || custom_data == nullptr)
      return refuse(kName, "track_name or custom_data is NULL");
    const auto& tracks = record->header.custom_tracks;
    const bool known = std::any_of(tracks.begin(), tracks.end(),
                                   [&](const auto& track) { return track.name == track_name; });
    if (!known) return refuse(kName, fmt::format("There is no custom track \"{}\"", track_name));
    const auto bytes = copy_of(custom_data, custom_data_size);
    const std::lock_guard lock(record->mutex);
    return answer(kName,
                  record->writer->write_block(track_name, stamp_of(device_timestamp_usec), bytes));
  });
}

k4a_result_t k4a_record_flush(k4a_record_t recording_handle) {
  static constexpr const char* kName = "k4a_record_flush";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto record = find_begun(recording_handle, kName);
    if (!record) return K4A_RESULT_FAILED;
    const std::lock_guard lock(record->mutex);
    return answer(kName, record->writer->flush());
  });
}

void k4a_record_close(k4a_record_t recording_handle) {
  static constexpr const char* kName = "k4a_record_close";
  guarded([&] {
    const auto record = RecordTable::instance().find(recording_handle);
    if (!record || !RecordTable::instance().release(recording_handle)) {
      refuse(kName, "The recording handle is not valid");
      return;
    }
    const std::lock_guard lock(record->mutex);
    if (record->writer) answer(kName, record->writer->finish());
  });
}

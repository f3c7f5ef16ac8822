// SPDX-License-Identifier: MIT
// The C API of record.h as a C++ class that owns its handle (C++11; nothing here is in the
// library).
#ifndef K4A_RECORD_HPP
#define K4A_RECORD_HPP

#include <k4arecord/record.h>
#include <k4a/k4a.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace k4a {

/// A recording that is being written; closed when the object goes. A call that fails throws
/// k4a::error.
class record : public detail::unique_handle<k4a_record_t, k4a_record_close> {
 public:
  /// Takes over a handle.
  record(k4a_record_t handle = nullptr) noexcept : unique_handle(handle) {}
  record(record&&) noexcept = default;
  record& operator=(record&&) noexcept = default;
  record& operator=(std::nullptr_t) noexcept {
    close();
    return *this;
  }

  /// Makes the file. A device that is not valid makes one without factory calibration, for custom
  /// tracks and captures from elsewhere.
  static record create(const char* path, const device& device,
                       const k4a_device_configuration_t& device_configuration) {
    k4a_record_t handle = nullptr;
    detail::require(k4a_record_create(path, device.handle(), device_configuration, &handle),
                    "k4a_record_create");
    return record(handle);
  }

  /// Writes what waits and closes the file.
  void close() noexcept { release(); }

  /// Writes what waits. What comes later must be later.
  void flush() { detail::require(k4a_record_flush(handle_), "k4a_record_flush"); }

  // Before the header.
  void add_tag(const char* name, const char* value) {
    detail::require(k4a_record_add_tag(handle_, name, value), "k4a_record_add_tag");
  }
  void add_imu_track() {
    detail::require(k4a_record_add_imu_track(handle_), "k4a_record_add_imu_track");
  }
  void add_attachment(const char* attachment_name, const std::uint8_t* buffer,
                      std::size_t buffer_size) {
    detail::require(k4a_record_add_attachment(handle_, attachment_name, buffer, buffer_size),
                    "k4a_record_add_attachment");
  }
  void add_custom_video_track(const char* track_name, const char* codec_id,
                              const std::uint8_t* codec_context, std::size_t codec_context_size,
                              const k4a_record_video_settings_t* track_settings) {
    detail::require(k4a_record_add_custom_video_track(handle_, track_name, codec_id, codec_context,
                                                      codec_context_size, track_settings),
                    "k4a_record_add_custom_video_track");
  }
  void add_custom_subtitle_track(const char* track_name, const char* codec_id,
                                 const std::uint8_t* codec_context, std::size_t codec_context_size,
                                 const k4a_record_subtitle_settings_t* track_settings) {
    detail::require(
        k4a_record_add_custom_subtitle_track(handle_, track_name, codec_id, codec_context,
                                             codec_context_size, track_settings),
        "k4a_record_add_custom_subtitle_track");
  }

  /// Ends the set-up.
  void write_header() {
    detail::require(k4a_record_write_header(handle_), "k4a_record_write_header");
  }

  // After the header.
  void write_capture(const capture& capture) {
    detail::require(k4a_record_write_capture(handle_, capture.handle()),
                    "k4a_record_write_capture");
  }
  void write_imu_sample(const k4a_imu_sample_t& imu_sample) {
    detail::require(k4a_record_write_imu_sample(handle_, imu_sample),
                    "k4a_record_write_imu_sample");
  }
  void write_custom_track_data(const char* track_name, std::chrono::microseconds device_timestamp,
                               std::uint8_t* custom_data, std::size_t custom_data_size) {
    detail::require(k4a_record_write_custom_track_data(
                        handle_, track_name, static_cast<std::uint64_t>(device_timestamp.count()),
                        custom_data, custom_data_size),
                    "k4a_record_write_custom_track_data");
  }
};

}  // namespace k4a

#endif

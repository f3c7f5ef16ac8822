// SPDX-License-Identifier: MIT
// The C API of playback.h as C++ classes that own their handles (C++11; nothing here is in the
// library).
#ifndef K4A_PLAYBACK_HPP
#define K4A_PLAYBACK_HPP

#include <k4arecord/playback.h>
#include <k4a/k4a.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace k4a {

/// One datum of a custom track.
class data_block
    : public detail::unique_handle<k4a_playback_data_block_t, k4a_playback_data_block_release> {
 public:
  /// Takes over a handle.
  data_block(k4a_playback_data_block_t handle = nullptr) noexcept : unique_handle(handle) {}
  data_block(data_block&&) noexcept = default;
  data_block& operator=(data_block&&) noexcept = default;
  data_block& operator=(std::nullptr_t) noexcept {
    reset();
    return *this;
  }

  /// Frees the datum.
  void reset() noexcept { release(); }

  /// Its stamp of the device clock.
  std::chrono::microseconds get_device_timestamp_usec() const noexcept {
    return std::chrono::microseconds(k4a_playback_data_block_get_device_timestamp_usec(handle_));
  }
  std::size_t get_buffer_size() const noexcept {
    return k4a_playback_data_block_get_buffer_size(handle_);
  }
  const std::uint8_t* get_buffer() const noexcept {
    return k4a_playback_data_block_get_buffer(handle_);
  }
};

/// A recording that is being read; closed when the object goes. Belongs to one thread at a time. A
/// call that fails throws k4a::error.
class playback : public detail::unique_handle<k4a_playback_t, k4a_playback_close> {
 public:
  /// Takes over a handle.
  playback(k4a_playback_t handle = nullptr) noexcept : unique_handle(handle) {}
  playback(playback&&) noexcept = default;
  playback& operator=(playback&&) noexcept = default;
  playback& operator=(std::nullptr_t) noexcept {
    close();
    return *this;
  }

  static playback open(const char* path) {
    k4a_playback_t handle = nullptr;
    detail::require(k4a_playback_open(path, &handle), "k4a_playback_open");
    return playback(handle);
  }

  void close() noexcept { release(); }

  /// The JSON text of the factory calibration, with its NUL.
  std::vector<std::uint8_t> get_raw_calibration() const {
    std::vector<std::uint8_t> text;
    const k4a_buffer_result_t result =
        detail::read_all(text, [this](std::uint8_t* buffer, std::size_t* size) {
          return k4a_playback_get_raw_calibration(handle_, buffer, size);
        });
    if (result != K4A_BUFFER_RESULT_SUCCEEDED) {
      throw error("k4a_playback_get_raw_calibration failed.");
    }
    return text;
  }

  /// The calibration in the modes of the recording.
  calibration get_calibration() const {
    calibration result;
    detail::require(k4a_playback_get_calibration(handle_, &result), "k4a_playback_get_calibration");
    return result;
  }

  k4a_record_configuration_t get_record_configuration() const {
    k4a_record_configuration_t configuration;
    detail::require(k4a_playback_get_record_configuration(handle_, &configuration),
                    "k4a_playback_get_record_configuration");
    return configuration;
  }

  /// False at the end of the recording, which leaves the argument as it was.
  bool get_next_capture(capture* cap) { return read(cap, k4a_playback_get_next_capture); }
  /// False at its beginning.
  bool get_previous_capture(capture* cap) { return read(cap, k4a_playback_get_previous_capture); }

  bool get_next_imu_sample(k4a_imu_sample_t* sample) {
    return came(k4a_playback_get_next_imu_sample(handle_, sample),
                "k4a_playback_get_next_imu_sample");
  }
  bool get_previous_imu_sample(k4a_imu_sample_t* sample) {
    return came(k4a_playback_get_previous_imu_sample(handle_, sample),
                "k4a_playback_get_previous_imu_sample");
  }

  bool get_next_data_block(const char* track, data_block* block) {
    return read(track, block, k4a_playback_get_next_data_block);
  }
  bool get_previous_data_block(const char* track, data_block* block) {
    return read(track, block, k4a_playback_get_previous_data_block);
  }

  /// False when there is no such tag.
  bool get_tag(const char* name, std::string* value) const {
    std::string text;
    const k4a_buffer_result_t result =
        detail::read_all(text, [this, name](char* buffer, std::size_t* size) {
          return k4a_playback_get_tag(handle_, name, buffer, size);
        });
    if (result != K4A_BUFFER_RESULT_SUCCEEDED) return false;
    if (!text.empty()) text.pop_back();  // the NUL, which the size counts
    *value = text;
    return true;
  }

  /// False when there is no such attachment.
  bool get_attachment(const char* attachment, std::vector<std::uint8_t>* data) const {
    std::vector<std::uint8_t> bytes;
    const k4a_buffer_result_t result =
        detail::read_all(bytes, [this, attachment](std::uint8_t* buffer, std::size_t* size) {
          return k4a_playback_get_attachment(handle_, attachment, buffer, size);
        });
    if (result != K4A_BUFFER_RESULT_SUCCEEDED) return false;
    *data = bytes;
    return true;
  }

  /// Beyond an end is the end.
  void seek_timestamp(std::chrono::microseconds offset, k4a_playback_seek_origin_t origin) {
    detail::require(k4a_playback_seek_timestamp(handle_, offset.count(), origin),
                    "k4a_playback_seek_timestamp");
  }

  std::chrono::microseconds get_recording_length() const noexcept {
    return std::chrono::microseconds(k4a_playback_get_recording_length_usec(handle_));
  }

  /// The format in which colour images come from now on.
  void set_color_conversion(k4a_image_format_t format) {
    detail::require(k4a_playback_set_color_conversion(handle_, format),
                    "k4a_playback_set_color_conversion");
  }

 private:
  static bool came(k4a_stream_result_t result, const char* function) {
    if (result == K4A_STREAM_RESULT_FAILED) throw error(std::string(function) + " failed.");
    return result == K4A_STREAM_RESULT_SUCCEEDED;
  }
  bool read(capture* cap, k4a_stream_result_t (*function)(k4a_playback_t, k4a_capture_t*)) {
    k4a_capture_t handle = nullptr;
    if (!came(function(handle_, &handle), "Reading a capture")) return false;
    *cap = capture(handle);
    return true;
  }
  bool read(const char* track, data_block* block,
            k4a_stream_result_t (*function)(k4a_playback_t, const char*,
                                            k4a_playback_data_block_t*)) {
    k4a_playback_data_block_t handle = nullptr;
    if (!came(function(handle_, track, &handle), "Reading a data block")) return false;
    *block = data_block(handle);
    return true;
  }
};

}  // namespace k4a

#endif

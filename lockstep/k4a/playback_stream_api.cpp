// SPDX-License-Identifier: MIT
// The functions k4a_playback_* that read a file on and back.
#include <fmt/format.h>
#include <k4a/k4a.h>
#include <k4arecord/playback.h>

#include <algorithm>
#include <limits>

#include "lockstep/codec/color_convert.h"
#include "lockstep/k4a/guard.h"
#include "lockstep/k4a/modes.h"
#include "lockstep/k4a/owned.h"
#include "lockstep/k4a/playback.h"

using namespace lockstep::k4a;  // NOLINT(google-build-using-namespace)

namespace {

using lockstep::Direction;
using lockstep::Result;

/// In microseconds; nanoseconds of it do not overflow, and no recording lasts longer.
constexpr int64_t kFarthestUs = lockstep::kLatestNs / 1000;

/// The image in another format than that of the file.
Result<lockstep::Image> converted(const lockstep::Image& image, lockstep::ColorFormat asked) {
  if (image.format == lockstep::PixelFormat::bgra32)
    return lockstep::Error{lockstep::Errc::unsupported, "BGRA32 is not converted to anything"};
  return lockstep::convert_color(image, lockstep::pixel_format(asked));
}

/// An image of the API that holds the bytes of ours; null when libk4a has none.
OwnedImage api_image(const lockstep::Image& image) {
  auto owner = std::make_unique<lockstep::ImageBytes>(image.bytes);
  const auto bytes = owner->get();
  k4a_image_t handle = nullptr;
  // Nobody else holds these bytes, so that the program may write to them.
  auto* const data = reinterpret_cast<uint8_t*>(const_cast<std::byte*>(bytes.data()));
  const k4a_result_t made = k4a_image_create_from_buffer(
      to_c(image.format), image.width_px, image.height_px, image.stride_bytes, data, bytes.size(),
      [](void*, void* context) { delete static_cast<lockstep::ImageBytes*>(context); }, owner.get(),
      &handle);
  if (made != K4A_RESULT_SUCCEEDED) return nullptr;
  owner.release();
  k4a_image_set_device_timestamp_usec(handle, static_cast<uint64_t>(image.stamp.us()));
  return OwnedImage(handle);
}

bool put_image(k4a_capture_t capture, const std::optional<lockstep::Image>& image,
               void (*set)(k4a_capture_t, k4a_image_t)) {
  if (!image) return true;
  const OwnedImage made = api_image(*image);
  if (made == nullptr) return false;
  set(capture, made.get());
  return true;
}

k4a_stream_result_t get_capture(k4a_playback_t handle, k4a_capture_t* out, Direction direction,
                                const char* function) {
  return guarded(K4A_STREAM_RESULT_FAILED, [&] {
    const auto playback = find_playback(handle, function);
    if (!playback) return K4A_STREAM_RESULT_FAILED;
    if (out == nullptr) return refuse<k4a_stream_result_t>(function, "capture_handle is NULL");
    *out = nullptr;
    auto next = playback->reader->next_capture(direction);
    if (!next) return refuse<k4a_stream_result_t>(function, next.error().message);
    if (!*next) return K4A_STREAM_RESULT_EOF;
    const lockstep::Capture& capture = **next;
    k4a_capture_t empty = nullptr;
    if (k4a_capture_create(&empty) != K4A_RESULT_SUCCEEDED)
      return refuse<k4a_stream_result_t>(function, "There is no capture to be had");
    OwnedCapture made(empty);
    if (!put_image(empty, capture.color, k4a_capture_set_color_image) ||
        !put_image(empty, capture.depth, k4a_capture_set_depth_image) ||
        !put_image(empty, capture.ir, k4a_capture_set_ir_image))
      return refuse<k4a_stream_result_t>(function, "An image of the recording is none of the API");
    *out = made.release();
    return K4A_STREAM_RESULT_SUCCEEDED;
  });
}

k4a_stream_result_t get_imu(k4a_playback_t handle, k4a_imu_sample_t* out, Direction direction,
                            const char* function) {
  return guarded(K4A_STREAM_RESULT_FAILED, [&] {
    const auto playback = find_playback(handle, function);
    if (!playback) return K4A_STREAM_RESULT_FAILED;
    if (out == nullptr) return refuse<k4a_stream_result_t>(function, "imu_sample is NULL");
    const auto next = playback->reader->next_imu(direction);
    if (!next) return refuse<k4a_stream_result_t>(function, next.error().message);
    *out = {};
    if (!*next) return K4A_STREAM_RESULT_EOF;
    const lockstep::ImuSample& sample = **next;
    out->temperature = std::numeric_limits<float>::quiet_NaN();
    std::copy_n(sample.acceleration_mps2, 3, out->acc_sample.v);
    std::copy_n(sample.angular_rate_radps, 3, out->gyro_sample.v);
    out->acc_timestamp_usec = static_cast<uint64_t>(sample.acceleration_stamp.us());
    out->gyro_timestamp_usec = static_cast<uint64_t>(sample.angular_rate_stamp.us());
    return K4A_STREAM_RESULT_SUCCEEDED;
  });
}

k4a_stream_result_t get_block(k4a_playback_t handle, const char* track,
                              k4a_playback_data_block_t* out, Direction direction,
                              const char* function) {
  return guarded(K4A_STREAM_RESULT_FAILED, [&] {
    const auto playback = find_playback(handle, function);
    if (!playback) return K4A_STREAM_RESULT_FAILED;
    if (track == nullptr || out == nullptr)
      return refuse<k4a_stream_result_t>(function, "track_name or data_block_handle is NULL");
    const auto next = playback->reader->next_block(track, direction);
    if (!next) return refuse<k4a_stream_result_t>(function, next.error().message);
    if (!*next) return K4A_STREAM_RESULT_EOF;
    auto block = std::make_shared<DataBlock>();
    block->device_time_us = static_cast<uint64_t>((*next)->stamp.us());
    const auto* const bytes = reinterpret_cast<const uint8_t*>((*next)->bytes.data());
    block->bytes.assign(bytes, bytes + (*next)->bytes.size());
    *out = DataBlockTable::instance().add(std::move(block));
    return K4A_STREAM_RESULT_SUCCEEDED;
  });
}

/// One thing of a data block; `otherwise` for a handle that is none.
template <typename Answer, typename Get>
Answer of_block(k4a_playback_data_block_t handle, const char* function, Answer otherwise,
                Get get_from) {
  return guarded(otherwise, [&]() -> Answer {
    const auto block = DataBlockTable::instance().find(handle);
    if (block) return get_from(*block);
    refuse(function, "The data block handle is not valid");
    return otherwise;
  });
}

}  // namespace

k4a_result_t k4a_playback_set_color_conversion(k4a_playback_t playback_handle,
                                               k4a_image_format_t target_format) {
  static constexpr const char* kName = "k4a_playback_set_color_conversion";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto playback = find_playback(playback_handle, kName);
    if (!playback) return K4A_RESULT_FAILED;
    const lockstep::FileConfig& config = playback->reader->config();
    const bool to_jpeg = target_format == K4A_IMAGE_FORMAT_COLOR_MJPG;
    const bool is_color = target_format >= K4A_IMAGE_FORMAT_COLOR_MJPG &&
                          target_format <= K4A_IMAGE_FORMAT_COLOR_BGRA32;
    const bool is_jpeg = config.camera.color_format == lockstep::ColorFormat::mjpg;
    if (config.color == nullptr || !is_color || (to_jpeg && !is_jpeg)) {
      return refuse(kName, fmt::format("Nothing converts the colour of this recording to format {}",
                                       static_cast<int>(target_format)));
    }
    const auto asked = from_c(target_format);
    if (asked == config.camera.color_format) {
      playback->reader->convert_color({});
    } else {
      playback->reader->convert_color(
          [asked](const lockstep::Image& image) { return converted(image, asked); });
    }
    return K4A_RESULT_SUCCEEDED;
  });
}

k4a_stream_result_t k4a_playback_get_next_capture(k4a_playback_t playback_handle,
                                                  k4a_capture_t* capture_handle) {
  return get_capture(playback_handle, capture_handle, Direction::forward, __func__);
}

k4a_stream_result_t k4a_playback_get_previous_capture(k4a_playback_t playback_handle,
                                                      k4a_capture_t* capture_handle) {
  return get_capture(playback_handle, capture_handle, Direction::backward, __func__);
}

k4a_stream_result_t k4a_playback_get_next_imu_sample(k4a_playback_t playback_handle,
                                                     k4a_imu_sample_t* imu_sample) {
  return get_imu(playback_handle, imu_sample, Direction::forward, __func__);
}

k4a_stream_result_t k4a_playback_get_previous_imu_sample(k4a_playback_t playback_handle,
                                                         k4a_imu_sample_t* imu_sample) {
  return get_imu(playback_handle, imu_sample, Direction::backward, __func__);
}

k4a_stream_result_t k4a_playback_get_next_data_block(k4a_playback_t playback_handle,
                                                     const char* track_name,
                                                     k4a_playback_data_block_t* data_block_handle) {
  return get_block(playback_handle, track_name, data_block_handle, Direction::forward, __func__);
}

k4a_stream_result_t k4a_playback_get_previous_data_block(
    k4a_playback_t playback_handle, const char* track_name,
    k4a_playback_data_block_t* data_block_handle) {
  return get_block(playback_handle, track_name, data_block_handle, Direction::backward, __func__);
}

uint64_t k4a_playback_data_block_get_device_timestamp_usec(
    k4a_playback_data_block_t data_block_handle) {
  return of_block(data_block_handle, __func__, uint64_t{0},
                  [](DataBlock& block) { return block.device_time_us; });
}

size_t k4a_playback_data_block_get_buffer_size(k4a_playback_data_block_t data_block_handle) {
  return of_block(data_block_handle, __func__, size_t{0},
                  [](DataBlock& block) { return block.bytes.size(); });
}

uint8_t* k4a_playback_data_block_get_buffer(k4a_playback_data_block_t data_block_handle) {
  return of_block(
      data_block_handle, __func__, static_cast<uint8_t*>(nullptr),
      [](DataBlock& block) { return block.bytes.empty() ? nullptr : block.bytes.data(); });
}

void k4a_playback_data_block_release(k4a_playback_data_block_t data_block_handle) {
  guarded([&] {
    if (!DataBlockTable::instance().release(data_block_handle))
      refuse("k4a_playback_data_block_release", "The data block handle is not valid");
  });
}

k4a_result_t k4a_playback_seek_timestamp(k4a_playback_t playback_handle, int64_t offset_usec,
                                         k4a_playback_seek_origin_t origin) {
  static constexpr const char* kName = "k4a_playback_seek_timestamp";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto playback = find_playback(playback_handle, kName);
    if (!playback) return K4A_RESULT_FAILED;
    lockstep::TrackReader& reader = *playback->reader;
    int64_t target_ns = std::clamp(offset_usec, -kFarthestUs, kFarthestUs) * 1000;
    switch (origin) {
      case K4A_PLAYBACK_SEEK_BEGIN:
        break;
      case K4A_PLAYBACK_SEEK_DEVICE_TIME:
        target_ns -= reader.config().start_offset_ns;
        break;
      case K4A_PLAYBACK_SEEK_END:
        // The end is behind everything, also behind images that a depth delay moves.
        target_ns = target_ns < 0 ? reader.last_ns() + 1 + target_ns : kFarthestUs * 1000;
        break;
      default:
        return refuse(kName, fmt::format("There is no origin {}", static_cast<int>(origin)));
    }
    reader.seek(std::max<int64_t>(target_ns, 0));
    return K4A_RESULT_SUCCEEDED;
  });
}

uint64_t k4a_playback_get_recording_length_usec(k4a_playback_t playback_handle) {
  return guarded(uint64_t{0}, [&] {
    const auto playback = find_playback(playback_handle, "k4a_playback_get_recording_length_usec");
    return playback ? static_cast<uint64_t>(playback->reader->last_ns() / 1000) : 0;
  });
}

uint64_t k4a_playback_get_last_timestamp_usec(k4a_playback_t playback_handle) {
  return k4a_playback_get_recording_length_usec(playback_handle);
}

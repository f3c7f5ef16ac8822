// SPDX-License-Identifier: MIT
// The functions k4a_record_* up to the header.
#include <fmt/format.h>
#include <k4a/k4a.h>
#include <k4arecord/record.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <thread>

#include "lockstep/k4a/guard.h"
#include "lockstep/k4a/modes.h"
#include "lockstep/k4a/record.h"
#include "lockstep/k4a/record_device.h"
#include "lockstep/recording/streams.h"

using namespace lockstep::k4a;  // NOLINT(google-build-using-namespace)

namespace {

using lockstep::CustomTrack;
using lockstep::RecordingHeader;

/// Later than this much of newer data nothing comes any more.
constexpr lockstep::Nanos kReorderWindow{2'000'001'000};

/// Of names of tags and tracks.
bool is_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

bool is_reserved(std::string_view name) {
  return name == K4A_TRACK_NAME_COLOR || name == K4A_TRACK_NAME_DEPTH ||
         name == K4A_TRACK_NAME_IR || name == K4A_TRACK_NAME_IMU || name == "DEPTH_IR";
}

/// Calls `work(record)` of a recording whose header is not written yet.
template <typename Work>
k4a_result_t set_up(k4a_record_t handle, const char* function, Work work) {
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto record = RecordTable::instance().find(handle);
    if (!record) return refuse(function, "The recording handle is not valid");
    const std::lock_guard lock(record->mutex);
    if (record->writer) return refuse(function, "The header is written already");
    return work(*record);
  });
}

/// Seconds since 2001, in nanoseconds, as Matroska dates things.
int64_t date_utc_ns() {
  using std::chrono::seconds;
  constexpr seconds kFrom1970{978'307'200};
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return lockstep::Nanos(std::chrono::floor<seconds>(now) - kFrom1970).count();
}

/// What a program put into a setting, which may be no value of its type.
template <typename Setting>
int number_in(const Setting& setting) {
  int number = 0;
  static_assert(sizeof setting == sizeof number);
  std::memcpy(&number, &setting, sizeof number);
  return number;
}

/// False where a mode is none that can be recorded.
bool take_config(const k4a_device_configuration_t& config, RecordingHeader& header) {
  const int resolution = number_in(config.color_resolution), depth = number_in(config.depth_mode);
  const int sync = number_in(config.wired_sync_mode), format = number_in(config.color_format);
  const bool color = resolution != K4A_COLOR_RESOLUTION_OFF;
  if (resolution < K4A_COLOR_RESOLUTION_OFF || resolution > K4A_COLOR_RESOLUTION_3072P ||
      depth < K4A_DEPTH_MODE_OFF || depth > K4A_DEPTH_MODE_PASSIVE_IR ||
      sync < K4A_WIRED_SYNC_MODE_STANDALONE || sync > K4A_WIRED_SYNC_MODE_SUBORDINATE ||
      (color && (format < K4A_IMAGE_FORMAT_COLOR_MJPG || format > K4A_IMAGE_FORMAT_COLOR_BGRA32)))
    return false;
  lockstep::CameraConfig& camera = header.camera;
  if (color) camera.color_format = from_c(config.color_format);
  camera.color_resolution = from_c(config.color_resolution);
  camera.depth_mode = from_c(config.depth_mode);
  const int rate = number_in(config.camera_fps);
  const bool has_rate = rate >= K4A_FRAMES_PER_SECOND_5 && rate <= K4A_FRAMES_PER_SECOND_30;
  camera.frame_rate = has_rate ? from_c(config.camera_fps) : lockstep::FrameRate::fps30;
  camera.wired_sync = from_c(config.wired_sync_mode);
  camera.depth_delay_off_color = lockstep::Micros(config.depth_delay_off_color_usec);
  camera.subordinate_delay_off_master = lockstep::Micros(config.subordinate_delay_off_master_usec);
  return true;
}

k4a_result_t add_track(Record& record, const char* function, CustomTrack track,
                       const uint8_t* context, size_t context_size) {
  const auto has_name = [&](const CustomTrack& other) { return other.name == track.name; };
  auto& tracks = record.header.custom_tracks;
  if (!is_name(track.name))
    return refuse(function, "A name of a track has only capital letters, digits, _ and -");
  if (is_reserved(track.name) || std::any_of(tracks.begin(), tracks.end(), has_name))
    return refuse(function, "That name is taken");
  const auto* const bytes = reinterpret_cast<const std::byte*>(context);
  if (bytes != nullptr) track.codec_private.assign(bytes, bytes + context_size);
  tracks.push_back(std::move(track));
  return K4A_RESULT_SUCCEEDED;
}

std::function<void()> start_thread(std::function<void()> work) {
  const auto thread = std::make_shared<std::thread>(std::move(work));
  return [thread] { thread->join(); };
}

void warn_of_slow_disk(lockstep::Nanos behind) {
  LOCKSTEP_K4A_ERROR("The disk is too slow for the recording: {} ms of it wait to be written",
                     (behind + kReorderWindow).count() / 1'000'000);
}

}  // namespace

k4a_result_t k4a_record_create(const char* path, k4a_device_t device,
                               const k4a_device_configuration_t device_config,
                               k4a_record_t* recording_handle) {
  static constexpr const char* kName = "k4a_record_create";
  return guarded(K4A_RESULT_FAILED, [&] {
    if (path == nullptr || recording_handle == nullptr)
      return refuse(kName, "path or recording_handle is NULL");
    *recording_handle = nullptr;
    auto sink = lockstep::mkv::create_file_sink(path, lockstep::ExistingFile::replace);
    if (!sink) return refuse(kName, sink.error().message);
    auto record = std::make_shared<Record>();
    record->sink = std::move(*sink);
    record->header.date_utc_ns = date_utc_ns();
    record->header.writing_app = "k4arecord-" K4A_VERSION_STR;
    if (!take_config(device_config, record->header))
      return refuse(kName, "The configuration has a mode that cannot be recorded");
    if (record->header.camera.color_on()) record->color_format = device_config.color_format;
    if (device != nullptr && !describe_device(device, record->header))
      return refuse(kName, "The device does not tell its version and calibration");
    *recording_handle = RecordTable::instance().add(std::move(record));
    return K4A_RESULT_SUCCEEDED;
  });
}

k4a_result_t k4a_record_add_tag(k4a_record_t recording_handle, const char* name,
                                const char* value) {
  static constexpr const char* kName = "k4a_record_add_tag";
  return set_up(recording_handle, kName, [&](Record& record) {
    if (name == nullptr || value == nullptr) return refuse(kName, "name or value is NULL");
    if (*name == '\0' || !is_name(name)) {
      refuse(kName, "A name of a tag has only capital letters, digits, _ and -: it is left out");
      return K4A_RESULT_SUCCEEDED;
    }
    record.header.extra_tags.emplace_back(name, value);
    return K4A_RESULT_SUCCEEDED;
  });
}

k4a_result_t k4a_record_add_imu_track(k4a_record_t recording_handle) {
  static constexpr const char* kName = "k4a_record_add_imu_track";
  return set_up(recording_handle, kName, [&](Record& record) {
    if (record.header.has_imu) return refuse(kName, "There is a track of the IMU already");
    record.header.has_imu = record.header.camera.imu = true;
    record.header.custom_tracks_before_imu = record.header.custom_tracks.size();
    return K4A_RESULT_SUCCEEDED;
  });
}

k4a_result_t k4a_record_add_attachment(const k4a_record_t recording_handle,
                                       const char* attachment_name, const uint8_t* buffer,
                                       size_t buffer_size) {
  static constexpr const char* kName = "k4a_record_add_attachment";
  return set_up(recording_handle, kName, [&](Record& record) {
    if (attachment_name == nullptr || buffer == nullptr)
      return refuse(kName, "attachment_name or buffer is NULL");
    const auto* const bytes = reinterpret_cast<const std::byte*>(buffer);
    record.header.attachments.push_back({attachment_name, {bytes, bytes + buffer_size}});
    return K4A_RESULT_SUCCEEDED;
  });
}

k4a_result_t k4a_record_add_custom_video_track(const k4a_record_t recording_handle,
                                               const char* track_name, const char* codec_id,
                                               const uint8_t* codec_context,
                                               size_t codec_context_size,
                                               const k4a_record_video_settings_t* track_settings) {
  static constexpr const char* kName = "k4a_record_add_custom_video_track";
  return set_up(recording_handle, kName, [&](Record& record) {
    if (track_name == nullptr || codec_id == nullptr || track_settings == nullptr)
      return refuse(kName, "track_name, codec_id or track_settings is NULL");
    if (track_settings->frame_rate == 0) return refuse(kName, "The frame rate is 0");
    CustomTrack track;
    track.name = track_name;
    track.codec_id = codec_id;
    track.is_video = true;
    track.width_px = track_settings->width;
    track.height_px = track_settings->height;
    track.frame_rate = track_settings->frame_rate;
    return add_track(record, kName, std::move(track), codec_context, codec_context_size);
  });
}

k4a_result_t k4a_record_add_custom_subtitle_track(
    const k4a_record_t recording_handle, const char* track_name, const char* codec_id,
    const uint8_t* codec_context, size_t codec_context_size,
    const k4a_record_subtitle_settings_t* track_settings) {
  static constexpr const char* kName = "k4a_record_add_custom_subtitle_track";
  return set_up(recording_handle, kName, [&](Record& record) {
    if (track_name == nullptr || codec_id == nullptr)
      return refuse(kName, "track_name or codec_id is NULL");
    CustomTrack track;
    track.name = track_name;
    track.codec_id = codec_id;
    track.high_frequency = track_settings != nullptr && track_settings->high_freq_data;
    return add_track(record, kName, std::move(track), codec_context, codec_context_size);
  });
}

k4a_result_t k4a_record_write_header(k4a_record_t recording_handle) {
  static constexpr const char* kName = "k4a_record_write_header";
  return set_up(recording_handle, kName, [&](Record& record) {
    if (!record.sink) return refuse(kName, "The file cannot be written any more");
    lockstep::RecordingWriterOptions options;
    options.block_times = lockstep::BlockTimes::relative;
    options.reorder_window = kReorderWindow;
    options.sync_every = lockstep::Nanos(0);
    options.side_track = false;
    options.refuse_late = true;
    options.background = start_thread;
    options.disk_too_slow = warn_of_slow_disk;
    options.muxing_app = "libmatroska-1.4.9";
    auto writer = lockstep::create_tracks_on(std::move(record.sink), record.header, options);
    if (!writer) return refuse(kName, writer.error().message);
    record.writer = std::move(*writer);
    return K4A_RESULT_SUCCEEDED;
  });
}

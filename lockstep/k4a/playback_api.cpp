// SPDX-License-Identifier: MIT
// The functions k4a_playback_* that open a file and tell what it holds.
#include <fmt/format.h>
#include <k4a/k4a.h>
#include <k4arecord/playback.h>

#include <cstring>
#include <span>
#include <string>

#include "lockstep/k4a/copy_out.h"
#include "lockstep/k4a/guard.h"
#include "lockstep/k4a/modes.h"
#include "lockstep/k4a/playback.h"

using namespace lockstep::k4a;  // NOLINT(google-build-using-namespace)

namespace {

using lockstep::TrackReader;
namespace mkv = lockstep::mkv;

/// `tell(track)` of a track; `otherwise` when the arguments are wrong or there is none.
template <typename Answer, typename Work>
Answer of_track(k4a_playback_t handle, const char* name, const char* function, Answer otherwise,
                Work tell) {
  return guarded(otherwise, [&] {
    const auto playback = find_playback(handle, function);
    if (!playback) return otherwise;
    if (name == nullptr) {
      refuse(function, "track_name is NULL");
      return otherwise;
    }
    const auto& tracks = playback->reader->tracks();
    const auto track = tracks.find(std::string_view(name));
    if (track != tracks.end()) return tell(track->second);
    refuse(function, fmt::format("There is no track \"{}\"", name));
    return otherwise;
  });
}

k4a_record_configuration_t configuration_of(const lockstep::FileConfig& config) {
  const lockstep::CameraConfig& camera = config.camera;
  k4a_record_configuration_t out{};
  out.color_format = config.color != nullptr ? to_c(lockstep::pixel_format(camera.color_format))
                                             : K4A_IMAGE_FORMAT_CUSTOM;
  out.color_resolution = to_c(camera.color_resolution);
  out.depth_mode = to_c(camera.depth_mode);
  out.camera_fps = to_c(camera.frame_rate);
  out.color_track_enabled = config.color != nullptr;
  out.depth_track_enabled = config.depth != nullptr;
  out.ir_track_enabled = config.ir != nullptr;
  out.imu_track_enabled = config.imu != nullptr;
  out.depth_delay_off_color_usec = static_cast<int32_t>(camera.depth_delay_off_color.count());
  out.wired_sync_mode = to_c(camera.wired_sync);
  out.subordinate_delay_off_master_usec =
      static_cast<uint32_t>(camera.subordinate_delay_off_master.count());
  out.start_timestamp_offset_usec = static_cast<uint32_t>(config.start_offset_ns / 1000);
  return out;
}

/// The factory calibration as the API gives it: with a NUL at its end. Empty: there is none.
std::string calibration_text(const TrackReader& reader) {
  const mkv::Attachment* const found = reader.calibration();
  if (found == nullptr) return "";
  std::string text(mkv::as_text(found->data));
  if (text.empty() || text.back() != '\0') text.push_back('\0');
  return text;
}

/// What no program has to be refused for.
void warn_of_what_lacks(const TrackReader& reader, const char* path) {
  const auto warn = [&](std::string_view what) {
    log(K4A_LOG_LEVEL_WARNING, __FILE__, __LINE__, fmt::format("{} {}", path, what));
  };
  const lockstep::FileConfig& config = reader.config();
  if (config.color != nullptr && config.camera.color_resolution == lockstep::ColorResolution::off)
    warn(fmt::format("has colour of {} x {}, which is no mode of a camera: nothing calibrates it",
                     config.color_shape.width_px, config.color_shape.height_px));
  if (reader.calibration() == nullptr) warn("has no calibration: it cannot be asked for");
  if (!reader.has_cues()) warn("has no cues that can be used: seeking in it is slow");
}

}  // namespace

namespace lockstep::k4a {

std::shared_ptr<Playback> find_playback(k4a_playback_t handle, const char* function) {
  auto playback = PlaybackTable::instance().find(handle);
  if (!playback) refuse(function, "The playback handle is not valid");
  return playback;
}

}  // namespace lockstep::k4a

k4a_result_t k4a_playback_open(const char* path, k4a_playback_t* playback_handle) {
  static constexpr const char* kName = "k4a_playback_open";
  if (playback_handle != nullptr) *playback_handle = nullptr;
  return guarded(K4A_RESULT_FAILED, [&] {
    if (path == nullptr || playback_handle == nullptr)
      return refuse(kName, "path or playback_handle is NULL");
    auto reader = TrackReader::open(path);
    if (!reader) return refuse(kName, reader.error().message);
    auto playback = std::make_shared<Playback>();
    playback->reader = std::move(*reader);
    warn_of_what_lacks(*playback->reader, path);
    *playback_handle = PlaybackTable::instance().add(std::move(playback));
    return K4A_RESULT_SUCCEEDED;
  });
}

void k4a_playback_close(k4a_playback_t playback_handle) {
  guarded([&] {
    if (!PlaybackTable::instance().release(playback_handle))
      refuse("k4a_playback_close", "The playback handle is not valid");
  });
}

k4a_buffer_result_t k4a_playback_get_raw_calibration(k4a_playback_t playback_handle, uint8_t* data,
                                                     size_t* data_size) {
  static constexpr const char* kName = "k4a_playback_get_raw_calibration";
  return guarded(K4A_BUFFER_RESULT_FAILED, [&] {
    const auto playback = find_playback(playback_handle, kName);
    if (!playback) return K4A_BUFFER_RESULT_FAILED;
    if (data_size == nullptr) return refuse<k4a_buffer_result_t>(kName, "data_size is NULL");
    const std::string text = calibration_text(*playback->reader);
    if (text.empty()) return refuse<k4a_buffer_result_t>(kName, "The recording has no calibration");
    return copy_out(text, false, data, data_size);
  });
}

k4a_result_t k4a_playback_get_calibration(k4a_playback_t playback_handle,
                                          k4a_calibration_t* calibration) {
  static constexpr const char* kName = "k4a_playback_get_calibration";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto playback = find_playback(playback_handle, kName);
    if (!playback) return K4A_RESULT_FAILED;
    std::string text = calibration_text(*playback->reader);
    if (calibration == nullptr) return refuse(kName, "calibration is NULL");
    if (text.empty()) return refuse(kName, "The recording has no calibration");
    if (!playback->calibration) {
      const auto config = configuration_of(playback->reader->config());
      k4a_calibration_t made;
      if (k4a_calibration_get_from_raw(text.data(), text.size(), config.depth_mode,
                                       config.color_resolution, &made) != K4A_RESULT_SUCCEEDED)
        return refuse(kName, "The calibration of the recording does not fit its modes");
      playback->calibration = made;
    }
    *calibration = *playback->calibration;
    return K4A_RESULT_SUCCEEDED;
  });
}

k4a_result_t k4a_playback_get_record_configuration(k4a_playback_t playback_handle,
                                                   k4a_record_configuration_t* config) {
  static constexpr const char* kName = "k4a_playback_get_record_configuration";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto playback = find_playback(playback_handle, kName);
    if (!playback) return K4A_RESULT_FAILED;
    if (config == nullptr) return refuse(kName, "config is NULL");
    *config = configuration_of(playback->reader->config());
    return K4A_RESULT_SUCCEEDED;
  });
}

// ---- tracks

bool k4a_playback_check_track_exists(k4a_playback_t playback_handle, const char* track_name) {
  return guarded(false, [&] {
    const auto playback = find_playback(playback_handle, "k4a_playback_check_track_exists");
    return playback && track_name != nullptr &&
           playback->reader->tracks().contains(std::string_view(track_name));
  });
}

bool k4a_playback_track_is_builtin(k4a_playback_t playback_handle, const char* track_name) {
  return of_track(playback_handle, track_name, __func__, false,
                  [](const TrackReader::Track& track) { return track.built_in; });
}

size_t k4a_playback_get_track_count(k4a_playback_t playback_handle) {
  return guarded(size_t{0}, [&] {
    const auto playback = find_playback(playback_handle, "k4a_playback_get_track_count");
    return playback ? playback->reader->tracks().size() : 0;
  });
}

k4a_buffer_result_t k4a_playback_get_track_name(k4a_playback_t playback_handle, size_t track_index,
                                                char* track_name, size_t* track_name_size) {
  static constexpr const char* kName = "k4a_playback_get_track_name";
  return guarded(K4A_BUFFER_RESULT_FAILED, [&] {
    const auto playback = find_playback(playback_handle, kName);
    if (!playback) return K4A_BUFFER_RESULT_FAILED;
    if (track_name_size == nullptr)
      return refuse<k4a_buffer_result_t>(kName, "track_name_size is NULL");
    const auto& tracks = playback->reader->tracks();
    if (track_index >= tracks.size())
      return refuse<k4a_buffer_result_t>(kName, "There are fewer tracks");
    const auto track = std::next(tracks.begin(), static_cast<std::ptrdiff_t>(track_index));
    return copy_out(track->first, true, track_name, track_name_size);
  });
}

k4a_result_t k4a_playback_track_get_video_settings(k4a_playback_t playback_handle,
                                                   const char* track_name,
                                                   k4a_record_video_settings_t* video_settings) {
  static constexpr const char* kName = "k4a_playback_track_get_video_settings";
  return of_track(playback_handle, track_name, kName, K4A_RESULT_FAILED,
                  [&](const TrackReader::Track& track) {
                    const mkv::TrackEntry& entry = *track.entry;
                    if (video_settings == nullptr) return refuse(kName, "video_settings is NULL");
                    if (entry.type != mkv::kVideoTrack)
                      return refuse(kName, "The track is no video");
                    const uint64_t period_ns = entry.default_duration_ns;
                    *video_settings = {entry.width_px, entry.height_px,
                                       period_ns == 0 ? 0 : 1'000'000'000 / period_ns};
                    return K4A_RESULT_SUCCEEDED;
                  });
}

k4a_buffer_result_t k4a_playback_track_get_codec_id(k4a_playback_t playback_handle,
                                                    const char* track_name, char* codec_id,
                                                    size_t* codec_id_size) {
  static constexpr const char* kName = "k4a_playback_track_get_codec_id";
  return of_track(playback_handle, track_name, kName, K4A_BUFFER_RESULT_FAILED,
                  [&](const TrackReader::Track& track) {
                    if (codec_id_size == nullptr)
                      return refuse<k4a_buffer_result_t>(kName, "codec_id_size is NULL");
                    return copy_out(track.entry->codec_id, true, codec_id, codec_id_size);
                  });
}

k4a_buffer_result_t k4a_playback_track_get_codec_context(k4a_playback_t playback_handle,
                                                         const char* track_name,
                                                         uint8_t* codec_context,
                                                         size_t* codec_context_size) {
  static constexpr const char* kName = "k4a_playback_track_get_codec_context";
  return of_track(playback_handle, track_name, kName, K4A_BUFFER_RESULT_FAILED,
                  [&](const TrackReader::Track& track) {
                    if (codec_context_size == nullptr)
                      return refuse<k4a_buffer_result_t>(kName, "codec_context_size is NULL");
                    return copy_out(mkv::as_text(track.entry->codec_private), false, codec_context,
                                    codec_context_size);
                  });
}

// ---- tags and attachments

k4a_buffer_result_t k4a_playback_get_tag(k4a_playback_t playback_handle, const char* name,
                                         char* value, size_t* value_size) {
  static constexpr const char* kName = "k4a_playback_get_tag";
  return guarded(K4A_BUFFER_RESULT_FAILED, [&] {
    const auto playback = find_playback(playback_handle, kName);
    if (!playback) return K4A_BUFFER_RESULT_FAILED;
    if (name == nullptr || value_size == nullptr)
      return refuse<k4a_buffer_result_t>(kName, "name or value_size is NULL");
    const mkv::Tag* const tag = playback->reader->find_tag(name);
    if (tag == nullptr) return refuse<k4a_buffer_result_t>(kName, "There is no such tag");
    if (value != nullptr && *value_size > tag->value.size()) std::memset(value, 0, *value_size);
    return copy_out(tag->value, true, value, value_size);
  });
}

k4a_buffer_result_t k4a_playback_get_attachment(k4a_playback_t playback_handle,
                                                const char* file_name, uint8_t* data,
                                                size_t* data_size) {
  static constexpr const char* kName = "k4a_playback_get_attachment";
  return guarded(K4A_BUFFER_RESULT_FAILED, [&] {
    const auto playback = find_playback(playback_handle, kName);
    if (!playback) return K4A_BUFFER_RESULT_FAILED;
    if (file_name == nullptr || data_size == nullptr)
      return refuse<k4a_buffer_result_t>(kName, "file_name or data_size is NULL");
    const mkv::Attachment* const found = playback->reader->find_attachment(file_name);
    if (found == nullptr) return refuse<k4a_buffer_result_t>(kName, "There is no such attachment");
    return copy_out(mkv::as_text(found->data), false, data, data_size);
  });
}

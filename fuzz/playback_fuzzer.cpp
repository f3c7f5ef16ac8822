// SPDX-License-Identifier: MIT
// Links: k4a::k4a k4a::k4arecord
#include <k4a/k4a.h>
#include <k4arecord/playback.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "fuzz/memory_file.h"

// Any bytes as a recording that a program of the C API plays: everything that it can ask, there and
// back, with seeks, in every format.

namespace {

/// Of captures and data each, against recordings of thousands of tiny ones.
constexpr int kMostSteps = 64;

void require(bool holds) {
  if (!holds) std::abort();
}

/// What `get(bytes, size)` gives by the two calls that such functions want.
template <typename Char, typename Get>
std::vector<Char> fill(Get get) {
  size_t size = 0;
  if (get(nullptr, &size) != K4A_BUFFER_RESULT_TOO_SMALL) return {};
  std::vector<Char> bytes(size + 1);
  size_t filled = bytes.size();
  require(get(bytes.data(), &filled) == K4A_BUFFER_RESULT_SUCCEEDED);
  require(filled == size);
  bytes.resize(size);
  return bytes;
}

void ask(k4a_playback_t file) {
  k4a_record_configuration_t config;
  require(k4a_playback_get_record_configuration(file, &config) == K4A_RESULT_SUCCEEDED);
  k4a_calibration_t calibration;
  const auto raw = fill<uint8_t>([&](uint8_t* bytes, size_t* size) {
    return k4a_playback_get_raw_calibration(file, bytes, size);
  });
  require(raw.empty() || raw.back() == 0);
  const bool calibrated = k4a_playback_get_calibration(file, &calibration) == K4A_RESULT_SUCCEEDED;
  require(!calibrated || !raw.empty());
  for (const char* tag : {"K4A_START_OFFSET_NS", "K4A_DEPTH_MODE", "NAME", ""})
    fill<char>(
        [&](char* text, size_t* size) { return k4a_playback_get_tag(file, tag, text, size); });
  for (const char* name : {"calibration.json", "note", ""}) {
    fill<uint8_t>([&](uint8_t* bytes, size_t* size) {
      return k4a_playback_get_attachment(file, name, bytes, size);
    });
  }
}

/// Steps until the end or `kMostSteps`; how many gave something, -1 when one failed.
template <typename Step>
int walk(Step step) {
  for (int steps = 0; steps < kMostSteps; ++steps) {
    const k4a_stream_result_t result = step();
    if (result == K4A_STREAM_RESULT_FAILED) return -1;
    if (result == K4A_STREAM_RESULT_EOF) return steps;
  }
  return kMostSteps;
}

/// To the end and back. An end stays the end however often it is met.
template <typename Next, typename Previous>
void there_and_back(Next next, Previous previous) {
  const int there = walk(next);
  if (there >= 0 && there < kMostSteps) require(walk(next) == 0);
  const int back = walk(previous);
  if (back >= 0 && back < kMostSteps) require(walk(previous) == 0);
}

void read_data(k4a_playback_t file, const char* track) {
  const auto step = [&](auto get) {
    return [=] {
      k4a_playback_data_block_t block = nullptr;
      const k4a_stream_result_t result = get(file, track, &block);
      require((result == K4A_STREAM_RESULT_SUCCEEDED) == (block != nullptr));
      if (block == nullptr) return result;
      const size_t size = k4a_playback_data_block_get_buffer_size(block);
      const uint8_t* const bytes = k4a_playback_data_block_get_buffer(block);
      require((bytes == nullptr) == (size == 0));
      // Reads both ends.
      volatile uint8_t seen = 0;
      if (size > 0) seen = static_cast<uint8_t>(bytes[0] ^ bytes[size - 1]);
      (void)seen;
      k4a_playback_data_block_release(block);
      return result;
    };
  };
  there_and_back(step(k4a_playback_get_next_data_block),
                 step(k4a_playback_get_previous_data_block));
}

void read_tracks(k4a_playback_t file) {
  const size_t tracks = k4a_playback_get_track_count(file);
  for (size_t i = 0; i < tracks; ++i) {
    const auto name = fill<char>(
        [&](char* text, size_t* size) { return k4a_playback_get_track_name(file, i, text, size); });
    const std::string track(name.data());
    if (track.size() + 1 != name.size()) continue;  // a NUL in it: no program can ask for that
    require(k4a_playback_check_track_exists(file, track.c_str()));
    k4a_record_video_settings_t video;
    k4a_playback_track_get_video_settings(file, track.c_str(), &video);
    fill<char>([&](char* text, size_t* size) {
      return k4a_playback_track_get_codec_id(file, track.c_str(), text, size);
    });
    fill<uint8_t>([&](uint8_t* bytes, size_t* size) {
      return k4a_playback_track_get_codec_context(file, track.c_str(), bytes, size);
    });
    if (!k4a_playback_track_is_builtin(file, track.c_str())) read_data(file, track.c_str());
  }
}

void look_at(k4a_image_t image) {
  if (image == nullptr) return;
  const size_t size = k4a_image_get_size(image);
  const uint8_t* const bytes = k4a_image_get_buffer(image);
  volatile uint8_t seen = static_cast<uint8_t>(bytes[0] ^ bytes[size - 1]);
  (void)seen;
  k4a_image_release(image);
}

void read_captures(k4a_playback_t file) {
  const auto step = [&](auto get) {
    return [=] {
      k4a_capture_t capture = nullptr;
      const k4a_stream_result_t result = get(file, &capture);
      require((result == K4A_STREAM_RESULT_SUCCEEDED) == (capture != nullptr));
      if (capture == nullptr) return result;
      look_at(k4a_capture_get_color_image(capture));
      look_at(k4a_capture_get_depth_image(capture));
      look_at(k4a_capture_get_ir_image(capture));
      k4a_capture_release(capture);
      return result;
    };
  };
  there_and_back(step(k4a_playback_get_next_capture), step(k4a_playback_get_previous_capture));
}

void read_imu(k4a_playback_t file) {
  const auto step = [&](auto get) {
    return [=] {
      k4a_imu_sample_t sample;
      return get(file, &sample);
    };
  };
  there_and_back(step(k4a_playback_get_next_imu_sample),
                 step(k4a_playback_get_previous_imu_sample));
}

void play(k4a_playback_t file) {
  ask(file);
  read_tracks(file);
  read_imu(file);
  read_captures(file);
  const auto middle = static_cast<int64_t>(k4a_playback_get_recording_length_usec(file) / 2);
  for (const auto format : {K4A_IMAGE_FORMAT_COLOR_BGRA32, K4A_IMAGE_FORMAT_COLOR_NV12,
                            K4A_IMAGE_FORMAT_COLOR_YUY2, K4A_IMAGE_FORMAT_COLOR_MJPG}) {
    k4a_playback_set_color_conversion(file, format);
    for (const int64_t offset : {INT64_MIN, -middle, int64_t{0}, middle, INT64_MAX}) {
      for (const auto origin :
           {K4A_PLAYBACK_SEEK_BEGIN, K4A_PLAYBACK_SEEK_END, K4A_PLAYBACK_SEEK_DEVICE_TIME}) {
        require(k4a_playback_seek_timestamp(file, offset, origin) == K4A_RESULT_SUCCEEDED);
        k4a_capture_t capture = nullptr;
        const bool begin = origin == K4A_PLAYBACK_SEEK_BEGIN && offset <= 0;
        const auto result = begin ? k4a_playback_get_previous_capture(file, &capture)
                                  : k4a_playback_get_next_capture(file, &capture);
        if (capture != nullptr) k4a_capture_release(capture);
        (void)result;
        k4a_imu_sample_t sample;
        k4a_playback_get_previous_imu_sample(file, &sample);
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  setenv("K4A_ENABLE_LOG_TO_STDOUT", "0", 1);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const lockstep::MemoryFile file({data, size});
  k4a_playback_t playback = nullptr;
  if (k4a_playback_open(file.path().c_str(), &playback) == K4A_RESULT_SUCCEEDED) {
    play(playback);
    k4a_playback_close(playback);
  } else {
    require(playback == nullptr);
  }
  return 0;
}

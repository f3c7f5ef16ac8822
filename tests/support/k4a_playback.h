// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <k4a/k4a.h>
#include <k4arecord/playback.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/files.h"

// Recordings as programs of the C API read them.

namespace lockstep::testing {

/// A recording that is open.
struct OpenPlayback {
  /// A file of the source tree.
  explicit OpenPlayback(const char* name) : OpenPlayback(source_file(name)) {}
  explicit OpenPlayback(const std::filesystem::path& path) {
    EXPECT_EQ(k4a_playback_open(path.c_str(), &handle), K4A_RESULT_SUCCEEDED);
  }
  ~OpenPlayback() { k4a_playback_close(handle); }
  OpenPlayback(const OpenPlayback&) = delete;
  OpenPlayback& operator=(const OpenPlayback&) = delete;
  k4a_playback_t handle = nullptr;
};

inline uint64_t stamp_and_release(k4a_image_t image) {
  const uint64_t stamp = k4a_image_get_device_timestamp_usec(image);
  k4a_image_release(image);
  return stamp;
}

/// Stamps of colour, depth and IR, 0 for none; empty at the end.
inline std::vector<uint64_t> stamps_of(k4a_stream_result_t result, k4a_capture_t capture) {
  EXPECT_NE(result, K4A_STREAM_RESULT_FAILED);
  if (result != K4A_STREAM_RESULT_SUCCEEDED) return {};
  std::vector<uint64_t> stamps;
  for (const auto get :
       {k4a_capture_get_color_image, k4a_capture_get_depth_image, k4a_capture_get_ir_image}) {
    const k4a_image_t image = get(capture);
    stamps.push_back(image == nullptr ? 0 : stamp_and_release(image));
  }
  k4a_capture_release(capture);
  return stamps;
}

inline std::vector<uint64_t> next(k4a_playback_t playback) {
  k4a_capture_t capture = nullptr;
  const auto result = k4a_playback_get_next_capture(playback, &capture);
  return stamps_of(result, capture);
}

inline std::vector<uint64_t> previous(k4a_playback_t playback) {
  k4a_capture_t capture = nullptr;
  const auto result = k4a_playback_get_previous_capture(playback, &capture);
  return stamps_of(result, capture);
}

inline uint64_t next_imu(k4a_playback_t playback) {
  k4a_imu_sample_t sample;
  return k4a_playback_get_next_imu_sample(playback, &sample) == K4A_STREAM_RESULT_SUCCEEDED
             ? sample.acc_timestamp_usec
             : 0;
}

inline uint64_t previous_imu(k4a_playback_t playback) {
  k4a_imu_sample_t sample;
  return k4a_playback_get_previous_imu_sample(playback, &sample) == K4A_STREAM_RESULT_SUCCEEDED
             ? sample.acc_timestamp_usec
             : 0;
}

/// "none" where there is no such tag.
inline std::string tag_of(k4a_playback_t playback, const char* name) {
  char value[256];
  size_t size = sizeof value;
  return k4a_playback_get_tag(playback, name, value, &size) == K4A_BUFFER_RESULT_SUCCEEDED ? value
                                                                                           : "none";
}

}  // namespace lockstep::testing

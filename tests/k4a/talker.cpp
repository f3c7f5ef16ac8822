// SPDX-License-Identifier: MIT
// A program that makes both libraries log: opens device 0, reads captures, and fails on purpose.
// Its own lines go to stderr: "pair", "colour" or "depth" for each of six captures.
#include <k4a/k4a.h>
#include <k4arecord/playback.h>

#include <cstdio>

int main() {
  k4a_device_t device = nullptr;
  k4a_device_open(99, &device);
  k4a_playback_t playback = nullptr;
  k4a_playback_open("/no/such/recording.mkv", &playback);
  if (k4a_device_open(0, &device) != K4A_RESULT_SUCCEEDED) return 1;
  k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  config.color_resolution = K4A_COLOR_RESOLUTION_720P;
  config.depth_mode = K4A_DEPTH_MODE_NFOV_UNBINNED;
  if (k4a_device_start_cameras(device, &config) != K4A_RESULT_SUCCEEDED) return 1;
  for (int i = 0; i < 6; ++i) {
    k4a_capture_t capture = nullptr;
    if (k4a_device_get_capture(device, &capture, 5000) != K4A_WAIT_RESULT_SUCCEEDED) return 1;
    k4a_image_t color = k4a_capture_get_color_image(capture);
    k4a_image_t depth = k4a_capture_get_depth_image(capture);
    std::fprintf(stderr, "%s\n", color && depth ? "pair" : color ? "colour" : "depth");
    if (color) k4a_image_release(color);
    if (depth) k4a_image_release(depth);
    k4a_capture_release(capture);
  }
  k4a_device_close(device);
  return 0;
}

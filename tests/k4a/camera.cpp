// SPDX-License-Identifier: MIT
// One camera as a program of its own: opens device INDEX, starts it as a subordinate or the master,
// and prints a line for its state and for the colour and depth stamps of each capture, for ever.
// INDEX ROLE DELAY_US [binned]
#include <k4a/k4a.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

int fail(const char* what) {
  std::printf("%s\n", what);
  return 1;
}

uint64_t stamp_of(k4a_image_t image) {
  const uint64_t stamp_us = k4a_image_get_device_timestamp_usec(image);
  k4a_image_release(image);
  return stamp_us;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4 || argc > 5) return fail("usage");
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  k4a_device_t device = nullptr;
  if (k4a_device_open(static_cast<uint32_t>(std::atoi(argv[1])), &device) == K4A_RESULT_FAILED)
    return fail("busy");
  k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  config.color_resolution = K4A_COLOR_RESOLUTION_720P;
  config.depth_mode = argc == 5 ? K4A_DEPTH_MODE_NFOV_2X2BINNED : K4A_DEPTH_MODE_NFOV_UNBINNED;
  config.synchronized_images_only = true;
  const bool master = std::string_view(argv[2]) == "master";
  config.wired_sync_mode = master ? K4A_WIRED_SYNC_MODE_MASTER : K4A_WIRED_SYNC_MODE_SUBORDINATE;
  config.subordinate_delay_off_master_usec = static_cast<uint32_t>(std::atoi(argv[3]));
  k4a_device_set_color_control(device, K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE,
                               K4A_COLOR_CONTROL_MODE_MANUAL, 8330);
  if (k4a_device_start_cameras(device, &config) == K4A_RESULT_FAILED) return fail("not started");
  std::printf("started\n");
  k4a_capture_t capture = nullptr;
  while (k4a_device_get_capture(device, &capture, -1) == K4A_WAIT_RESULT_SUCCEEDED) {
    const uint64_t color_us = stamp_of(k4a_capture_get_color_image(capture));
    const uint64_t depth_us = stamp_of(k4a_capture_get_depth_image(capture));
    std::printf("%" PRIu64 " %" PRIu64 "\n", color_us, depth_us);
    k4a_capture_release(capture);
  }
  k4a_device_close(device);
  return fail("ended");
}

// SPDX-License-Identifier: MIT
#include "bench/full_rate/camera.h"

#include <fmt/core.h>
#include <k4a/k4a.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace lockstep::full_rate {
namespace {

constexpr int32_t kLongestWaitMs = 20'000;
constexpr int32_t kExposureUs = 8330;

struct Seen {
  uint64_t color_us = 0, depth_us = 0;
  int64_t late_us = 0;
};

struct Size {
  int width, height;
};
constexpr Size kColor[] = {{0, 0},       {1280, 720},  {1920, 1080}, {2560, 1440},
                           {2048, 1536}, {3840, 2160}, {4096, 3072}};
constexpr Size kDepth[] = {{0, 0}, {320, 288}, {640, 576}, {512, 512}, {1024, 1024}, {1024, 1024}};

int fail(const char* what) {
  fmt::print("{}\n", what);
  return 1;
}

int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

double processor_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Whether an image is of that format and size, with the bytes and stride that follow from it.
bool is_as_said(k4a_image_t image, k4a_image_format_t format, Size size) {
  const int width = k4a_image_get_width_pixels(image);
  const int height = k4a_image_get_height_pixels(image);
  const int stride = k4a_image_get_stride_bytes(image);
  const size_t bytes = k4a_image_get_size(image);
  if (k4a_image_get_format(image) != format || width != size.width || height != size.height)
    return false;
  const auto pixels = static_cast<size_t>(width) * static_cast<size_t>(height);
  switch (format) {
    case K4A_IMAGE_FORMAT_COLOR_MJPG:
      return stride == 0 && bytes > 0;
    case K4A_IMAGE_FORMAT_COLOR_NV12:
      return stride == width && bytes == pixels * 3 / 2;
    case K4A_IMAGE_FORMAT_COLOR_BGRA32:
      return stride == 4 * width && bytes == pixels * 4;
    default:
      return stride == 2 * width && bytes == pixels * 2;
  }
}

class Reader {
 public:
  Reader(const Mode& mode, int captures) : mode_(mode) {
    seen_.reserve(static_cast<size_t>(captures));
  }

  void take(k4a_capture_t capture) {
    Seen seen;
    uint64_t arrived_ns = 0;
    const auto look = [&](k4a_image_t image, k4a_image_format_t format, Size size) {
      if (image == nullptr) return uint64_t{0};
      wrong_ += is_as_said(image, format, size) ? 0 : 1;
      const uint64_t stamp_us = k4a_image_get_device_timestamp_usec(image);
      arrived_ns = std::max(arrived_ns, k4a_image_get_system_timestamp_nsec(image));
      k4a_image_release(image);
      return stamp_us;
    };
    const Size depth = kDepth[mode_.config.depth_mode];
    seen.color_us = look(k4a_capture_get_color_image(capture), mode_.config.color_format,
                         kColor[mode_.config.color_resolution]);
    const uint64_t ir_us = look(k4a_capture_get_ir_image(capture), K4A_IMAGE_FORMAT_IR16, depth);
    const uint64_t depth_us =
        look(k4a_capture_get_depth_image(capture), K4A_IMAGE_FORMAT_DEPTH16, depth);
    const bool has_depth = mode_.config.depth_mode != K4A_DEPTH_MODE_PASSIVE_IR;
    wrong_ += depth_us == (has_depth ? ir_us : 0) ? 0 : 1;
    seen.depth_us = ir_us;
    seen.late_us = (now_ns() - static_cast<int64_t>(arrived_ns)) / 1000;
    seen_.push_back(seen);
  }

  void print(double processor_s) const {
    for (const Seen& seen : seen_)
      fmt::print("{} {} {}\n", seen.color_us, seen.depth_us, seen.late_us);
    fmt::print("end {} {:.3f}\n", wrong_, processor_s);
  }

 private:
  const Mode mode_;
  std::vector<Seen> seen_;
  int wrong_ = 0;
};

}  // namespace

int run_camera(uint32_t index, const Mode& mode, int captures) {
  k4a_device_t device = nullptr;
  if (k4a_device_open(index, &device) == K4A_RESULT_FAILED) return fail("cannot be opened");
  k4a_device_set_color_control(device, K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE,
                               K4A_COLOR_CONTROL_MODE_MANUAL, kExposureUs);
  if (k4a_device_start_cameras(device, &mode.config) == K4A_RESULT_FAILED)
    return fail("does not start");
  fmt::print("started\n");
  std::fflush(stdout);
  Reader reader(mode, captures);
  double before_s = 0;
  for (int i = 0; i < captures; ++i) {
    k4a_capture_t capture = nullptr;
    if (k4a_device_get_capture(device, &capture, kLongestWaitMs) != K4A_WAIT_RESULT_SUCCEEDED)
      return fail("gives no more captures");
    if (i == 0) before_s = processor_s();
    reader.take(capture);
    k4a_capture_release(capture);
  }
  const double used_s = processor_s() - before_s;
  k4a_device_close(device);
  reader.print(used_s);
  return 0;
}

}  // namespace lockstep::full_rate

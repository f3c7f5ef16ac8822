// SPDX-License-Identifier: MIT
// Links: k4a::k4a
#include <k4a/k4a.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <vector>

// Any text as the raw calibration of the C API, in modes that its first bytes choose; what is
// accepted must bear every conversion of points, and a transformation.

namespace {

constexpr float kPixels[] = {-1e30F, -1, 0, 0.5F, 320, 639, 5000, 1e30F};
constexpr float kDepths[] = {-1, 0, 1, 1000, 1e30F};

/// A validity is 0 or 1 where the call succeeded.
void check(k4a_result_t result, int valid) {
  if (result == K4A_RESULT_SUCCEEDED && valid != 0 && valid != 1) std::abort();
}

void convert(const k4a_calibration_t& calibration, int from, int to) {
  const auto source = static_cast<k4a_calibration_type_t>(from);
  const auto target = static_cast<k4a_calibration_type_t>(to);
  for (const float x : kPixels) {
    for (const float depth_mm : kDepths) {
      k4a_float2_t pixel{}, seen{};
      k4a_float3_t point{}, there{};
      pixel.xy.x = x;
      pixel.xy.y = 100;
      int valid = 0;
      check(
          k4a_calibration_2d_to_3d(&calibration, &pixel, depth_mm, source, target, &point, &valid),
          valid);
      check(k4a_calibration_3d_to_2d(&calibration, &point, source, target, &seen, &valid), valid);
      check(k4a_calibration_2d_to_2d(&calibration, &pixel, depth_mm, source, target, &seen, &valid),
            valid);
      (void)k4a_calibration_3d_to_3d(&calibration, &point, source, target, &there);
    }
  }
}

/// Depth of a small mode, looked at from a few pixels of colour.
void search(const k4a_calibration_t& calibration) {
  const int width = calibration.depth_camera_calibration.resolution_width;
  const int height = calibration.depth_camera_calibration.resolution_height;
  k4a_image_t depth = nullptr;
  if (k4a_image_create(K4A_IMAGE_FORMAT_DEPTH16, width, height, 0, &depth) != K4A_RESULT_SUCCEEDED)
    return;
  std::memset(k4a_image_get_buffer(depth), 3, k4a_image_get_size(depth));
  for (const float x : kPixels) {
    k4a_float2_t pixel{}, found{};
    pixel.xy.x = x;
    pixel.xy.y = 300;
    int valid = 0;
    check(k4a_calibration_color_2d_to_depth_2d(&calibration, &pixel, depth, &found, &valid), valid);
  }
  k4a_image_release(depth);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  setenv("K4A_ENABLE_LOG_TO_STDOUT", "0", 1);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  // Modes a little out of range, too.
  const auto depth_mode = static_cast<k4a_depth_mode_t>(data[0] % 8 - 1);
  const auto resolution = static_cast<k4a_color_resolution_t>(data[1] % 9 - 1);
  std::vector<char> text(data + 2, data + size);
  const std::vector<char> before = text;
  k4a_calibration_t calibration;
  const k4a_result_t read =
      k4a_calibration_get_from_raw(text.data(), text.size(), depth_mode, resolution, &calibration);
  if (text != before) std::abort();
  if (read != K4A_RESULT_SUCCEEDED) return 0;
  for (int from = -1; from <= 4; ++from) {
    for (int to = -1; to <= 4; ++to) convert(calibration, from, to);
  }
  // The large modes take seconds under the sanitizers and are not different.
  const bool small =
      depth_mode <= K4A_DEPTH_MODE_NFOV_2X2BINNED && resolution <= K4A_COLOR_RESOLUTION_720P;
  if (!small) return 0;
  if (depth_mode > 0 && resolution > 0) search(calibration);
  k4a_transformation_destroy(k4a_transformation_create(&calibration));
  return 0;
}

// SPDX-License-Identifier: MIT
// Links: geometry
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lockstep/geometry/calibration.h"

// Reads any text as a factory calibration; what is accepted must be written and read back as
// itself, and its lenses must bear any pixel.

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lockstep;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto calibration = parse_calibration(text);
  if (!calibration) {
    if (calibration.error().message.empty()) std::abort();
    return 0;
  }
  const auto written = write_calibration(*calibration, text);
  if (!written) std::abort();
  const auto again = parse_calibration(*written);
  if (!again || again->depth.fx != calibration->depth.fx ||
      again->color.k != calibration->color.k) {
    std::abort();
  }
  const CameraModel lens = calibration->depth_camera(DepthMode::nfov_unbinned);
  for (const double x : {0.0, 320.0, 639.0}) {
    if (const auto point = unproject(lens, Eigen::Vector2d(x, 100), 1.0))
      (void)project(lens, *point);
  }
  return 0;
}

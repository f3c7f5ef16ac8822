// SPDX-License-Identifier: MIT
#include "lockstep/sensor/payload.h"

namespace lockstep {

// Exact: nine sub-frames of five samples packed into eight bytes (one byte each in the wide
// unbinned mode) and headers. The narrow mode is binned by the host, so both narrow modes cost the
// same.
uint64_t usb_depth_bytes_per_frame(DepthMode mode) {
  switch (mode) {
    case DepthMode::off:
      return 0;
    case DepthMode::nfov_2x2binned:
    case DepthMode::nfov_unbinned:
      return 5'310'760;
    case DepthMode::wfov_2x2binned:
      return 3'777'232;
    case DepthMode::wfov_unbinned:
      return 9'438'664;
    case DepthMode::passive_ir:
      return 1'678'024;
  }
  return 0;
}

namespace {

// Measured at 720P and 3072P, the others from 0.22 bytes per pixel; all depend on the scene.
uint64_t typical_mjpg_bytes(ColorResolution resolution) {
  switch (resolution) {
    case ColorResolution::off:
      return 0;
    case ColorResolution::p720:
      return 217'000;
    case ColorResolution::p1080:
      return 460'000;
    case ColorResolution::p1440:
      return 830'000;
    case ColorResolution::p1536:
      return 700'000;
    case ColorResolution::p2160:
      return 1'700'000;
    case ColorResolution::p3072:
      return 2'310'000;
  }
  return 0;
}

uint64_t pixels(SizePx size) {
  return static_cast<uint64_t>(size.width) * static_cast<uint64_t>(size.height);
}

}  // namespace

uint64_t color_bytes_per_frame(ColorFormat format, ColorResolution resolution) {
  if (format == ColorFormat::nv12) return pixels(color_size(resolution)) * 3 / 2;
  if (format == ColorFormat::yuy2) return pixels(color_size(resolution)) * 2;
  return typical_mjpg_bytes(resolution);
}

uint64_t disk_color_bytes_per_frame(ColorFormat format, ColorResolution resolution) {
  if (format == ColorFormat::bgra32) return pixels(color_size(resolution)) * 4;
  return color_bytes_per_frame(format, resolution);
}

uint64_t disk_depth_bytes_per_frame(DepthMode mode) {
  constexpr uint64_t kBytesPerSample = 2;
  // Passive IR has one plane: its image is the size of the wide unbinned one, without depth beside
  // it.
  const uint64_t planes = has_depth(mode) ? 2 : 1;
  return pixels(depth_size(mode)) * kBytesPerSample * planes;
}

namespace {

constexpr double kImuBytesPerS = 1664 * 40;  // samples a second, bytes of one

double bytes_per_s(const CameraConfig& config, uint64_t bytes_per_frame) {
  return static_cast<double>(bytes_per_frame) * frames_per_second(config.frame_rate) +
         (config.imu ? kImuBytesPerS : 0);
}

}  // namespace

double usb_bytes_per_s(const CameraConfig& config) {
  return bytes_per_s(config,
                     usb_depth_bytes_per_frame(config.depth_mode) +
                         color_bytes_per_frame(config.color_format, config.color_resolution));
}

double disk_bytes_per_s(const CameraConfig& config) {
  return bytes_per_s(config,
                     disk_depth_bytes_per_frame(config.depth_mode) +
                         disk_color_bytes_per_frame(config.color_format, config.color_resolution));
}

}  // namespace lockstep

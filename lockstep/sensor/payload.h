// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "lockstep/sensor/config.h"
#include "lockstep/sensor/modes.h"

// What a camera's streams weigh, on the wire and on the disk.

namespace lockstep {

/// USB payload of one depth frame in bytes (exact), and of one colour frame (MJPG, and BGRA32,
/// which travels as MJPG: a typical size, the real one depends on the scene).
[[nodiscard]] uint64_t usb_depth_bytes_per_frame(DepthMode mode);
[[nodiscard]] uint64_t color_bytes_per_frame(ColorFormat format, ColorResolution resolution);
/// Bytes of depth and IR of one capture in a recording, and of its colour (MJPG: typical).
[[nodiscard]] uint64_t disk_depth_bytes_per_frame(DepthMode mode);
[[nodiscard]] uint64_t disk_color_bytes_per_frame(ColorFormat format, ColorResolution resolution);

/// What a camera moves in a second when it runs as configured, IMU included, in bytes: over USB,
/// and into its recording.
[[nodiscard]] double usb_bytes_per_s(const CameraConfig& config);
[[nodiscard]] double disk_bytes_per_s(const CameraConfig& config);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/frame/capture.h"
#include "lockstep/geometry/camera_model.h"
#include "lockstep/geometry/rigid.h"
#include "lockstep/time/clock.h"

// Messages of ROS 2 as bytes (cdr.h) and their types as text (ros2msg), by
// https://github.com/ros2/common_interfaces and https://github.com/ros2/geometry2. Lengths are
// metres, frames of cameras optical: x right, y down, z forward.

namespace lockstep {

/// When and in which frame.
struct RosHeader {
  RigTime time;  ///< one before zero counts as zero
  std::string_view frame;
};

enum class RosType { compressed_image, image, camera_info, point_cloud, imu, transforms };

/// "sensor_msgs/msg/Image".
[[nodiscard]] const char* ros_name(RosType type);
/// The definition with all that it is made of.
[[nodiscard]] std::string ros_definition(RosType type);

[[nodiscard]] std::string ros_compressed_image(const RosHeader& header, std::string_view format,
                                               std::span<const std::byte> data);
/// `encoding` by sensor_msgs/image_encodings; little-endian.
[[nodiscard]] std::string ros_image(const RosHeader& header, int width_px, int height_px,
                                    std::string_view encoding, int row_bytes,
                                    std::span<const std::byte> data);
/// Distortion as rational_polynomial; a lens that this is not has no distortion model, and its K
/// and P are zero, which ROS calls uncalibrated.
[[nodiscard]] std::string ros_camera_info(const RosHeader& header, const CameraModel& camera);
/// At rest the accelerometer shows what holds the sensor: +9.81 m/s2 along the axis that points up.
[[nodiscard]] std::string ros_imu(const RosHeader& header, const ImuSample& sample);

/// A point of a cloud as its message holds it.
struct RosPoint {
  float x = 0, y = 0, z = 0;
  uint32_t rgb = 0;  ///< 0x00rrggbb, which readers know as a float named rgb
};
static_assert(sizeof(RosPoint) == 16);
[[nodiscard]] std::string ros_point_cloud(const RosHeader& header, std::span<const RosPoint> points,
                                          bool colored);

struct RosTransform {
  std::string parent, child;
  RigidTransform parent_from_child;
};
[[nodiscard]] std::string ros_transforms(RigTime time, const std::vector<RosTransform>& transforms);

}  // namespace lockstep

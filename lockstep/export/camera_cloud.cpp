// SPDX-License-Identifier: MIT
#include "lockstep/export/camera_cloud.h"

#include <cmath>

#include "lockstep/transform/depth_offset.h"

namespace lockstep {

CameraCloud::CameraCloud(const FusionCamera& camera)
    : camera_(camera),
      rays_(make_ray_table(best_kernels(), *camera.geometry.depth)),
      transformation_(camera.geometry) {}

Result<std::vector<RosPoint>> CameraCloud::points(std::span<const uint16_t> depth_mm,
                                                  std::span<const uint8_t> bgra) const {
  const std::vector<uint16_t> depth = without_offset(depth_mm, camera_.depth_offset_m);
  std::vector<uint8_t> colors(4 * depth.size());
  if (!bgra.empty()) {
    if (auto carried = transformation_.color_to_depth(depth, bgra, colors); !carried)
      return std::move(carried).error();
  }
  std::vector<RosPoint> points;
  for (size_t i = 0; i < depth.size(); ++i) {
    if (depth[i] == 0 || std::isnan(rays_.x[i])) continue;
    const float z_m = static_cast<float>(depth[i]) / 1000;
    const uint8_t* color = &colors[4 * i];
    points.push_back({rays_.x[i] * z_m, rays_.y[i] * z_m, z_m,
                      static_cast<uint32_t>(color[2] << 16 | color[1] << 8 | color[0])});
  }
  return points;
}

}  // namespace lockstep

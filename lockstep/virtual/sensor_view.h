// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "lockstep/geometry/camera_model.h"
#include "lockstep/geometry/rigid.h"
#include "lockstep/virtual/ray_scene.h"

namespace lockstep {

/// A rectangle of pixels; empty when width or height is 0.
struct PixelRect {
  int x = 0, y = 0, width = 0, height = 0;

  [[nodiscard]] bool empty() const { return width <= 0 || height <= 0; }
};

/// Where the rays of one pixel go, off its centre, in pixels: a rotated grid, so that edges near
/// the axes are smooth; `fine`: of as many as a packet has, for edges whose place is measured.
[[nodiscard]] std::span<const Eigen::Vector2f> places_in_pixel(bool fine);

/// One sensor in the world with the ray of each of its pixels, through the full lens model.
class SensorView {
 public:
  SensorView(const CameraModel& model, const RigidTransform& world_from_camera);

  [[nodiscard]] int width_px() const { return model_.width_px; }
  [[nodiscard]] int height_px() const { return model_.height_px; }
  [[nodiscard]] const Eigen::Vector3f& origin() const { return origin_; }

  /// Direction in the world of a place at (dx, dy) pixels from the centre of pixel (x, y), |dx|,
  /// |dy| below one; its length is that of (X/Z, Y/Z, 1), so that a hit's t is its depth. Zero
  /// where the lens sees nothing.
  [[nodiscard]] Eigen::Vector3f direction(int x, int y, float dx = 0, float dy = 0) const;

  /// The pixels that a mesh may cover, `margin_px` more on every side, within the image.
  [[nodiscard]] PixelRect covered(const Mesh& mesh, int margin_px) const;

 private:
  [[nodiscard]] size_t index(int x, int y) const {
    return static_cast<size_t>(y) * static_cast<size_t>(model_.width_px) + static_cast<size_t>(x);
  }

  CameraModel model_;
  RigidTransform camera_from_world_;
  Eigen::Matrix3f world_from_camera_;
  Eigen::Vector3f origin_;
  std::vector<Eigen::Vector3f> rays_;  ///< camera frame, z 1; zero where nothing is seen
};

}  // namespace lockstep

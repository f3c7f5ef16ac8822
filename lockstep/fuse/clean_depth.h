// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "lockstep/fuse/fuse_kernels.h"
#include "lockstep/fuse/fusion_camera.h"
#include "lockstep/transform/kernels.h"
#include "lockstep/transform/ray_table.h"

namespace lockstep {

/// A depth image of which only good readings are left, corrected by the camera's offset, and how
/// good each is: 1..255, 0 where there is none.
///
/// What lies between two surfaces is gone, and at a jump of depth the reading behind it, so that no
/// surface between neighbours leads over one. Confidence is the cosine of the angle at which the
/// ray meets the surface, times 1 / (1 + (z / 2 m)^2), times the share of infrared above 60 counts
/// where that is known, and half of it at an edge.
struct CleanDepth {
  std::vector<uint16_t> depth_mm;
  std::vector<uint8_t> confidence;
  /// Both, and how much nearer a neighbour is, for those who look in from elsewhere; kRowMargin
  /// more of any value lie behind the last. A cloud lowers the confidence of what has no colour.
  std::vector<PackedReading> packed;
};

/// Cleans the depth images of one camera. Any number of threads may use it.
class DepthCleaner {
 public:
  /// The camera has a depth lens, which is computable.
  DepthCleaner(const FusionCamera& camera, const Kernels& kernels);

  [[nodiscard]] int width_px() const { return width_; }
  [[nodiscard]] int height_px() const { return height_; }

  /// Whether the images have the size of the lens. An infrared image that is not there is none.
  [[nodiscard]] bool fits(const FusionImages& images) const;
  /// Images that fit, with a depth image.
  void clean(const FusionImages& images, CleanDepth& out) const;

  /// Every reading as the mean of itself and the opposite neighbours that lie on one surface with
  /// it: less noise, for surfaces whose outline matters.
  void smooth(const CleanDepth& clean, std::vector<uint16_t>& out) const;

  /// The readings as they came, corrected by the camera's offset, without confidence: for those who
  /// ask whether something was read at all.
  void pack_uncleaned(const FusionImages& images, std::vector<PackedReading>& out) const;

  /// What rounding to millimetres took off every reading.
  [[nodiscard]] float residual_mm() const { return residual_mm_; }
  /// As another view looks in, without readings.
  [[nodiscard]] DepthSight sight_from(const RigidTransform& depth_from_view) const;

  /// The rays of row `y`; there is room for kRowMargin on both sides.
  [[nodiscard]] const float* ray_x(int y) const { return &ray_x_[place(y)]; }
  [[nodiscard]] const float* ray_y(int y) const { return &ray_y_[place(y)]; }

 private:
  class Rows;
  void pack(CleanDepth& out) const;
  [[nodiscard]] size_t place(int y) const {
    return kRowMargin + static_cast<size_t>(y) * static_cast<size_t>(width_);
  }

  const FuseKernels& kernels_;
  int width_, height_;
  float largest_slope_, offset_mm_, residual_mm_;
  Lens<float> lens_;
  std::vector<float> ray_x_, ray_y_;
};

}  // namespace lockstep

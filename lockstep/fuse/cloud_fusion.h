// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/fuse/fusion_camera.h"
#include "lockstep/fuse/point_cloud.h"
#include "lockstep/transform/kernels.h"

namespace lockstep {

struct CloudOptions {
  int threads = 2;  ///< that work on one cloud
  bool normals = false;
  /// Whether points have colours. Those that no colour image shows are left out then.
  bool colors = true;
};

/// Makes one point cloud of what all cameras see at a tick.
///
/// A point is a reading that cleaning leaves (clean_depth.h), in the frame of the rig, with its
/// confidence, its camera, and the middle of that camera's exposure. Where another camera reads
/// the same surface, or sees through the point, the more confident of both stays. A point's colour
/// is that of its own camera's image where nothing nearer hides it there; a reading without one
/// counts an eighth against others.
///
/// Points come by camera and then by row. One object makes one cloud at a time; what comes out does
/// not depend on the number of threads, nor, but for cameras' numbers and the order of points, on
/// the order of the cameras.
class CloudFusion {
 public:
  /// Errors: invalid_argument when there are no cameras or more than 255, or a lens is missing or
  /// not computable; colour lenses matter with colours only.
  static Result<CloudFusion> make(std::vector<FusionCamera> cameras, CloudOptions options = {},
                                  const Kernels& kernels = best_kernels());
  ~CloudFusion();
  CloudFusion(CloudFusion&&) noexcept;
  CloudFusion& operator=(CloudFusion&&) noexcept;

  /// `images` are those of the cameras in their order; some may have no depth. Reuses the memory of
  /// `out`. Errors: invalid_argument for another number or size of images, or depth without colour.
  Result<void> fuse(std::span<const FusionImages> images, PointCloud& out);

 private:
  struct State;
  explicit CloudFusion(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace lockstep

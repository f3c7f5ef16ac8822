// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "lockstep/calibrate/scene_camera.h"

namespace lockstep {

/// A small piece of a surface that is flat as far as its camera can tell, in the camera's frame.
struct SurfacePatch {
  Eigen::Vector3d middle = Eigen::Vector3d::Zero();
  Eigen::Vector3d normal = Eigen::Vector3d::Zero();  ///< unit, towards the camera
  double sigma_m = 0;       ///< of the distance to it, along the normal, by chance
  double normal_sigma = 0;  ///< of the normal's direction, radians
};

/// Patches of a scene on a grid of pixels, as far as there are any that belong to a plane: on what
/// is bent, such as a limb, the tangent planes of two cameras are not where the surface is, and
/// always to one side of it.
class SurfacePatches {
 public:
  explicit SurfacePatches(const SceneCamera& camera);

  [[nodiscard]] const std::vector<SurfacePatch>& all() const { return patches_; }
  /// The patch that is nearest to a pixel; null where there is none.
  [[nodiscard]] const SurfacePatch* near(const Eigen::Vector2d& pixel) const;

 private:
  /// Leaves those whose neighbours lie in their plane.
  void keep_planes();

  int step_px_;
  int columns_, rows_;
  std::vector<SurfacePatch> patches_;
  std::vector<int> at_;  ///< index into patches_ of each node of the grid; -1: none
};

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lockstep/fuse/clean_depth.h"
#include "lockstep/fuse/color_sight.h"
#include "lockstep/fuse/fusion_camera.h"
#include "lockstep/fuse/voxel_blocks.h"

namespace lockstep {

/// One camera as it adds to voxels.
class VoxelCamera {
 public:
  /// The camera has the lenses that are needed, which are computable.
  VoxelCamera(const FusionCamera& camera, bool colors, const Kernels& kernels);

  [[nodiscard]] bool fits(const FusionImages& images) const;
  /// Takes images that fit; they are used until the next ones come.
  void see(const FusionImages& images);
  [[nodiscard]] bool seen() const { return !images_.depth_mm.empty(); }

  /// Touches the blocks that lie within `reach_m` of a reading, along its ray. `voxel_m`: the side
  /// of a voxel.
  void touch(double voxel_m, double reach_m, VoxelBlocks& blocks) const;
  /// How what was seen is integrated; without sizes of voxels.
  [[nodiscard]] IntegrateJob job() const;

 private:
  const FuseKernels& kernels_;
  FusionCamera camera_;
  DepthCleaner cleaner_;
  std::optional<ColorSight> color_;
  CleanDepth clean_;
  std::vector<uint32_t> readings_;
  FusionImages images_;
};

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "lockstep/fuse/clean_depth.h"
#include "lockstep/fuse/fusion_camera.h"

namespace lockstep {

/// Which readings of a camera its own colour image shows: those within it that nothing nearer
/// hides, nor comes close to hiding, since the outermost pixels of what is nearer have no depth.
/// One object serves one thread at a time.
class ColorSight {
 public:
  /// The camera has both lenses, which are computable.
  ColorSight(const FusionCamera& camera, const Kernels& kernels);

  /// One entry per reading: 1 where it is shown, 0 elsewhere; behind the last there is room for
  /// kRowMargin. The object's until the next call.
  const uint8_t* shown(const DepthCleaner& rays, const CleanDepth& clean);

 private:
  void draw(const DepthCleaner& rays, const CleanDepth& clean);
  void take(size_t first, size_t width);
  void spread();

  const FuseKernels& kernels_;
  CellJob job_{};
  int rows_;
  std::vector<uint16_t> nearest_, around_;  ///< of cells, and of those about them; less one
  std::vector<int32_t> cell_;               ///< of readings
  std::vector<uint16_t> z_;
  std::vector<uint8_t> shown_;
};

}  // namespace lockstep

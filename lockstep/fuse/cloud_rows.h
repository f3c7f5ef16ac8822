// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lockstep/fuse/clean_depth.h"
#include "lockstep/fuse/fusion_camera.h"
#include "lockstep/fuse/point_cloud.h"
#include "lockstep/transform/kernels.h"

namespace lockstep {

/// What a camera gives to a cloud. Borrows all.
struct CloudPart {
  const FusionCamera* camera;
  const DepthCleaner* cleaner;
  const CleanDepth* clean;
  /// 1 for each reading that becomes a point; kRowMargin behind the last are read, too.
  const std::vector<uint8_t>* kept;
  FusionImages images;
  uint8_t number;
};

/// Writes rows of readings as points; one object serves one thread at a time.
class CloudWriter {
 public:
  /// Colours and normals are written where the cloud has them.
  CloudWriter(const CloudPart& part, const Kernels& kernels, PointCloud& out);

  /// Writes what is kept of row `y` from point `at` on and returns the point after.
  size_t operator()(int y, size_t at);

 private:
  int gather(int y);
  void write_colors(int count, size_t at);
  void write_normals(int y, int count, size_t at);

  const CloudPart& part_;
  const Kernels& kernels_;
  PointCloud& out_;
  Lens<float> color_lens_{};
  Motion<float> color_mm_{}, rig_m_;
  std::vector<int32_t> columns_;
  std::vector<float> ray_x_, ray_y_, confidence_, u_, v_, z_;
  std::vector<uint16_t> depth_;
  std::vector<uint8_t> bgra_;
};

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lockstep/fuse/depth_fill.h"
#include "lockstep/fuse/fuse_kernels.h"
#include "lockstep/transform/ray_table.h"

namespace lockstep {

/// One camera's depth in a view that is filled.
struct FillLayer {
  uint8_t camera = 0;
  const uint16_t* depth_mm = nullptr;  ///< as drawn into the view
  DepthSight sight;                    ///< from the view
};

/// The layers of a view and its rays. Borrows all.
struct FillJob {
  const FuseKernels& kernels;
  const RayTable& rays;  ///< of the view
  const FillLayer* own;  ///< null: the view's own camera saw nothing
  std::span<const FillLayer> others;
};

/// Decides rows of a view; one object serves one thread at a time. Borrows the job.
class RowFiller {
 public:
  explicit RowFiller(const FillJob& job);
  /// Fills row `y` of a view that has its size.
  void operator()(int y, FilledView& out);

 private:
  using Row = std::vector<float>;
  /// What a camera says about the doubtful pixels of a row.
  struct Opinion {
    const FillLayer* layer;
    Row z;  ///< 0: nothing, or somebody saw through it
    Row confidence;
  };

  void ask(size_t first, int doubtful, Opinion& opinion);
  void decide(size_t first, int doubtful, FilledView& out);
  void rate_own(size_t first, FilledView& out);

  const FillJob& job_;
  const size_t width_;
  std::vector<const uint16_t*> layers_;  ///< of the others, at a row
  std::vector<uint16_t> depth_;          ///< of a row
  std::vector<int32_t> doubtful_;
  std::vector<Opinion> opinions_;  ///< the own camera's first, where it is there
  Row ray_x_, ray_y_;              ///< of what is doubtful, or of the row
  struct Looked {
    Row z, reading, confidence, least;
    SeenThere out() { return {z.data(), reading.data(), confidence.data(), least.data()}; }
  } looked_;
};

}  // namespace lockstep

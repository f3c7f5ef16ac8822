// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/fuse/fusion_camera.h"
#include "lockstep/transform/kernels.h"

namespace lockstep {

/// In FilledView::camera: nobody saw anything there.
inline constexpr uint8_t kNoCamera = 0xFF;

/// The depth of a view, filled. One entry per pixel in each vector, tightly packed rows.
struct FilledView {
  int width_px = 0;
  int height_px = 0;
  std::vector<uint16_t> depth_mm;  ///< along the axis of the view; 0: a hole
  std::vector<uint8_t> camera;     ///< whose reading it is, as the cameras were given
  /// Of that reading, or the one beside it, 1..255 (clean_depth.h); 0: a hole.
  std::vector<uint8_t> confidence;
};

struct FillOptions {
  /// Which lens of the target is filled.
  enum class View { color, depth };
  View view = View::color;
  int threads = 2;  ///< that work on one view
};

/// Fills the view of one camera with the depth of all.
///
/// Every camera's depth is drawn as surfaces into the view, none across a jump of depth. Where the
/// view's own camera saw the nearest surface its reading counts. Elsewhere a surface of another
/// camera counts when no camera sees through it and, with colour images, when it looks in that
/// camera's own image as the view does: of several the one that looks most alike, and of several
/// readings of it the one of the highest confidence. Colours are compared as they are: cameras
/// need equal exposures and white balance. What is left over stays a hole.
///
/// *Simulated*, four cameras in the demo room 30 degrees apart, true poses: of the pixels that a
/// depth camera cannot see and some other one does 97 % are filled, at 0.5 mm (median). Another
/// surface, more than 50 mm away, is 0.4 % of that and 0.5 % of all that is filled
/// (tests/fuse/fill_truth_test.cpp). Where nobody sees the surface, something is filled in at times
/// all the same: of what is filled in any shadow 1.9 % is another surface.
///
/// One object fills one view at a time. What it says does not depend on the number of threads, nor,
/// but for the numbers of the cameras, on their order.
class DepthFill {
 public:
  /// Errors: invalid_argument when there are no cameras or more than 255, `target` is none of them,
  /// or a lens is missing or not computable (a target may be without depth).
  static Result<DepthFill> make(std::vector<FusionCamera> cameras, size_t target,
                                FillOptions options = {}, const Kernels& kernels = best_kernels());
  ~DepthFill();
  DepthFill(DepthFill&&) noexcept;
  DepthFill& operator=(DepthFill&&) noexcept;

  /// `images` are those of the cameras in their order; some may have no depth, or no colour. Reuses
  /// the memory of `out`. Errors: invalid_argument for another number or size of images.
  Result<void> fill(std::span<const FusionImages> images, FilledView& out);

 private:
  struct State;
  explicit DepthFill(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace lockstep

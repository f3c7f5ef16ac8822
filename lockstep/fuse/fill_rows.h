// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lockstep/fuse/depth_fill.h"
#include "lockstep/fuse/fuse_kernels.h"
#include "lockstep/transform/ray_table.h"

namespace lockstep {

/// One camera's depth in a view that is filled, and how the view looks into its images.
struct FillLayer {
  uint8_t camera = 0;
  const uint16_t* depth_mm = nullptr;   ///< as drawn into the view
  const uint8_t* confidence = nullptr;  ///< of every pixel; null: not known but by the sight
  DepthSight sight, uncleaned;    ///< with clean readings, and with all; the own has no latter
  const uint8_t* bgra = nullptr;  ///< null where the camera gave no colours
  Lens<float> color_lens{};
  Motion<float> color_mm{};
  int color_width = 0, color_height = 0;
};

/// The layers of a view and its rays. Borrows all.
struct FillJob {
  const Kernels& kernels;
  const RayTable& rays;  ///< of the view
  const uint8_t* bgra;   ///< of the view itself; null: not known
  const FillLayer* own;  ///< null: the view's own camera saw nothing
  std::span<const FillLayer> others;
};

/// Decides rows of a view; one object serves one thread at a time. Borrows the job.
///
/// What the own camera read and nobody has anything before is certain. About the other pixels every
/// camera has an opinion: a surface that lies there. An opinion of another camera is dropped when
/// some camera sees through the surface, and judged by how well its colour there, in that camera's
/// own image, matches the view's.
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
    const uint16_t* row;  ///< of the layer
    Row z;                ///< 0: nothing, or somebody sees through it
    Row confidence;
    Row mismatch;  ///< of the colours, mean of the channels; 0 where they are not known
  };
  /// Pixels for which it is asked whether the way to their surface is free.
  struct Ways {
    std::vector<int32_t> doubt;
    Row ray_x, ray_y, from, to, at;
    std::vector<uint8_t> free, free_here;
  };

  [[nodiscard]] const FuseKernels& fuse() const { return fuse_kernels(job_.kernels); }
  void rate_own(size_t first, FilledView& out);
  void grow(int y);
  void ask(size_t first, Opinion& opinion);
  void drop_unread(Opinion& opinion);
  void compare_colors(size_t first, Opinion& opinion);
  void settle();
  void choose(size_t doubt);
  void doubt_hidden();
  void walk(size_t count);
  void write(size_t first, FilledView& out) const;

  const FillJob& job_;
  const size_t width_;
  std::vector<std::vector<uint16_t>> grown_;  ///< of the others, a row
  std::vector<const uint16_t*> layers_;       ///< the same
  std::vector<uint16_t> depth_;               ///< of a row
  std::vector<int32_t> doubtful_;             ///< columns of what is doubtful
  size_t doubts_ = 0;                         ///< how many
  Row ray_x_, ray_y_;                         ///< of what is doubtful, or of the row
  Row doubt_;                      ///< kGrownDoubt where it is the grown part of a layer, else 1
  std::vector<Opinion> opinions_;  ///< the own camera's first, where it is there
  std::vector<const float*> said_z_, said_mismatch_;  ///< theirs
  std::vector<int32_t> chosen_;                       ///< of the opinions; -1: none
  std::vector<int32_t> several_;  ///< doubts about which there are several opinions
  Row z_, mismatch_;              ///< of what is chosen
  Ways ways_;
  struct Looked {
    Row z, reading, confidence, least;
    SeenThere out() { return {z.data(), reading.data(), confidence.data(), least.data()}; }
  } looked_;
  Row u_, v_;
  std::vector<uint8_t> bgra_;
};

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/transform/kernels.h"
#include "lockstep/transform/vectors.h"

// The surface between four neighbouring vertices, eight blocks of them at a time: which blocks
// show, and where. See kernels.h.

namespace lockstep {
namespace {

// Where neighbours are farther apart than this share of their depth there is a jump and no surface:
// the pitch of a pixel in the coarsest mode (120 degrees over 512 pixels), on a surface slanted by
// 85 degrees.
constexpr float kLargestSlope = 0.04693441759F;

/// One number of the four vertices of blocks.
template <typename Vector>
struct Corners {
  Vector tl, tr, br, bl;

  template <typename Operation>
  [[nodiscard]] Vector over(Operation operation) const {
    return operation(operation(tl, tr), operation(br, bl));
  }
  [[nodiscard]] Vector least() const { return over(smaller<Vector>); }
  [[nodiscard]] Vector most() const { return over(larger<Vector>); }
};

/// The vertices of the blocks at `column` and those beside it.
template <typename Vector, typename Number>
Corners<Vector> corners_at(const Number* above, const Number* below, int column) {
  return {load<Vector>(above + column), load<Vector>(above + column + 1),
          load<Vector>(below + column + 1), load<Vector>(below + column)};
}

/// Eight blocks beside each other.
struct Blocks {
  Corners<Ints> u, v;  ///< on the grid
  Corners<Floats> z;
};

/// Which vertex is missing, in blocks that lack one.
struct Missing {
  Ints tl, tr, br, bl;
  bool some;

  explicit Missing(const Corners<Floats>& z)
      : tl(z.tl <= 0), tr(z.tr <= 0), br(z.br <= 0), bl(z.bl <= 0) {
    const Ints one = (tl + tr + br + bl) == -1;
    some = any(one);
    tl &= one;
    tr &= one;
    br &= one;
    bl &= one;
  }

  /// Makes four of three: the missing vertex comes to lie between two others, and for two of the
  /// corners another moves to its place first.
  template <typename Vector, typename Middle>
  void mend(Corners<Vector>& at, const Middle& middle) const {
    const Vector across = middle(at.tr, at.bl);
    const Vector new_br = br   ? across
                          : tr ? middle(at.br, at.bl)
                          : bl ? middle(at.tr, at.br)
                               : at.br;
    at.tl = tl ? across : at.tl;
    at.tr = tr ? at.br : at.tr;
    at.bl = bl ? at.br : at.bl;
    at.br = new_br;
  }
};

void mend(Blocks& blocks, const Missing& missing) {
  const auto whole = [](Ints a, Ints b) { return (a + b) >> 1; };
  missing.mend(blocks.u, whole);
  missing.mend(blocks.v, whole);
  missing.mend(blocks.z, [](Floats a, Floats b) { return (a + b) * 0.5F; });
}

/// First pixel not before a place on the grid, within 0 and `end`.
Ints first_pixel(Ints place, int grid_bits, int end) {
  const Ints whole = (place + ((1 << grid_bits) - 1)) >> grid_bits;
  return smaller(larger(whole, Ints{}), Ints{} + end);
}

/// The pixels among which those of blocks lie.
struct Boxes {
  Ints x, y, end_x, end_y;
  Ints size;  ///< of the longer side, on the grid, if it lay within the image
  Ints shows;

  Boxes(const PaintJob& job, const Blocks& blocks) {
    const Ints left = blocks.u.least(), right = blocks.u.most();
    const Ints top = blocks.v.least(), bottom = blocks.v.most();
    x = first_pixel(left, job.grid_bits, job.width);
    y = first_pixel(top, job.grid_bits, job.height);
    end_x = first_pixel(right, job.grid_bits, job.width);
    end_y = first_pixel(bottom, job.grid_bits, job.height);
    size = larger(right - left, bottom - top);
    const Floats near_z = blocks.z.least(), far_z = blocks.z.most();
    shows = (near_z > 0) & (far_z - near_z <= kLargestSlope * near_z) & (x < end_x) & (y < end_y);
  }
};

/// Clears the output's rows before the last of `end_y`, shortly before something is drawn there.
void clear_until(PaintJob& job, Ints end_y) {
  if (!any(end_y > job.cleared_rows)) return;
  const int end = largest_of(end_y);
  const auto row = static_cast<size_t>(job.width);
  __builtin_memset(job.depth + static_cast<size_t>(job.cleared_rows) * row, 0,
                   static_cast<size_t>(end - job.cleared_rows) * row * sizeof *job.depth);
  job.cleared_rows = end;
}

/// Calls `use(blocks, boxes, missing, column)` for every eight blocks of which some show, in their
/// order and mended; `boxes.shows` says which.
template <typename Use>
void for_blocks(const PaintJob& job, const Use& use) {
  const GridRow &a = job.above, &b = job.below;
  for (int first = job.first; first + 1 < job.end; first += kLanes) {
    Blocks blocks{corners_at<Ints>(a.u, b.u, first), corners_at<Ints>(a.v, b.v, first),
                  corners_at<Floats>(a.z, b.z, first)};
    const Missing missing(blocks.z);
    if (missing.some) mend(blocks, missing);
    Boxes boxes(job, blocks);
    boxes.shows &= kLaneInts < job.end - 1 - first;
    if (any(boxes.shows)) use(blocks, boxes, missing, first);
  }
}

}  // namespace
}  // namespace lockstep

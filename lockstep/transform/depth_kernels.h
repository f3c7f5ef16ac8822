// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/transform/surface_kernels.h"

// Depth alone: eight blocks at a time, each at its own pixel, in whole numbers. Built twice: see
// kernels.h.

namespace lockstep {
namespace {

/// What changes evenly over the image: at the first pixel of each block's box, from there to the
/// pixel on the right, and to the one below.
template <typename Vector>
struct Even {
  Vector at, right, down;
};

/// Blocks as seen from the first pixels of their boxes, on the grid.
struct Shape {
  Corners<Ints> x, y;
  int grid_bits;

  /// Blocks that do not show get no size.
  Shape(const Blocks& blocks, const Boxes& boxes, int bits)
      : x(from(blocks.u, boxes.x << bits, boxes.shows)),
        y(from(blocks.v, boxes.y << bits, boxes.shows)),
        grid_bits(bits) {}

  static Corners<Ints> from(const Corners<Ints>& at, Ints first, Ints shows) {
    return {(at.tl - first) & shows, (at.tr - first) & shows, (at.br - first) & shows,
            (at.bl - first) & shows};
  }

  /// Twice the area of a, b and a pixel: positive where it lies to the left of the way from a to b,
  /// with y pointing down.
  [[nodiscard]] Even<Ints> area(Ints ax, Ints ay, Ints bx, Ints by) const {
    const Ints dx = bx - ax, dy = by - ay;
    return {ax * dy - ay * dx, -dy << grid_bits, dx << grid_bits};
  }
};

/// The depth in the plane of the corners tl, third and br.
Even<Floats> plane(Ints x1, Ints y1, Floats z1, Ints x2, Ints y2, Floats z2, Ints x, Ints y,
                   Floats z, float per_pixel) {
  const Floats inverse = 1 / floats_of(x1 * y2 - x2 * y1);
  const Floats fx1 = floats_of(x1), fy1 = floats_of(y1), fx2 = floats_of(x2), fy2 = floats_of(y2);
  const Floats right = (z1 * fy2 - z2 * fy1) * inverse;
  const Floats down = (z2 * fx1 - z1 * fx2) * inverse;
  return {z - (right * floats_of(x) + down * floats_of(y)), right * per_pixel, down * per_pixel};
}

/// What decides a pixel of a block. The diagonal parts it in two triangles, the lower one with bl
/// and the other one with tr; a pixel is outside of each where one of two areas is negative. Top
/// and left edges belong to a block, bottom and right ones to its neighbours.
struct Rule {
  Even<Ints> diagonal, left, bottom, top, right;
  Even<Floats> lower, upper;

  Rule(const Shape& s, const Blocks& blocks) {
    const Corners<Ints>&x = s.x, &y = s.y;
    diagonal = s.area(x.tl, y.tl, x.br, y.br);
    left = s.area(x.bl, y.bl, x.tl, y.tl);
    bottom = s.area(x.br, y.br, x.bl, y.bl);
    top = s.area(x.tl, y.tl, x.tr, y.tr);
    right = s.area(x.tr, y.tr, x.br, y.br);
    bottom.at -= 1;
    right.at -= 1;
    const auto per_pixel = static_cast<float>(1 << s.grid_bits);
    const Floats z = blocks.z.tl - 0.5F;  // rounded, and less one: see Spans
    const Ints bx = x.br - x.tl, by = y.br - y.tl;
    const Floats bz = blocks.z.br - blocks.z.tl;
    lower = plane(x.bl - x.tl, y.bl - y.tl, blocks.z.bl - blocks.z.tl, bx, by, bz, x.tl, y.tl, z,
                  per_pixel);
    upper = plane(x.tr - x.tl, y.tr - y.tl, blocks.z.tr - blocks.z.tl, bx, by, bz, x.tl, y.tl, z,
                  per_pixel);
  }

  template <typename Step>
  void move(const Step& step) {
    step(diagonal);
    step(left);
    step(bottom);
    step(top);
    step(right);
    step(lower);
    step(upper);
  }
  void go_right() {
    move([](auto& even) { even.at += even.right; });
  }
  void go_down() {
    move([](auto& even) { even.at += even.down; });
  }
  void go_right(Ints pixels) {
    diagonal.at += diagonal.right * pixels;
    left.at += left.right * pixels;
    bottom.at += bottom.right * pixels;
    top.at += top.right * pixels;
    right.at += right.right * pixels;
    lower.at += lower.right * floats_of(pixels);
    upper.at += upper.right * floats_of(pixels);
  }

  /// Depth less one; 0xFFFF where nothing is covered.
  [[nodiscard]] Ints depth() const {
    const Ints upper_side = diagonal.at >> 31;
    const Ints outside = (upper_side ? top.at | right.at : left.at | bottom.at) >> 31;
    const Ints z = ints_of(upper_side ? upper.at : lower.at);
    return outside ? Ints{} + 0xFFFF : z;
  }
};

/// Pixels beside each other in a row of the output, for each of eight blocks.
struct Spans {
  static constexpr int kPixels = 4;
  static constexpr int kOrder[kLanes] = {0, 1, 4, 5, 2, 3, 6, 7};  ///< of the blocks in `depth`
  int at[kLanes];                                                  ///< where the first pixel lies
  uint64_t depth[kLanes];  ///< 16 bits each, less one, so that nothing is the farthest
};

/// Spans that wait to be written: few enough to stay in the nearest cache.
struct Waiting {
  static constexpr int kMost = 32;
  Spans spans[kMost];
  int count = 0;
  Ints end_y{};
};

/// Keeps the nearer of what is there and what comes, 0 being the farthest.
void write(PaintJob& job, Waiting& waiting) {
  clear_until(job, waiting.end_y);
  // Reading what has just been written would wait for it: neighbouring blocks, which are in
  // neighbouring lanes, do not follow each other.
  for (int lane = 0; lane < kLanes; ++lane) {
    for (int i = 0; i < waiting.count; ++i) {
      uint16_t* const to = job.depth + waiting.spans[i].at[Spans::kOrder[lane]];
      const Pair come = {waiting.spans[i].depth[lane], 0};
      const Pair there = {load<uint64_t>(to), 0};
      const Shorts nearer =
          smaller<Shorts>(reinterpret_cast<Shorts>(come), reinterpret_cast<Shorts>(there) - 1);
      store<uint64_t>(to, reinterpret_cast<Pair>(nearer + 1)[0]);
    }
  }
  waiting.count = 0;
}

/// The first `pixels` of a span, beginning where `rule` stands, which moves on behind them. Where
/// blocks are `cut` by the end of the image, only the pixels that are needed count.
template <int pixels, bool cut>
void span_at(Rule& rule, Ints needed, Ints at, Spans& out) {
  Ints depth[4] = {Ints{} + 0xFFFF, Ints{} + 0xFFFF, Ints{} + 0xFFFF, Ints{} + 0xFFFF};
  for (int i = 0; i < pixels; ++i) {
    const Ints found = rule.depth();
    depth[i] = !cut || needed > i ? found : depth[i];
    rule.go_right();
  }
  const Ints low = depth[0] | depth[1] << 16, high = depth[2] | depth[3] << 16;
  store(out.depth, __builtin_shufflevector(low, high, 0, 8, 1, 9, 4, 12, 5, 13));
  store(out.depth + kLanes / 2, __builtin_shufflevector(low, high, 2, 10, 3, 11, 6, 14, 7, 15));
  store(out.at, at);
}

/// As many pixels of a span as the blocks need.
template <bool cut>
void span_as_needed(Rule& rule, Ints needed, Ints at, Spans& out) {
  if (any(needed > 3)) return span_at<4, cut>(rule, needed, at, out);
  if (any(needed > 2)) return span_at<3, cut>(rule, needed, at, out);
  if (any(needed > 1)) return span_at<2, cut>(rule, needed, at, out);
  span_at<1, cut>(rule, needed, at, out);
}

/// A block larger than what fits the vectors.
void paint_large(PaintJob& job, const Blocks& blocks, const Boxes& boxes, int lane) {
  const auto area = [](int64_t ax, int64_t ay, int64_t bx, int64_t by, int64_t x, int64_t y) {
    return (y - ay) * (bx - ax) - (x - ax) * (by - ay);
  };
  clear_until(job, boxes.shows & boxes.end_y);
  const Corners<Ints>&u = blocks.u, &v = blocks.v;
  const Corners<Floats>& z = blocks.z;
  for (int row = boxes.y[lane]; row < boxes.end_y[lane]; ++row) {
    for (int column = boxes.x[lane]; column < boxes.end_x[lane]; ++column) {
      const int64_t x = int64_t{column} << job.grid_bits, y = int64_t{row} << job.grid_bits;
      int64_t m = area(u.tl[lane], v.tl[lane], u.br[lane], v.br[lane], x, y);
      const bool lower = m >= 0;
      const int third_u = lower ? u.bl[lane] : u.tr[lane];
      const int third_v = lower ? v.bl[lane] : v.tr[lane];
      int64_t e1 = area(third_u, third_v, u.tl[lane], v.tl[lane], x, y);
      int64_t e2 = area(u.br[lane], v.br[lane], third_u, third_v, x, y);
      if (!lower) m = -m, e1 = -e1, e2 = -e2;
      if (e1 < 0 || e2 <= 0) continue;
      const double of_br = static_cast<double>(e1), of_third = static_cast<double>(m),
                   of_tl = static_cast<double>(e2);
      const double third_z = static_cast<double>(lower ? z.bl[lane] : z.tr[lane]);
      const auto depth =
          static_cast<uint16_t>((of_br * static_cast<double>(z.br[lane]) + of_third * third_z +
                                 of_tl * static_cast<double>(z.tl[lane])) /
                                    (of_br + of_third + of_tl) +
                                0.5);
      uint16_t& out = job.depth[static_cast<size_t>(row) * static_cast<size_t>(job.width) +
                                static_cast<size_t>(column)];
      if (out == 0 || depth < out) out = depth;
    }
  }
}

/// Paints the blocks that are too large and takes them off those that show.
void paint_largest(PaintJob& job, const Blocks& blocks, Boxes& boxes) {
  const Ints large = boxes.shows & (boxes.size > job.largest);
  if (!any(large)) return;
  for (int lane = 0; lane < kLanes; ++lane) {
    if (large[lane] != 0) paint_large(job, blocks, boxes, lane);
  }
  boxes.shows &= ~large;
}

/// The last pixels of the image are followed by none: a span that would reach beyond ends there.
/// So it begins more to the left; by how many pixels.
Ints back(const PaintJob& job, Ints at) {
  const Ints beyond = at + Spans::kPixels - job.width * job.height;
  return beyond > 0 ? beyond : Ints{};
}

template <bool cut>
void paint_blocks(PaintJob& job, const Blocks& blocks, const Boxes& boxes, Waiting& waiting) {
  const Ints width = boxes.shows & (boxes.end_x - boxes.x);
  const Ints height = boxes.shows & (boxes.end_y - boxes.y);
  Rule of_row(Shape(blocks, boxes, job.grid_bits), blocks);
  Ints first = boxes.y * job.width + boxes.x;
  for (int row = 0; any(height > row); ++row) {
    const Ints used = height > row;
    Rule rule = of_row;
    Ints at = used & first, needed = used & width;
    for (; any(needed > 0); needed -= Spans::kPixels) {
      Spans& out = waiting.spans[waiting.count++];
      if constexpr (cut) {
        const Ints too_far = back(job, at);
        rule.go_right(-too_far);
        at -= too_far;
        needed += too_far;
      }
      span_as_needed<cut>(rule, needed, at, out);
      at += Spans::kPixels;
      if (waiting.count == Waiting::kMost) write(job, waiting);
    }
    of_row.go_down();
    first += job.width;
  }
}

LOCKSTEP_KERNEL void paint_depth(PaintJob& shared_job) {
  PaintJob job = shared_job;  // no write to an image changes it
  Waiting waiting;
  for_blocks(job, [&](const Blocks& blocks, Boxes boxes, const Missing&, int) {
    paint_largest(job, blocks, boxes);
    waiting.end_y = larger(waiting.end_y, boxes.shows & boxes.end_y);
    // Four pixels beside a box that ends this far from the image's end are still in the image.
    const Ints near_end = (boxes.end_x > job.width - 8) | (boxes.end_y > job.height - 2);
    if (any(boxes.shows & near_end))
      paint_blocks<true>(job, blocks, boxes, waiting);
    else
      paint_blocks<false>(job, blocks, boxes, waiting);
  });
  write(job, waiting);
  shared_job.cleared_rows = job.cleared_rows;
}

}  // namespace
}  // namespace lockstep

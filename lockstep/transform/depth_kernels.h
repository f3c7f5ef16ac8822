// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/transform/surface_kernels.h"

// Depth alone: eight blocks at a time, each at its own pixel, in whole numbers. See
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

/// The depth in the plane of three vertices: (x, y, z), and two that differ from it by these.
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
struct Numbers {
  Ints diagonal, left, bottom, top, right;
  Floats lower, upper;  ///< depth less one

  /// 0xFFFF where nothing is covered.
  [[nodiscard]] Ints depth() const {
    const Ints outside = diagonal < 0 ? top | right : left | bottom;
    const Ints z = ints_of(diagonal < 0 ? upper : lower);
    return outside < 0 ? Ints{} + 0xFFFF : z;
  }
  void operator+=(const Numbers& step) {
    diagonal += step.diagonal;
    left += step.left;
    bottom += step.bottom;
    top += step.top;
    right += step.right;
    lower += step.lower;
    upper += step.upper;
  }
  [[nodiscard]] Numbers times(Ints count) const {
    const Floats many = floats_of(count);
    return {diagonal * count, left * count, bottom * count, top * count,
            right * count,    lower * many, upper * many};
  }
};

/// The numbers at the first pixel of each box, and how they change.
struct Rule {
  Numbers first, to_right, down;

  Rule(const Shape& s, const Blocks& blocks) {
    const Corners<Ints>&x = s.x, &y = s.y;
    const Even<Ints> diagonal = s.area(x.tl, y.tl, x.br, y.br);
    const Even<Ints> left = s.area(x.bl, y.bl, x.tl, y.tl);
    const Even<Ints> bottom = s.area(x.br, y.br, x.bl, y.bl);
    const Even<Ints> top = s.area(x.tl, y.tl, x.tr, y.tr);
    const Even<Ints> right = s.area(x.tr, y.tr, x.br, y.br);
    const auto per_pixel = static_cast<float>(1 << s.grid_bits);
    const Floats z = blocks.z.tl - 0.5F;  // rounded, and less one
    const Ints bx = x.br - x.tl, by = y.br - y.tl;
    const Floats bz = blocks.z.br - blocks.z.tl;
    const Even<Floats> lower = plane(x.bl - x.tl, y.bl - y.tl, blocks.z.bl - blocks.z.tl, bx, by,
                                     bz, x.tl, y.tl, z, per_pixel);
    const Even<Floats> upper = plane(x.tr - x.tl, y.tr - y.tl, blocks.z.tr - blocks.z.tl, bx, by,
                                     bz, x.tl, y.tl, z, per_pixel);
    first = {diagonal.at, left.at, bottom.at - 1, top.at, right.at - 1, lower.at, upper.at};
    to_right = {diagonal.right, left.right,  bottom.right, top.right,
                right.right,    lower.right, upper.right};
    down = {diagonal.down, left.down, bottom.down, top.down, right.down, lower.down, upper.down};
  }
};

/// For each of eight blocks, twice four pixels beside each other in the output.
struct Spans {
  static constexpr int kPixels = 4;
  static constexpr int kOrder[kLanes] = {0, 4, 1, 5, 2, 6, 3, 7};  ///< of the blocks in `depth`
  int at[kLanes];                                                  ///< where the first pixel lies
  int second;            ///< from there to the first of the other four
  Shorts depth[kLanes];  ///< less one, so that nothing is the farthest
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
    const int block = Spans::kOrder[lane];
    for (const Spans* spans = waiting.spans; spans != waiting.spans + waiting.count; ++spans) {
      uint16_t* const first = job.depth + spans->at[block];
      uint16_t* const second = first + spans->second;
      const Pair there = {load<uint64_t>(first), load<uint64_t>(second)};
      const Shorts nearer =
          smaller<Shorts>(spans->depth[lane], reinterpret_cast<Shorts>(there) - 1);
      const Pair result = reinterpret_cast<Pair>(nearer + 1);
      store<uint64_t>(first, result[0]);
      store<uint64_t>(second, result[1]);
    }
  }
  waiting.count = 0;
}

/// Four pixels of each block, 16 bits each.
struct Four {
  Ints low = Ints{} - 1, high = Ints{} - 1;
};

void put(const Four& first, const Four& second, Spans& out) {
  const auto join = [](Ints a, Ints b, bool upper) {
    return upper ? __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
                 : __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
  };
  for (int half = 0; half < 2; ++half) {
    const auto a = reinterpret_cast<Longs>(join(first.low, first.high, half != 0));
    const auto b = reinterpret_cast<Longs>(join(second.low, second.high, half != 0));
    store(out.depth + 4 * half, __builtin_shufflevector(a, b, 0, 4, 2, 6));
    store(out.depth + 4 * half + 2, __builtin_shufflevector(a, b, 1, 5, 3, 7));
  }
}

/// The pixels that a block's box has in one row, of which `pixels` are looked at. Where blocks are
/// `cut` by the end of the image, only those that are needed count.
template <int pixels, bool cut>
Four four_at(Numbers here, const Numbers& to_right, Ints needed) {
  Ints depth[4] = {Ints{} + 0xFFFF, Ints{} + 0xFFFF, Ints{} + 0xFFFF, Ints{} + 0xFFFF};
  for (int i = 0; i < pixels; ++i) {
    if (i > 0) here += to_right;
    const Ints found = here.depth();
    depth[i] = !cut || needed > i ? found : depth[i];
  }
  return {depth[0] | depth[1] << 16, depth[2] | depth[3] << 16};
}

/// As many as the blocks need.
template <bool cut>
Four four_as_needed(const Numbers& here, const Numbers& to_right, int most, Ints needed) {
  if (most > 3) return four_at<4, cut>(here, to_right, needed);
  if (most > 2) return four_at<3, cut>(here, to_right, needed);
  if (most > 1) return four_at<2, cut>(here, to_right, needed);
  return four_at<1, cut>(here, to_right, needed);
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

/// Blocks of at most four by any number of pixels, two rows at a time.
template <int pixels>
void paint_narrow(PaintJob& job, const Rule& rule, Ints at, int rows, Waiting& waiting) {
  Numbers row = rule.first;
  for (; rows > 0; rows -= 2) {
    const Four upper = four_at<pixels, false>(row, rule.to_right, Ints{});
    Four lower;
    row += rule.down;
    if (rows > 1) lower = four_at<pixels, false>(row, rule.to_right, Ints{});
    row += rule.down;
    Spans& out = waiting.spans[waiting.count++];
    put(upper, lower, out);
    store(out.at, at);
    out.second = job.width;
    at += 2 * job.width;
    if (waiting.count == Waiting::kMost) write(job, waiting);
  }
}

/// Blocks of any size, and those that the image cuts: eight pixels of a row at a time.
template <bool cut>
void paint_wide(PaintJob& job, const Rule& rule, Ints first, Ints width, Ints height, int most,
                Waiting& waiting) {
  Numbers row = rule.first;
  for (int y = 0; any(height > y); ++y) {
    Ints at = (height > y) & first, needed = (height > y) & width;
    Numbers here = row;
    for (int left = most; left > 0; left -= 2 * Spans::kPixels) {
      if constexpr (cut) {
        // The last pixels of the image are followed by none: a span that would reach beyond ends
        // there, and begins more to the left.
        const Ints beyond = at + 2 * Spans::kPixels - job.width * job.height;
        const Ints too_far = beyond > 0 ? beyond : Ints{};
        here += rule.to_right.times(-too_far);
        at -= too_far;
        needed += too_far;
      }
      Spans& out = waiting.spans[waiting.count++];
      const int looked_at = cut ? 2 * Spans::kPixels : left;
      const Four four = four_as_needed<cut>(here, rule.to_right, looked_at, needed);
      Numbers next = here;
      next += rule.to_right.times(Ints{} + Spans::kPixels);
      Four other;
      if (looked_at > Spans::kPixels)
        other = four_as_needed<cut>(next, rule.to_right, looked_at - Spans::kPixels,
                                    needed - Spans::kPixels);
      put(four, other, out);
      store(out.at, at);
      out.second = Spans::kPixels;
      at += 2 * Spans::kPixels;
      needed -= 2 * Spans::kPixels;
      next += rule.to_right.times(Ints{} + Spans::kPixels);
      here = next;
      if (waiting.count == Waiting::kMost) write(job, waiting);
    }
    row += rule.down;
    first += job.width;
  }
}

void paint_blocks(PaintJob& job, const Blocks& blocks, const Boxes& boxes, Waiting& waiting) {
  const Ints width = boxes.shows & (boxes.end_x - boxes.x);
  const Ints height = boxes.shows & (boxes.end_y - boxes.y);
  const Rule rule(Shape(blocks, boxes, job.grid_bits), blocks);
  const Ints first = boxes.shows & (boxes.y * job.width + boxes.x);
  const int widest = largest_of(width), rows = largest_of(height);
  const Ints at_end = (boxes.end_x == job.width) | (boxes.y + rows > job.height - 2);
  if (any(boxes.shows & at_end))
    return paint_wide<true>(job, rule, first, width, height, widest, waiting);
  if (widest > 4) return paint_wide<false>(job, rule, first, width, height, widest, waiting);
  if (widest > 3) return paint_narrow<4>(job, rule, first, rows, waiting);
  if (widest > 2) return paint_narrow<3>(job, rule, first, rows, waiting);
  paint_narrow<2>(job, rule, first, rows, waiting);
}

LOCKSTEP_KERNEL void paint_depth(PaintJob& shared_job) {
  PaintJob job = shared_job;  // no write to an image changes it
  Waiting waiting;
  for_blocks(job, [&](const Blocks& blocks, Boxes boxes, const Missing&, int) {
    paint_largest(job, blocks, boxes);
    waiting.end_y = larger(waiting.end_y, boxes.shows & boxes.end_y);
    paint_blocks(job, blocks, boxes, waiting);
  });
  write(job, waiting);
  shared_job.cleared_rows = job.cleared_rows;
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/transform/kernels.h"
#include "lockstep/transform/vectors.h"

// The surface between four neighbouring vertices: eight blocks of them at a time, each at its own
// pixel. Built twice: see kernels.h.

namespace lockstep {
namespace {

// Where neighbours are farther apart than this share of their depth there is a jump and no surface:
// the pitch of a pixel in the coarsest mode (120 degrees over 512 pixels), on a surface slanted by
// 85 degrees.
constexpr float kLargestSlope = 0.04693441759F;

// ---- which blocks show

/// Eight blocks beside each other, or the same value in every lane.
struct Blocks {
  Floats tl_u, tr_u, br_u, bl_u, tl_v, tr_v, br_v, bl_v, tl_z, tr_z, br_z, bl_z;
};

Blocks blocks_at(const PaintJob& job, int column) {
  const auto at = [column](const float* row, int next) {
    return load<Floats>(row + column + next);
  };
  const VertexRow &a = job.above, &b = job.below;
  return {at(a.u, 0), at(a.u, 1), at(b.u, 1), at(b.u, 0), at(a.v, 0), at(a.v, 1),
          at(b.v, 1), at(b.v, 0), at(a.z, 0), at(a.z, 1), at(b.z, 1), at(b.z, 0)};
}

template <typename Operation>
Floats over(Operation operation, Floats a, Floats b, Floats c, Floats d) {
  return operation(operation(a, b), operation(c, d));
}

/// First whole number not below `value`, within 0 and `most`.
Ints limit(Floats value, int most) {
  const Floats kept = smaller(larger(value, Floats{}), spread(static_cast<float>(most)));
  const Ints whole = ints_of(kept);
  return whole - (floats_of(whole) < kept);
}

struct Boxes {
  Ints x, y, end_x, end_y;
  Ints shows;
};

/// The boxes of blocks whose vertices are all there.
Boxes boxes_of(const Blocks& block, int width, int height) {
  const auto least = [](const auto&... z) { return over(smaller<Floats>, z...); };
  const auto most = [](const auto&... z) { return over(larger<Floats>, z...); };
  const Floats near_z = least(block.tl_z, block.tr_z, block.br_z, block.bl_z);
  const Floats far_z = most(block.tl_z, block.tr_z, block.br_z, block.bl_z);
  Boxes boxes;
  boxes.x = limit(least(block.tl_u, block.tr_u, block.br_u, block.bl_u), width);
  boxes.y = limit(least(block.tl_v, block.tr_v, block.br_v, block.bl_v), height);
  boxes.end_x = limit(most(block.tl_u, block.tr_u, block.br_u, block.bl_u), width);
  boxes.end_y = limit(most(block.tl_v, block.tr_v, block.br_v, block.bl_v), height);
  boxes.shows = (near_z > 0) & (far_z - near_z <= kLargestSlope * near_z) &
                (boxes.x < boxes.end_x) & (boxes.y < boxes.end_y);
  return boxes;
}

struct Vertex {
  float u, v, z, custom;
};
Vertex vertex(const VertexRow& row, int column) {
  return {row.u[column], row.v[column], row.z[column], row.custom[column]};
}
void put(const VertexRow& row, int column, const Vertex& vertex) {
  row.u[column] = vertex.u;
  row.v[column] = vertex.v;
  row.z[column] = vertex.z;
  row.custom[column] = vertex.custom;
}

/// In the middle of a and b. It carries the mean of the two that `mean` names, or what `nearest`
/// carries.
Vertex between(const Vertex& a, const Vertex& b, const Vertex& mean_a, const Vertex& mean_b,
               const Vertex* nearest) {
  const int mean = (static_cast<int>(mean_a.custom) + static_cast<int>(mean_b.custom)) / 2;
  return {(a.u + b.u) / 2, (a.v + b.v) / 2, (a.z + b.z) / 2,
          nearest != nullptr ? nearest->custom : static_cast<float>(mean)};
}

/// Writes the block at `column`, of which one vertex is missing, behind the row with four.
void mend(const PaintJob& job, int column, int spare) {
  const auto nearest = [&job](const Vertex& one) { return job.nearest ? &one : nullptr; };
  Vertex tl = vertex(job.above, column), tr = vertex(job.above, column + 1);
  Vertex br = vertex(job.below, column + 1), bl = vertex(job.below, column);
  if (!(tl.z > 0)) {
    tl = between(tr, bl, tr, bl, nearest(br));
  } else if (!(tr.z > 0)) {
    tr = br;
    br = between(br, bl, br, bl, nearest(bl));
  } else if (!(br.z > 0)) {
    br = between(tr, bl, tr, tl, nearest(tl));
  } else {
    bl = br;
    br = between(tr, br, tr, br, nearest(tr));
  }
  put(job.above, spare, tl);
  put(job.above, spare + 1, tr);
  put(job.below, spare + 1, br);
  put(job.below, spare, bl);
}

/// Clears the output's rows before the last of `end_y`, shortly before something is drawn there.
void clear_until(PaintJob& job, Ints end_y) {
  if (!any(end_y > job.cleared_rows)) return;
  int end = 0;
  for (int lane = 0; lane < kLanes; ++lane) end = end_y[lane] > end ? end_y[lane] : end;
  const auto row = static_cast<size_t>(job.width);
  __builtin_memset(job.depth + static_cast<size_t>(job.cleared_rows) * row, 0,
                   static_cast<size_t>(end - job.cleared_rows) * row * sizeof *job.depth);
  job.cleared_rows = end;
}

/// Calls `use(blocks, boxes, column)` for every eight blocks of which some show, those that were
/// mended last; `boxes.shows` says which.
template <typename Use>
void for_blocks(const PaintJob& job, const Use& use) {
  int spare = job.columns;
  for (int first = 0; first + 1 < job.columns; first += kLanes) {
    const Blocks blocks = blocks_at(job, first);
    Boxes found = boxes_of(blocks, job.width, job.height);
    const Ints of_row = kLaneInts < job.columns - 1 - first;
    found.shows &= of_row;
    if (any(found.shows)) use(blocks, found, first);
    const Ints missing =
        (blocks.tl_z <= 0) + (blocks.tr_z <= 0) + (blocks.br_z <= 0) + (blocks.bl_z <= 0);
    const Ints broken = (missing == -1) & of_row;
    if (!any(broken)) continue;
    int is_broken[kLanes];
    store(is_broken, broken);
    for (int lane = 0; lane < kLanes; ++lane) {
      if (is_broken[lane] == 0) continue;
      mend(job, first + lane, spare);
      spare += 2;
    }
  }
  for (int first = job.columns; first < spare; first += kLanes) {
    const Blocks blocks = blocks_at(job, first);
    Boxes found = boxes_of(blocks, job.width, job.height);
    found.shows &= (kLaneInts < spare - first) & ((kLaneInts & 1) == 0);
    if (any(found.shows)) use(blocks, found, first);
  }
}

// ---- painting

constexpr Ints kSignBit = Ints{} + static_cast<int32_t>(0x80000000);

Floats flip(Floats value, Ints sign) {
  return reinterpret_cast<Floats>(reinterpret_cast<Ints>(value) ^ sign);
}

Floats area(Floats a_u, Floats a_v, Floats b_u, Floats b_v, Floats u, Floats v) {
  return (v - a_v) * (b_u - a_u) - (u - a_u) * (b_v - a_v);
}

/// How a block covers a pixel: one of its two triangles, and the weights of that one's corners.
struct Cover {
  Ints lower;  ///< the triangle with bl; the other one has tr
  Floats of_br, of_third, of_tl;
  Ints covered;

  [[nodiscard]] Floats blend(Floats br, Floats third, Floats tl) const {
    return (of_br * br + of_third * third + of_tl * tl) / (of_br + of_third + of_tl);
  }
};

Cover cover(const Blocks& block, Floats u, Floats v) {
  const Floats m = area(block.tl_u, block.tl_v, block.br_u, block.br_v, u, v);
  const Ints lower = m >= 0;
  const Floats third_u = lower ? block.bl_u : block.tr_u;
  const Floats third_v = lower ? block.bl_v : block.tr_v;
  const Floats e1 = area(third_u, third_v, block.tl_u, block.tl_v, u, v);
  const Floats e2 = area(block.br_u, block.br_v, third_u, third_v, u, v);
  const Ints sign = ~lower & kSignBit;
  Cover cover{lower, flip(e1, sign), flip(m, sign), flip(e2, sign), {}};
  // Top and left edges belong to the surface, bottom and right ones to its neighbour.
  cover.covered = (cover.of_br >= 0) & (cover.of_tl > 0);
  return cover;
}

/// The depth of blocks at one pixel of each, in rows that show; 0 where it is not covered.
Ints depth_at(const Blocks& block, const Boxes& boxes, Ints x, Ints y, Cover& at) {
  at = cover(block, floats_of(x), floats_of(y));
  const Floats third_z = at.lower ? block.bl_z : block.tr_z;
  const Ints depth = ints_of(at.blend(block.br_z, third_z, block.tl_z) + 0.5F);
  return depth & at.covered & boxes.shows & (x < boxes.end_x);
}

// ---- depth alone

/// Pixels beside each other in a row of the output, for each of eight blocks.
struct Spans {
  static constexpr int kPixels = 4;
  int at[kLanes];          ///< where the first pixel lies
  uint64_t depth[kLanes];  ///< 16 bits each; 0: not covered
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
      uint16_t* const to = job.depth + waiting.spans[i].at[lane];
      const Pair come = {waiting.spans[i].depth[lane], 0};
      const Pair there = {load<uint64_t>(to), 0};
      const Shorts nearer =
          smaller<Shorts>(reinterpret_cast<Shorts>(come) - 1, reinterpret_cast<Shorts>(there) - 1);
      store<uint64_t>(to, reinterpret_cast<Pair>(nearer + 1)[0]);
    }
  }
  waiting.count = 0;
}

/// The first `pixels` of a span, the first of which is (x, y).
template <int pixels>
void span_at(const PaintJob& job, const Blocks& blocks, const Boxes& boxes, Ints x, Ints y,
             Spans& out) {
  const Ints used = boxes.shows & (x < boxes.end_x) & (y < boxes.end_y);
  Boxes in_row = boxes;
  in_row.shows = used;
  Cover cover;
  const auto depth = [&](int next) {
    return depth_at(blocks, in_row, x + next, y, cover) & 0xFFFF;
  };
  Ints low = depth(0), high{};
  if constexpr (pixels > 1) low |= depth(1) << 16;
  if constexpr (pixels > 2) high = depth(2);
  if constexpr (pixels > 3) high |= depth(3) << 16;
  store(out.depth, __builtin_shufflevector(low, high, 0, 8, 1, 9, 2, 10, 3, 11));
  store(out.depth + kLanes / 2, __builtin_shufflevector(low, high, 4, 12, 5, 13, 6, 14, 7, 15));
  store(out.at, used & (y * job.width + x));
}

/// As many pixels of a span as the blocks need.
void span_as_needed(const PaintJob& job, const Blocks& blocks, const Boxes& boxes, Ints x, Ints y,
                    Spans& out) {
  const Ints needed = boxes.shows & (boxes.end_x - x);
  if (any(needed > 3)) return span_at<4>(job, blocks, boxes, x, y, out);
  if (any(needed > 2)) return span_at<3>(job, blocks, boxes, x, y, out);
  if (any(needed > 1)) return span_at<2>(job, blocks, boxes, x, y, out);
  span_at<1>(job, blocks, boxes, x, y, out);
}

/// The last pixels of the image are followed by none: a span that would reach beyond ends there.
/// So x is moved to the left for it.
Ints within_image(const PaintJob& job, Ints x, Ints y) {
  const Ints beyond = y * job.width + x + Spans::kPixels - job.width * job.height;
  return x - (beyond > 0 ? beyond : Ints{});
}

LOCKSTEP_KERNEL void paint_depth(PaintJob& shared_job) {
  PaintJob job = shared_job;  // no write to an image changes it
  Waiting waiting;
  for_blocks(job, [&](const Blocks& blocks, const Boxes& boxes, int) {
    waiting.end_y = larger(waiting.end_y, boxes.shows & boxes.end_y);
    for (int row = 0; any(boxes.shows & (boxes.y + row < boxes.end_y)); ++row) {
      const Ints y = boxes.y + row;
      for (Ints x = boxes.x; any(boxes.shows & (x < boxes.end_x)); x += Spans::kPixels) {
        Spans& out = waiting.spans[waiting.count++];
        span_as_needed(job, blocks, boxes, within_image(job, x, y), y, out);
        if (waiting.count < Waiting::kMost) continue;
        write(job, waiting);
      }
    }
  });
  write(job, waiting);
  shared_job.cleared_rows = job.cleared_rows;
}

// ---- depth and a custom image

/// What blocks show of the custom image, before rounding.
Floats custom_at(const PaintJob& job, const Cover& at, int column) {
  const auto tl = load<Floats>(job.above.custom + column);
  const auto tr = load<Floats>(job.above.custom + column + 1);
  const auto bl = load<Floats>(job.below.custom + column);
  const auto br = load<Floats>(job.below.custom + column + 1);
  const Floats third = at.lower ? bl : tr;
  if (!job.nearest) return at.blend(br, third, tl);
  const Floats over_third = at.of_br > at.of_tl ? br : tl;
  const Floats not_br = at.of_third > at.of_tl ? third : tl;
  return at.of_br > at.of_third ? over_third : not_br;
}

void write_pixel(const PaintJob& job, size_t at, int depth, int custom) {
  const auto come = static_cast<uint16_t>(depth);
  if (job.depth[at] != 0 && come >= job.depth[at]) return;
  job.depth[at] = come;
  if (job.format == CustomFormat::bits8)
    static_cast<uint8_t*>(job.custom)[at] = static_cast<uint8_t>(custom);
  else
    static_cast<uint16_t*>(job.custom)[at] = static_cast<uint16_t>(custom);
}

LOCKSTEP_KERNEL void paint_custom(PaintJob& job) {
  for_blocks(job, [&](const Blocks& blocks, const Boxes& boxes, int column) {
    clear_until(job, boxes.shows & boxes.end_y);
    for (int row = 0; any(boxes.shows & (boxes.y + row < boxes.end_y)); ++row) {
      const Ints y = boxes.y + row;
      for (Ints x = boxes.x; any(boxes.shows & (x < boxes.end_x)); x += 1) {
        Boxes in_row = boxes;
        in_row.shows &= y < boxes.end_y;
        Cover cover;
        int depth[kLanes], custom[kLanes], at[kLanes];
        store(depth, depth_at(blocks, in_row, x, y, cover));
        store(custom, ints_of(custom_at(job, cover, column) + 0.5F));
        store(at, y * job.width + x);
        for (int lane = 0; lane < kLanes; ++lane) {
          if (depth[lane] != 0)
            write_pixel(job, static_cast<size_t>(at[lane]), depth[lane], custom[lane]);
        }
      }
    }
  });
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/transform/surface_kernels.h"

// Depth and a custom image with it: eight blocks at a time, each at its own pixel. See
// kernels.h.

namespace lockstep {
namespace {

/// Blocks as seen from the first pixels of their boxes, in pixels. What neighbours have in common
/// is the same number for both.
struct NearBlocks {
  Corners<Floats> u, v, z;

  NearBlocks(const Blocks& blocks, const Boxes& boxes)
      : u(from(blocks.u, boxes.x)), v(from(blocks.v, boxes.y)), z(blocks.z) {}

  static Corners<Floats> from(const Corners<Ints>& at, Ints first) {
    const auto near = [&](Ints place) {
      constexpr float kPixel = 1.0F / (1 << kCustomGridBits);
      return floats_of(place - (first << kCustomGridBits)) * kPixel;
    };
    return {near(at.tl), near(at.tr), near(at.br), near(at.bl)};
  }
};

constexpr Ints kSignBit = Ints{} + static_cast<int32_t>(0x80000000);

Floats flip(Floats value, Ints sign) {
  return reinterpret_cast<Floats>(reinterpret_cast<Ints>(value) ^ sign);
}

/// Every block that has the edge from a to b gets the same number.
Floats area(Floats a_u, Floats a_v, Floats b_u, Floats b_v, Floats u, Floats v) {
  return rounded_product(v - a_v, b_u - a_u) - rounded_product(u - a_u, b_v - a_v);
}

/// How a block covers a pixel: one of its two triangles, and the weights of that one's corners.
struct Cover {
  Ints lower;  ///< the triangle with bl; the other one has tr
  Floats of_br, of_third, of_tl;
  Ints covered;

  Cover(const NearBlocks& at, Floats x, Floats y) {
    const Corners<Floats>&u = at.u, &v = at.v;
    const Floats m = area(u.tl, v.tl, u.br, v.br, x, y);
    lower = m >= 0;
    const Floats third_u = lower ? u.bl : u.tr;
    const Floats third_v = lower ? v.bl : v.tr;
    const Ints sign = ~lower & kSignBit;
    of_br = flip(area(third_u, third_v, u.tl, v.tl, x, y), sign);
    of_third = flip(m, sign);
    of_tl = flip(area(u.br, v.br, third_u, third_v, x, y), sign);
    // Top and left edges belong to the surface, bottom and right ones to its neighbour.
    covered = (of_br >= 0) & (of_tl > 0);
  }

  [[nodiscard]] Floats blend(const Corners<Floats>& of) const {
    return (of_br * of.br + of_third * third(of) + of_tl * of.tl) / (of_br + of_third + of_tl);
  }
  [[nodiscard]] Floats heaviest(const Corners<Floats>& of) const {
    const Floats over_third = of_br > of_tl ? of.br : of.tl;
    const Floats not_br = of_third > of_tl ? third(of) : of.tl;
    return of_br > of_third ? over_third : not_br;
  }

 private:
  [[nodiscard]] Floats third(const Corners<Floats>& of) const { return lower ? of.bl : of.tr; }
};

/// What blocks carry of the custom image.
Corners<Floats> custom_of(const PaintJob& job, const Missing& missing, int column) {
  auto custom = corners_at<Floats>(job.above.custom, job.below.custom, column);
  if (!missing.some) return custom;
  const Corners<Floats> was = custom;
  const auto mean = [](Floats a, Floats b) { return floats_of(ints_of((a + b) * 0.5F)); };
  missing.mend(custom, mean);
  if (!job.nearest) return custom;
  custom.tl = missing.tl ? was.br : custom.tl;
  custom.br = missing.tr ? was.bl : missing.br ? was.tl : missing.bl ? was.tr : custom.br;
  return custom;
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

/// What eight blocks show at one pixel of each.
struct Shown {
  int depth[kLanes], custom[kLanes];  ///< depth 0: not covered
};

Shown shown_at(const PaintJob& job, const NearBlocks& blocks, const Corners<Floats>& custom,
               Ints used, int x, int y) {
  const Cover cover(blocks, spread(static_cast<float>(x)), spread(static_cast<float>(y)));
  const Floats value = job.nearest ? cover.heaviest(custom) : cover.blend(custom);
  Shown shown;
  store(shown.depth, ints_of(cover.blend(blocks.z) + 0.5F) & cover.covered & used);
  store(shown.custom, ints_of(value + 0.5F));
  return shown;
}

LOCKSTEP_KERNEL void paint_custom(PaintJob& job) {
  for_blocks(job,
             [&](const Blocks& blocks, const Boxes& boxes, const Missing& missing, int column) {
               clear_until(job, boxes.shows & boxes.end_y);
               const NearBlocks near(blocks, boxes);
               const Corners<Floats> custom = custom_of(job, missing, column);
               const Ints width = boxes.shows & (boxes.end_x - boxes.x);
               const Ints height = boxes.shows & (boxes.end_y - boxes.y);
               const Ints first = boxes.y * job.width + boxes.x;
               for (int y = 0; any(height > y); ++y) {
                 const Ints in_row = height > y;
                 for (int x = 0; any((in_row & width) > x); ++x) {
                   const Shown shown = shown_at(job, near, custom, (in_row & width) > x, x, y);
                   for (int lane = 0; lane < kLanes; ++lane) {
                     if (shown.depth[lane] != 0)
                       write_pixel(job, static_cast<size_t>(first[lane] + y * job.width + x),
                                   shown.depth[lane], shown.custom[lane]);
                   }
                 }
               }
             });
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/transform/kernels.h"
#include "lockstep/transform/vectors.h"

// The lens model on several pixels at a time: project_ray and unproject_ray of camera_model.h, step
// for step, with masks where those return. See kernels.h.

namespace lockstep {
namespace {

template <typename Vector>
struct Distorted {
  Vector x, y, r2;  // relative to the centre of distortion
  Vector factor;    // radial
  Vector u, v;
};

template <typename Vector, typename Number>
Distorted<Vector> distort(const Lens<Number>& lens, Vector ray_x, Vector ray_y) {
  Distorted<Vector> d;
  const auto& k = lens.k;
  const Vector x = d.x = ray_x - lens.cod_x;
  const Vector y = d.y = ray_y - lens.cod_y;
  const Vector r2 = d.r2 = x * x + y * y;
  const Vector above = 1 + r2 * (k[0] + r2 * (k[1] + r2 * k[2]));
  const Vector below = 1 + r2 * (k[3] + r2 * (k[4] + r2 * k[5]));
  d.factor = below == 0 ? above : above / below;
  const Vector xd = x * d.factor + lens.p2 * (r2 + 2 * x * x) + lens.cross * lens.p1 * x * y;
  const Vector yd = y * d.factor + lens.p1 * (r2 + 2 * y * y) + lens.cross * lens.p2 * x * y;
  d.u = lens.fx * (xd + lens.cod_x) + lens.cx;
  d.v = lens.fy * (yd + lens.cod_y) + lens.cy;
  return d;
}

template <typename Vector, typename Number>
struct Moved {
  Vector x, y, z;
  Moved(const Motion<Number>& motion, Vector px, Vector py, Vector pz) {
    const auto& r = motion.rotation;
    const auto& t = motion.translation;
    x = r[0] * px + r[1] * py + r[2] * pz + t[0];
    y = r[3] * px + r[4] * py + r[5] * pz + t[1];
    z = r[6] * px + r[7] * py + r[8] * pz + t[2];
  }
};

// ---- rays

/// The step of the ray that Newton's method takes where the pixel was missed by (miss_u, miss_v).
void newton_step(const Lens<double>& lens, const Distorted<Doubles>& at, Doubles miss_u,
                 Doubles miss_v, Doubles& step_x, Doubles& step_y) {
  const auto& k = lens.k;
  const Doubles x = at.x, y = at.y, r2 = at.r2;
  const Doubles below = 1 + r2 * (k[3] + r2 * (k[4] + r2 * k[5]));
  const Doubles above_slope = k[0] + r2 * (2 * k[1] + 3 * r2 * k[2]);
  const Doubles below_slope = k[3] + r2 * (2 * k[4] + 3 * r2 * k[5]);
  // Everything times the denominator, which saves dividing by it.
  const Doubles by = below == 0 ? Doubles{} + 1 : below;
  const Doubles slope = below == 0 ? above_slope : above_slope - at.factor * below_slope;
  const Doubles factor = at.factor * by;
  const double p1 = lens.p1, p2 = lens.p2, c = lens.cross;
  const Doubles mixed = 2 * x * y * slope;
  const Doubles u_x = lens.fx * (factor + 2 * x * x * slope + by * (6 * p2 * x + c * p1 * y));
  const Doubles u_y = lens.fx * (mixed + by * (2 * p2 * y + c * p1 * x));
  const Doubles v_x = lens.fy * (mixed + by * (2 * p1 * x + c * p2 * y));
  const Doubles v_y = lens.fy * (factor + 2 * y * y * slope + by * (6 * p1 * y + c * p2 * x));
  const Doubles inverse = by / (u_x * v_y - u_y * v_x);
  step_x = (v_y * miss_u - u_y * miss_v) * inverse;
  step_y = (u_x * miss_v - v_x * miss_u) * inverse;
}

void first_guess(const Lens<double>& lens, Doubles u, Doubles v, Doubles& ray_x, Doubles& ray_y) {
  const Doubles u_ray = (u - lens.cx) / lens.fx;
  const Doubles v_ray = (v - lens.cy) / lens.fy;
  const Doubles factor = distort(lens, u_ray, v_ray).factor;
  const Doubles undo = factor == 0 ? Doubles{} + 1 : 1 / factor;
  const Doubles x = (u_ray - lens.cod_x) * undo;
  const Doubles y = (v_ray - lens.cod_y) * undo;
  ray_x = x - lens.p2 * (y * y + 3 * x * x) - 2 * lens.p1 * x * y + lens.cod_x;
  ray_y = y - lens.p1 * (x * x + 3 * y * y) - 2 * lens.p2 * x * y + lens.cod_y;
}

/// Newton's method for the rays of some pixels.
struct Search {
  Doubles u, v;
  Doubles x, y;  // the ray to try
  Doubles ray_x, ray_y, best = Doubles{} + __DBL_MAX__;
  Longs going, lost{};

  Search(const Lens<double>& lens, Doubles of_u, Doubles of_v) : u(of_u), v(of_v) {
    first_guess(lens, u, v, x, y);
    ray_x = x;
    ray_y = y;
    going = best == best;
  }

  void pass(const Lens<double>& lens) {
    constexpr double kDone = 1e-22;  // squared pixels
    const Distorted<Doubles> reached = distort(lens, x, y);
    const Longs inside = reached.r2 <= lens.radius2;
    lost |= going & ~inside;
    const Doubles miss_u = u - reached.u;
    const Doubles miss_v = v - reached.v;
    const Doubles error = miss_u * miss_u + miss_v * miss_v;
    const Longs better = going & inside & (error < best);
    best = better ? error : best;
    ray_x = better ? x : ray_x;
    ray_y = better ? y : ray_y;
    going = better & (error >= kDone);
    Doubles step_x, step_y;
    newton_step(lens, reached, miss_u, miss_v, step_x, step_y);
    x = going ? x + step_x : x;
    y = going ? y + step_y : y;
  }

  [[nodiscard]] Longs found() const {
    constexpr double kReached = 1e-6;  // squared pixels
    return ~lost & (best <= kReached);
  }
};

void store_rays(const Search& search, int first, int count, float* x, float* y) {
  const Longs found = search.found();
  for (int lane = 0; lane < kDoubleLanes && first + lane < count; ++lane) {
    const bool there = found[lane] != 0;
    x[first + lane] = there ? static_cast<float>(search.ray_x[lane]) : __builtin_nanf("");
    y[first + lane] = there ? static_cast<float>(search.ray_y[lane]) : 0;
  }
}

LOCKSTEP_KERNEL void rays(const Lens<double>& lens, int row, int count, float* x, float* y) {
  constexpr int kPasses = 20;
  const Doubles v = Doubles{} + static_cast<double>(row);
  for (int first = 0; first < count; first += 2 * kDoubleLanes) {
    // Every pass waits for the one before: two searches side by side use the time.
    const Doubles u = kLaneDoubles + static_cast<double>(first);
    Search one(lens, u, v), other(lens, u + static_cast<double>(kDoubleLanes), v);
    for (int pass = 0; pass < kPasses && any(one.going | other.going); ++pass) {
      one.pass(lens);
      other.pass(lens);
    }
    store_rays(one, first, count, x, y);
    store_rays(other, first + kDoubleLanes, count, x, y);
  }
}

// ---- vertices

/// The ray of another camera to what a depth pixel reads, and how far along its axis that is; 0
/// where nothing is read, or it lies behind. A ray of the depth camera that is not there is NaN,
/// and stays so until the last line tells it from what is valid.
template <typename Vector>
struct RayTo {
  Vector x, y, z;

  RayTo() = default;
  template <typename Number>
  RayTo(const Motion<Number>& mm, Vector ray_x, Vector ray_y, Vector d) {
    const Moved<Vector, Number> point(mm, ray_x * d, ray_y * d, d);
    const Vector nearer = 1 / point.z;
    x = point.x * nearer;
    y = point.y * nearer;
    z = ((d > 0) & (point.z > 0)) ? point.z : Vector{};
  }
};

/// Depth pixels as the colour camera sees them; z is 0 where it does not.
template <typename Vector>
struct Seen {
  Vector u{}, v{}, z{};

  Seen() = default;
  template <typename Number>
  Seen(const Lens<Number>& lens, const RayTo<Vector>& ray) {
    const Distorted<Vector> seen = distort(lens, ray.x, ray.y);
    u = seen.u;
    v = seen.v;
    z = seen.r2 <= lens.radius2 ? ray.z : Vector{};
  }
  template <typename Number>
  Seen(const Lens<Number>& lens, const Motion<Number>& mm, Vector ray_x, Vector ray_y, Vector d)
      : Seen(lens, RayTo<Vector>(mm, ray_x, ray_y, d)) {}
};

struct DepthPixels {
  Floats ray_x, ray_y;
  Shorts depth;
};

/// Calls `use(pixels, first)` for every eight pixels of a row.
template <typename Use>
void for_pixels(const float* ray_x, const float* ray_y, const uint16_t* depth, int count,
                const Use& use) {
  int first = 0;
  for (; first + kLanes <= count; first += kLanes)
    use(DepthPixels{load<Floats>(ray_x + first), load<Floats>(ray_y + first),
                    load<Shorts>(depth + first)},
        first);
  if (first == count) return;
  DepthPixels last{};
  for (int lane = 0; first + lane < count; ++lane) {
    last.ray_x[lane] = ray_x[first + lane];
    last.ray_y[lane] = ray_y[first + lane];
    last.depth[lane] = depth[first + lane];
  }
  use(last, first);
}

/// Rays to what some pixels of a row read. Where a camera sees them is found in two steps, each for
/// all of them: within one pixel everything waits for what is before it, longer than processors
/// look ahead.
struct RaysTo {
  static constexpr int kCount = 256;
  float x[kCount], y[kCount], z[kCount];

  void take(const Motion<float>& mm, Floats ray_x, Floats ray_y, Floats depth, int first) {
    if (!any(depth > 0)) return store(z + first, Floats{});
    const RayTo<Floats> ray(mm, ray_x, ray_y, depth);
    store(x + first, ray.x);
    store(y + first, ray.y);
    store(z + first, ray.z);
  }
  /// Where the eight from `first` on are seen; all 0 where none of them is there.
  [[nodiscard]] Seen<Floats> seen(const Lens<float>& lens, int first) const {
    RayTo<Floats> ray;
    ray.z = load<Floats>(z + first);
    if (!any(ray.z > 0)) return {};
    ray.x = load<Floats>(x + first);
    ray.y = load<Floats>(y + first);
    return {lens, ray};
  }
};

/// Calls `use(seen, first)` for every eight pixels of a row, as a camera sees them.
template <typename Use>
void for_seen(const Lens<float>& shared_lens, const Motion<float>& shared_mm, const float* ray_x,
              const float* ray_y, const uint16_t* depth, int count, const Use& use) {
  const Lens<float> lens = shared_lens;  // no write to the row changes it
  const Motion<float> mm = shared_mm;
  RaysTo rays;
  for (int begin = 0; begin < count; begin += RaysTo::kCount) {
    const int some = count - begin < RaysTo::kCount ? count - begin : RaysTo::kCount;
    for_pixels(ray_x + begin, ray_y + begin, depth + begin, some,
               [&](const DepthPixels& pixels, int first) {
                 rays.take(mm, pixels.ray_x, pixels.ray_y, floats_of(pixels.depth), first);
               });
    for (int first = 0; first < some; first += kLanes) use(rays.seen(lens, first), begin + first);
  }
}

LOCKSTEP_KERNEL void vertices(const Lens<float>& lens, const Motion<float>& mm, const float* ray_x,
                              const float* ray_y, const uint16_t* depth, int count, VertexRow out) {
  for_seen(lens, mm, ray_x, ray_y, depth, count, [&](const Seen<Floats>& seen, int first) {
    store(out.u + first, seen.u);
    store(out.v + first, seen.v);
    store(out.z + first, seen.z);
  });
}

/// The even place on the grid that is nearest to a coordinate, for those from 0 on.
template <typename Vector, typename Number>
auto on_grid(Vector px, Number half_per_px) {
  const Vector far = Vector{} + Number{kFarthestPx};
  const Vector kept = smaller(larger(px, -far), far);
  if constexpr (sizeof(Number) == sizeof(float))
    return ints_of(kept * half_per_px + Number{0.5}) * 2;
  else
    return __builtin_convertvector(kept * half_per_px + Number{0.5}, HalfInts) * 2;
}

/// No farther than an image can say.
template <typename Vector>
Vector within_depth(Vector z) {
  return z > 65'535 ? Vector{} + 65'535 : z;
}

LOCKSTEP_KERNEL void grid_vertices(const Lens<float>& lens, const Motion<float>& mm,
                                   const float* ray_x, const float* ray_y, const uint16_t* depth,
                                   int count, int grid_bits, GridRow out) {
  const auto half_per_px = static_cast<float>(1 << (grid_bits - 1));
  for_seen(lens, mm, ray_x, ray_y, depth, count, [&](const Seen<Floats>& seen, int first) {
    store(out.u + first, on_grid(seen.u, half_per_px));
    store(out.v + first, on_grid(seen.v, half_per_px));
    store(out.z + first, within_depth(seen.z));
  });
}

LOCKSTEP_KERNEL void fine_vertices(const Lens<double>& lens, const Motion<double>& mm,
                                   const float* ray_x, const float* ray_y, const uint16_t* depth,
                                   int count, int grid_bits, GridRow out) {
  const auto half_per_px = static_cast<double>(1 << (grid_bits - 1));
  for_pixels(ray_x, ray_y, depth, count, [&](const DepthPixels& pixels, int first) {
    const Floats d = floats_of(pixels.depth);
    const auto half = [&](auto low, int column) {
      const auto of = [&](Floats all) {
        return low ? doubles_of<0>(all) : doubles_of<kDoubleLanes>(all);
      };
      const Seen<Doubles> seen(lens, mm, of(pixels.ray_x), of(pixels.ray_y), of(d));
      store(out.u + column, on_grid(seen.u, half_per_px));
      store(out.v + column, on_grid(seen.v, half_per_px));
      store(out.z + column, __builtin_convertvector(within_depth(seen.z), HalfFloats));
    };
    half(true, first);
    half(false, first + kDoubleLanes);
  });
}

// ---- the walk through the depth image

Longs inside_image(Doubles x, Doubles y, int width, int height) {
  return (x >= 0) & (y >= 0) & (x < static_cast<double>(width)) & (y < static_cast<double>(height));
}

/// Readings at places inside the depth image, metres; 0 at those that are not.
Doubles readings(const Walk& walk, Doubles x, Doubles y, Longs inside) {
  Doubles z{};
  for (int lane = 0; lane < kDoubleLanes; ++lane) {
    if (inside[lane] == 0) continue;
    const int column = static_cast<int>(x[lane] + 0.5), row = static_cast<int>(y[lane] + 0.5);
    const int last_column = walk.width - 1, last_row = walk.height - 1;
    z[lane] = walk.depth[static_cast<size_t>(row < last_row ? row : last_row) *
                             static_cast<size_t>(walk.width) +
                         static_cast<size_t>(column < last_column ? column : last_column)];
  }
  constexpr double kMetre = 0.001;  // in millimetres
  return z * kMetre;
}

LOCKSTEP_KERNEL WalkEnd walk(const Walk& walk) {
  Doubles best = Doubles{} + __DBL_MAX__, best_step{}, best_x{}, best_y{};
  double start[2], way[2];  // of the rays, and for one step
  for (int axis = 0; axis < 2; ++axis) {
    start[axis] = (walk.start[axis] - walk.center[axis]) / walk.focal[axis];
    way[axis] = walk.way[axis] / walk.longer / walk.focal[axis];
  }
  for (double first = walk.first_step; first <= walk.last_step; first += kDoubleLanes) {
    const Doubles step = kLaneDoubles + first;
    const Doubles ray_x = start[0] + way[0] * step, ray_y = start[1] + way[1] * step;
    const Distorted<Doubles> seen = distort(walk.depth_lens, ray_x, ray_y);
    const Longs shown = (step <= walk.last_step) & (seen.r2 <= walk.depth_lens.radius2) &
                        inside_image(seen.u, seen.v, walk.width, walk.height);
    if (!any(shown)) continue;
    const Doubles z = readings(walk, seen.u, seen.v, shown);
    const Moved<Doubles, double> point(walk.color_from_depth, ray_x * z, ray_y * z, z);
    const Doubles nearer = 1 / point.z;
    const Distorted<Doubles> color = distort(walk.color_lens, point.x * nearer, point.y * nearer);
    const Doubles miss_u = color.u - walk.wanted[0], miss_v = color.v - walk.wanted[1];
    const Doubles miss = miss_u * miss_u + miss_v * miss_v;
    const Longs better = (z > 0) & (point.z > 0) & (color.r2 <= walk.color_lens.radius2) &
                         inside_image(color.u, color.v, walk.color_width, walk.color_height) &
                         (miss < best);
    best = better ? miss : best;
    best_step = better ? step : best_step;
    best_x = better ? seen.u : best_x;
    best_y = better ? seen.v : best_y;
  }
  int found = 0;
  for (int lane = 1; lane < kDoubleLanes; ++lane) {
    const bool sooner = best[lane] == best[found] && best_step[lane] < best_step[found];
    if (best[lane] < best[found] || sooner) found = lane;
  }
  return {best[found], best_x[found], best_y[found]};
}

}  // namespace
}  // namespace lockstep

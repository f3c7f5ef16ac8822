// SPDX-License-Identifier: MIT
#include "lockstep/transform/surface.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <utility>

#include "lockstep/transform/color_vertices.h"

namespace lockstep {
namespace {

// Where neighbours are farther apart than this share of their depth there is a jump and no surface:
// the pitch of a pixel in the coarsest mode (120 degrees over 512 pixels), on a surface slanted by
// 85 degrees.
constexpr float kLargestSlope = 0.04693441759F;

struct Vertex {
  float u = 0, v = 0, z = 0;  // z 0: nothing
  int custom = 0;
  [[nodiscard]] bool valid() const { return z > 0; }
};

// Four neighbours, clockwise.
enum Corner { tl, tr, br, bl };
using Block = std::array<Vertex, 4>;

Vertex between(const Vertex& a, const Vertex& b, int custom) {
  if (!a.valid() || !b.valid()) return {};
  return {(a.u + b.u) / 2, (a.v + b.v) / 2, (a.z + b.z) / 2, custom};
}

/// Makes four vertices of three.
void repair(Block& block, bool nearest) {
  const auto custom = [&](Corner one, Corner a, Corner b) {
    return nearest ? block[one].custom : (block[a].custom + block[b].custom) / 2;
  };
  if (!block[tl].valid()) {
    block[tl] = between(block[tr], block[bl], custom(br, tr, bl));
  } else if (!block[tr].valid()) {
    const Vertex middle = between(block[br], block[bl], custom(bl, br, bl));
    block[tr] = std::exchange(block[br], middle);
  } else if (!block[br].valid()) {
    block[br] = between(block[tr], block[bl], custom(tl, tr, bl));
  } else {
    const Vertex middle = between(block[tr], block[br], custom(tr, tr, br));
    block[bl] = std::exchange(block[br], middle);
  }
}

float area(const Vertex& a, const Vertex& b, float u, float v) {
  return (v - a.v) * (b.u - a.u) - (u - a.u) * (b.v - a.v);
}

template <typename Sample>
class Painter {
 public:
  Painter(SurfaceTarget<Sample>& target, Interpolation interpolation)
      : target_(target), nearest_(interpolation == Interpolation::nearest) {}

  void paint(Block block) {
    const int missing =
        !block[tl].valid() + !block[tr].valid() + !block[br].valid() + !block[bl].valid();
    if (missing > 1) return;
    if (missing == 1) repair(block, nearest_);
    const auto [near_z, far_z] = std::minmax({block[tl].z, block[tr].z, block[br].z, block[bl].z});
    if (far_z - near_z > kLargestSlope * near_z) return;
    const auto [left, right] = std::minmax({block[tl].u, block[tr].u, block[br].u, block[bl].u});
    const auto [top, bottom] = std::minmax({block[tl].v, block[tr].v, block[br].v, block[bl].v});
    const int first_x = limit(left, target_.width_px), end_x = limit(right, target_.width_px);
    const int end_y = limit(bottom, target_.height_px);
    for (int y = limit(top, target_.height_px); y < end_y; ++y) {
      for (int x = first_x; x < end_x; ++x) paint_pixel(block, x, y);
    }
  }

 private:
  static int limit(float edge, int most) {
    return static_cast<int>(std::clamp(std::ceil(edge), 0.0F, static_cast<float>(most)));
  }

  void paint_pixel(const Block& block, int x, int y) {
    const auto u = static_cast<float>(x);
    const auto v = static_cast<float>(y);
    float m = area(block[tl], block[br], u, v);
    const Vertex& third = m >= 0 ? block[bl] : block[tr];
    float e1 = area(third, block[tl], u, v);
    float e2 = area(block[br], third, u, v);
    if (m < 0) m = -m, e1 = -e1, e2 = -e2;
    // Top and left edges belong to the surface, bottom and right ones to its neighbour.
    if (!(e1 >= 0 && e2 > 0)) return;
    const float sum = e1 + m + e2;
    const float z = (e1 * block[br].z + m * third.z + e2 * block[tl].z) / sum;
    const auto whole = static_cast<uint16_t>(static_cast<int>(z + 0.5F));
    const size_t at =
        static_cast<size_t>(y) * static_cast<size_t>(target_.width_px) + static_cast<size_t>(x);
    uint16_t& depth = target_.depth[at];
    if (depth != 0 && whole >= depth) return;
    depth = whole;
    if (target_.custom.empty()) return;
    float value = 0;
    if (nearest_) {
      const Vertex& heaviest =
          e1 > m ? (e1 > e2 ? block[br] : block[tl]) : (m > e2 ? third : block[tl]);
      value = static_cast<float>(heaviest.custom);
    } else {
      value = (e1 * static_cast<float>(block[br].custom) + m * static_cast<float>(third.custom) +
               e2 * static_cast<float>(block[tl].custom)) /
              sum;
    }
    target_.custom[at] = static_cast<Sample>(static_cast<int>(value + 0.5F));
  }

  SurfaceTarget<Sample>& target_;
  const bool nearest_;
};

}  // namespace

template <typename Sample>
void draw_surfaces(const DeviceGeometry& geometry, const RayTable& rays,
                   std::span<const uint16_t> depth, std::span<const Sample> custom,
                   Interpolation interpolation, SurfaceTarget<Sample>& target) {
  std::fill(target.depth.begin(), target.depth.end(), uint16_t{0});
  const ColorProjection projection(geometry, rays);
  const auto width = static_cast<size_t>(rays.width_px);
  ColorVertices above, below;
  above.resize(width);
  below.resize(width);
  Painter<Sample> painter(target, interpolation);
  const auto vertex = [&](const ColorVertices& row, size_t first, size_t x) {
    return Vertex{row.u[x], row.v[x], row.z[x],
                  custom.empty() ? 0 : static_cast<int>(custom[first + x])};
  };
  projection.row(0, depth.first(width), above);
  for (int y = 1; y < rays.height_px; ++y) {
    const size_t first = static_cast<size_t>(y) * width;
    projection.row(y, depth.subspan(first, width), below);
    for (size_t x = 1; x < width; ++x) {
      painter.paint({vertex(above, first - width, x - 1), vertex(above, first - width, x),
                     vertex(below, first, x), vertex(below, first, x - 1)});
    }
    std::swap(above, below);
  }
}

template void draw_surfaces(const DeviceGeometry&, const RayTable&, std::span<const uint16_t>,
                            std::span<const uint8_t>, Interpolation, SurfaceTarget<uint8_t>&);
template void draw_surfaces(const DeviceGeometry&, const RayTable&, std::span<const uint16_t>,
                            std::span<const uint16_t>, Interpolation, SurfaceTarget<uint16_t>&);

void sample_color(std::span<const uint8_t> bgra, int width_px, int height_px, float u, float v,
                  bool valid, std::span<uint8_t, 4> out) {
  std::fill(out.begin(), out.end(), uint8_t{0});
  const float left = std::floor(u);
  const float top = std::floor(v);
  const bool inside = valid && left >= 0 && top >= 0 && left + 1 < static_cast<float>(width_px) &&
                      top + 1 < static_cast<float>(height_px);
  if (!inside) return;
  const auto row_bytes = static_cast<size_t>(width_px) * 4;
  const uint8_t* const upper =
      &bgra[static_cast<size_t>(top) * row_bytes + static_cast<size_t>(left) * 4];
  const uint8_t* const lower = upper + row_bytes;
  const float x = u - left;
  const float y = v - top;
  for (size_t channel = 0; channel < 4; ++channel) {
    const auto at = [channel](const uint8_t* pixel) { return static_cast<float>(pixel[channel]); };
    const float above = at(upper) * (1 - x) + at(upper + 4) * x;
    const float below = at(lower) * (1 - x) + at(lower + 4) * x;
    out[channel] = static_cast<uint8_t>(above * (1 - y) + below * y + 0.5F);
  }
  const bool any = out[0] != 0 || out[1] != 0 || out[2] != 0 || out[3] != 0;
  if (!any) out[0] = 1;  // all zero means that nothing is known
}

}  // namespace lockstep

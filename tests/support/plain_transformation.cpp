// SPDX-License-Identifier: MIT
#include "tests/support/plain_transformation.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lockstep::testing {
namespace {

/// A depth pixel in the colour image: where it lies there, how far away, and what it carries.
struct Vertex {
  double u = 0, v = 0, z = 0;
  int custom = 0;
  bool valid = false;
};

// Four neighbours of the depth image, clockwise.
enum Corner { tl, tr, br, bl };
using Block = std::array<Vertex, 4>;

Vertex vertex_of(const DeviceGeometry& geometry, int x, int y, uint16_t depth_mm) {
  Vertex vertex;
  if (depth_mm == 0) return vertex;
  const auto ray = unproject_ray(*geometry.depth, {x, y});
  if (!ray) return vertex;
  const double z = depth_mm / 1000.0;
  const Eigen::Vector3d point =
      geometry.color_from_depth * Eigen::Vector3d(ray->x() * z, ray->y() * z, z);
  vertex.z = point.z() * 1000;
  if (const auto pixel = project(*geometry.color, point)) {
    vertex.u = pixel->x();
    vertex.v = pixel->y();
    vertex.valid = true;
  }
  return vertex;
}

Vertex between(const Vertex& a, const Vertex& b) {
  return {(a.u + b.u) / 2, (a.v + b.v) / 2, (a.z + b.z) / 2, 0, a.valid && b.valid};
}

/// Makes four vertices of three; false when more are missing.
bool repair(Block& block, bool nearest) {
  const auto missing =
      std::count_if(block.begin(), block.end(), [](const Vertex& v) { return !v.valid; });
  if (missing == 0) return true;
  if (missing > 1) return false;
  const auto mean = [&](Corner a, Corner b) { return (block[a].custom + block[b].custom) / 2; };
  if (!block[tl].valid) {
    const int custom = nearest ? block[br].custom : mean(tr, br);
    block[tl] = between(block[tr], block[bl]);
    block[tl].custom = custom;
  } else if (!block[tr].valid) {
    const int custom = nearest ? block[bl].custom : mean(br, bl);
    block[tr] = block[br];
    block[br] = between(block[br], block[bl]);
    block[br].custom = custom;
  } else if (!block[br].valid) {
    const int custom = nearest ? block[tl].custom : mean(tr, bl);
    block[br] = between(block[tr], block[bl]);
    block[br].custom = custom;
  } else {
    const int custom = nearest ? block[tr].custom : mean(tr, br);
    block[bl] = block[br];
    block[br] = between(block[tr], block[br]);
    block[br].custom = custom;
  }
  return true;
}

double area(const Vertex& a, const Vertex& b, double u, double v) {
  return (v - a.v) * (b.u - a.u) - (u - a.u) * (b.v - a.v);
}

// The sine of a pixel's pitch in the coarsest mode over the cosine of the steepest slant.
constexpr double kLargestSlope = 0.04693441759;

/// What blocks are drawn on: the image, and kBeside pixels around it.
struct Canvas {
  static constexpr int kBeside = PlainDepthToColor::kBeside;

  int width, height;  ///< of the image
  bool with_custom, nearest;
  PlainDepthToColor& out;

  [[nodiscard]] PlainDepthToColor::Seen& wider_at(int x, int y) const {
    const auto row = static_cast<size_t>(width + 2 * kBeside);
    return out.wider[static_cast<size_t>(y + kBeside) * row + static_cast<size_t>(x + kBeside)];
  }
  [[nodiscard]] bool is_beside(int x, int y) const {
    return x < 0 || y < 0 || x >= width || y >= height;
  }
};

/// `x0` and `y0`: the depth pixel at the block's upper left.
void draw(const Block& block, int x0, int y0, const Canvas& to) {
  const auto [near_z, far_z] = std::minmax_element(
      block.begin(), block.end(), [](const Vertex& a, const Vertex& b) { return a.z < b.z; });
  if (far_z->z - near_z->z > kLargestSlope * near_z->z) return;
  const auto [left, right] = std::minmax({block[tl].u, block[tr].u, block[br].u, block[bl].u});
  const auto [top, bottom] = std::minmax({block[tl].v, block[tr].v, block[br].v, block[bl].v});
  const auto limit = [](double value, int most) {
    constexpr double kBeside = Canvas::kBeside;
    return static_cast<int>(std::clamp(std::ceil(value), -kBeside, most + kBeside));
  };
  for (int y = limit(top, to.height); y < limit(bottom, to.height); ++y) {
    for (int x = limit(left, to.width); x < limit(right, to.width); ++x) {
      double m = area(block[tl], block[br], x, y);
      const Vertex& third = m >= 0 ? block[bl] : block[tr];
      double e1 = area(third, block[tl], x, y);
      double e2 = area(block[br], third, x, y);
      if (m < 0) m = -m, e1 = -e1, e2 = -e2;
      if (!(e1 >= 0 && e2 > 0)) continue;
      const double sum = e1 + m + e2;
      const auto blend = [&](double a, double b, double c) {
        return (e1 * a + m * b + e2 * c) / sum;
      };
      const auto z = static_cast<uint16_t>(blend(block[br].z, third.z, block[tl].z) + 0.5);
      PlainDepthToColor::Seen& seen = to.wider_at(x, y);
      if (seen.depth != 0 && z >= seen.depth) continue;
      seen = {z, static_cast<int16_t>(x0), static_cast<int16_t>(y0)};
      if (!to.with_custom || to.is_beside(x, y)) continue;
      const Vertex& heaviest =
          e1 > m ? (e1 > e2 ? block[br] : block[tl]) : (m > e2 ? third : block[tl]);
      const double value =
          to.nearest ? heaviest.custom : blend(block[br].custom, third.custom, block[tl].custom);
      to.out
          .custom[static_cast<size_t>(y) * static_cast<size_t>(to.width) + static_cast<size_t>(x)] =
          static_cast<uint16_t>(value + 0.5);
    }
  }
}

std::vector<Vertex> vertices_of(const DeviceGeometry& geometry,
                                const std::vector<uint16_t>& depth) {
  std::vector<Vertex> vertices(depth.size());
  const int width = geometry.depth->width_px;
  for (size_t i = 0; i < depth.size(); ++i) {
    const int at = static_cast<int>(i);
    vertices[i] = vertex_of(geometry, at % width, at / width, depth[i]);
  }
  return vertices;
}

}  // namespace

bool PlainDepthToColor::near_edge(size_t at) const {
  constexpr int kElsewherePx = 4;
  const size_t x = at % static_cast<size_t>(width), y = at / static_cast<size_t>(width);
  const auto row = static_cast<size_t>(width + 2 * kBeside);
  const Seen& here = wider[(y + kBeside) * row + x + kBeside];
  int nearest = 65'535, farthest = 0;
  for (size_t v = y; v <= y + 2 * kBeside; ++v) {
    for (size_t u = x; u <= x + 2 * kBeside; ++u) {
      const Seen& seen = wider[v * row + u];
      nearest = std::min<int>(nearest, seen.depth);
      farthest = std::max<int>(farthest, seen.depth);
      if (std::abs(seen.x - here.x) > kElsewherePx || std::abs(seen.y - here.y) > kElsewherePx)
        return true;
    }
  }
  return farthest - nearest > nearest / 50;
}

PlainDepthToColor plain_depth_to_color(const DeviceGeometry& geometry,
                                       const std::vector<uint16_t>& depth,
                                       const std::vector<uint16_t>& custom,
                                       Interpolation interpolation, uint16_t invalid) {
  const int width = geometry.color->width_px;
  const int height = geometry.color->height_px;
  const int columns = geometry.depth->width_px;
  const auto row = static_cast<size_t>(columns);
  constexpr int kBoth = 2 * PlainDepthToColor::kBeside;
  PlainDepthToColor out;
  out.width = width;
  out.wider.resize(static_cast<size_t>(width + kBoth) * static_cast<size_t>(height + kBoth));
  out.depth.resize(static_cast<size_t>(width) * static_cast<size_t>(height));
  if (!custom.empty()) out.custom.assign(out.depth.size(), invalid);
  std::vector<Vertex> vertices = vertices_of(geometry, depth);
  for (size_t i = 0; i < custom.size(); ++i) vertices[i].custom = custom[i];
  const Canvas canvas{width, height, !custom.empty(), interpolation == Interpolation::nearest, out};
  for (int y = 0; y + 1 < geometry.depth->height_px; ++y) {
    for (int x = 0; x + 1 < columns; ++x) {
      const Vertex* const at = &vertices[static_cast<size_t>(y) * row + static_cast<size_t>(x)];
      Block block{at[0], at[1], at[row + 1], at[row]};
      if (repair(block, canvas.nearest)) draw(block, x, y, canvas);
    }
  }
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      out.depth[static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)] =
          canvas.wider_at(x, y).depth;
  return out;
}

std::vector<uint8_t> plain_color_to_depth(const DeviceGeometry& geometry,
                                          const std::vector<uint16_t>& depth,
                                          const std::vector<uint8_t>& bgra) {
  const int width = geometry.color->width_px;
  const int height = geometry.color->height_px;
  std::vector<uint8_t> out(depth.size() * 4, 0);
  const std::vector<Vertex> vertices = vertices_of(geometry, depth);
  for (size_t i = 0; i < vertices.size(); ++i) {
    const Vertex& vertex = vertices[i];
    if (!vertex.valid) continue;
    const double left = std::floor(vertex.u);
    const double top = std::floor(vertex.v);
    if (!(left >= 0 && top >= 0 && left + 1 < width && top + 1 < height)) continue;
    const double right_part = vertex.u - left;
    const double lower_part = vertex.v - top;
    const auto at = [&](int dx, int dy, size_t channel) {
      const auto x = static_cast<size_t>(left) + static_cast<size_t>(dx);
      const auto y = static_cast<size_t>(top) + static_cast<size_t>(dy);
      return static_cast<double>(bgra[(y * static_cast<size_t>(width) + x) * 4 + channel]);
    };
    bool any = false;
    for (size_t channel = 0; channel < 4; ++channel) {
      const double upper = at(0, 0, channel) * (1 - right_part) + at(1, 0, channel) * right_part;
      const double lower = at(0, 1, channel) * (1 - right_part) + at(1, 1, channel) * right_part;
      const double value = upper * (1 - lower_part) + lower * lower_part;
      out[i * 4 + channel] = static_cast<uint8_t>(value + 0.5);
      any = any || out[i * 4 + channel] != 0;
    }
    if (!any) out[i * 4] = 1;  // all zero would mean that nothing is known
  }
  return out;
}

std::vector<int16_t> plain_points(const CameraModel& camera, const std::vector<uint16_t>& depth) {
  std::vector<int16_t> xyz(depth.size() * 3, 0);
  for (size_t i = 0; i < depth.size(); ++i) {
    const int at = static_cast<int>(i);
    const auto ray = unproject_ray(camera, {at % camera.width_px, at / camera.width_px});
    if (!ray) continue;
    const auto whole = [&](double part) {
      return static_cast<int16_t>(std::clamp(std::nearbyint(part * depth[i]), -32768.0, 32767.0));
    };
    xyz[3 * i] = whole(ray->x());
    xyz[3 * i + 1] = whole(ray->y());
    xyz[3 * i + 2] = static_cast<int16_t>(depth[i]);
  }
  return xyz;
}

}  // namespace lockstep::testing

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

void draw(const Block& block, int width, int height, bool with_custom, bool nearest,
          PlainDepthToColor& out) {
  const auto [near_z, far_z] = std::minmax_element(
      block.begin(), block.end(), [](const Vertex& a, const Vertex& b) { return a.z < b.z; });
  if (far_z->z - near_z->z > kLargestSlope * near_z->z) return;
  const auto [left, right] = std::minmax({block[tl].u, block[tr].u, block[br].u, block[bl].u});
  const auto [top, bottom] = std::minmax({block[tl].v, block[tr].v, block[br].v, block[bl].v});
  const auto limit = [](double value, int most) {
    return static_cast<int>(std::clamp(std::ceil(value), 0.0, static_cast<double>(most)));
  };
  for (int y = limit(top, height); y < limit(bottom, height); ++y) {
    for (int x = limit(left, width); x < limit(right, width); ++x) {
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
      const auto at = static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x);
      ++out.surfaces[at];
      if (out.depth[at] != 0 && z >= out.depth[at]) continue;
      out.depth[at] = z;
      if (!with_custom) continue;
      const Vertex& heaviest =
          e1 > m ? (e1 > e2 ? block[br] : block[tl]) : (m > e2 ? third : block[tl]);
      const double value =
          nearest ? heaviest.custom : blend(block[br].custom, third.custom, block[tl].custom);
      out.custom[at] = static_cast<uint16_t>(value + 0.5);
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

bool PlainDepthToColor::near_edge(size_t width, size_t at) const {
  const size_t height = depth.size() / width, x = at % width, y = at / width;
  int nearest = 65'535, farthest = 0;
  for (size_t v = y < 2 ? 0 : y - 2; v <= std::min(y + 2, height - 1); ++v) {
    for (size_t u = x < 2 ? 0 : x - 2; u <= std::min(x + 2, width - 1); ++u) {
      if (surfaces[v * width + u] != surfaces[at]) return true;
      nearest = std::min<int>(nearest, depth[v * width + u]);
      farthest = std::max<int>(farthest, depth[v * width + u]);
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
  const auto row = static_cast<size_t>(geometry.depth->width_px);
  PlainDepthToColor out;
  out.depth.assign(static_cast<size_t>(width) * static_cast<size_t>(height), 0);
  out.surfaces.assign(out.depth.size(), 0);
  if (!custom.empty()) out.custom.assign(out.depth.size(), invalid);
  std::vector<Vertex> vertices = vertices_of(geometry, depth);
  for (size_t i = 0; i < custom.size(); ++i) vertices[i].custom = custom[i];
  const bool nearest = interpolation == Interpolation::nearest;
  for (size_t below = row; below < vertices.size(); below += row) {
    for (size_t x = 1; x < row; ++x) {
      Block block{vertices[below - row + x - 1], vertices[below - row + x], vertices[below + x],
                  vertices[below + x - 1]};
      if (repair(block, nearest)) draw(block, width, height, !custom.empty(), nearest, out);
    }
  }
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

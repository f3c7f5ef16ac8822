// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/support/plain_transformation.h"

namespace lockstep::testing {
namespace {

constexpr double kPi = 3.14159265358979323846;

bool inside(const Eigen::Vector2d& pixel, const CameraModel& camera) {
  return pixel.x() >= 0 && pixel.y() >= 0 && pixel.x() < camera.width_px &&
         pixel.y() < camera.height_px;
}

/// What the depth image reads at a place between pixels, metres.
double reading_m(const CameraModel& camera, const std::vector<uint16_t>& depth,
                 const Eigen::Vector2d& pixel) {
  const int x = std::min(static_cast<int>(std::floor(pixel.x() + 0.5)), camera.width_px - 1);
  const int y = std::min(static_cast<int>(std::floor(pixel.y() + 0.5)), camera.height_px - 1);
  return depth[static_cast<size_t>(y * camera.width_px + x)] / 1000.0;
}

}  // namespace

std::optional<Eigen::Vector2d> plain_find_in_depth_image(const DeviceGeometry& geometry,
                                                         const SearchView& view,
                                                         const std::vector<uint16_t>& depth,
                                                         const Eigen::Vector2d& color_pixel) {
  const CameraModel& camera = *geometry.depth;
  const Eigen::Vector2d size(camera.width_px, camera.height_px);
  const auto focal = [](double degrees) { return 0.5 / std::tan(degrees / 2 * kPi / 180); };
  const Eigen::Vector2d scale(focal(view.horizontal_deg) * size.x(),
                              focal(view.vertical_deg) * size.y());
  const auto ideal = [&](double z_m) {
    const Eigen::Vector3d point =
        geometry.color_from_depth.inverse() * *unproject(*geometry.color, color_pixel, z_m);
    return Eigen::Vector2d(point.x() / point.z() * scale.x() + size.x() / 2,
                           point.y() / point.z() * scale.y() + size.y() / 2);
  };
  if (!unproject_ray(*geometry.color, color_pixel)) return std::nullopt;
  const Eigen::Vector2d start = ideal(0.05);
  const Eigen::Vector2d way = ideal(14) - start;
  const double longer = way.cwiseAbs().maxCoeff();
  double best = std::numeric_limits<double>::max();
  Eigen::Vector2d found(0, 0);
  for (double step = 0; step <= longer; ++step) {
    const Eigen::Vector2d ray = (start + way * (step / longer) - size / 2).cwiseQuotient(scale);
    const auto pixel = project_ray(camera, ray);
    if (!pixel || !inside(*pixel, camera)) continue;
    const double z = reading_m(camera, depth, *pixel);
    const auto color = project(
        *geometry.color, geometry.color_from_depth * Eigen::Vector3d(ray.x() * z, ray.y() * z, z));
    if (z == 0 || !color || !inside(*color, *geometry.color)) continue;
    const double miss = (*color - color_pixel).norm();
    if (miss >= best) continue;
    best = miss;
    found = *pixel;
  }
  if (best > 10) return std::nullopt;
  return found;
}

}  // namespace lockstep::testing

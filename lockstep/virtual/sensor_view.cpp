// SPDX-License-Identifier: MIT
#include "lockstep/virtual/sensor_view.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

namespace lockstep {

std::span<const Eigen::Vector2f> places_in_pixel(bool fine) {
  static const std::vector<Eigen::Vector2f> few = {
      {-0.125F, -0.375F}, {0.375F, -0.125F}, {0.125F, 0.375F}, {-0.375F, 0.125F}};
  static const std::vector<Eigen::Vector2f> many = [] {
    std::vector<Eigen::Vector2f> places;
    for (int i = 0; i < kPacket; ++i) {
      const int row = i / 4, column = i % 4;
      places.emplace_back((static_cast<float>(4 * column + row) + 0.5F) / 16 - 0.5F,
                          (static_cast<float>(4 * row + 3 - column) + 0.5F) / 16 - 0.5F);
    }
    return places;
  }();
  return fine ? many : few;
}

SensorView::SensorView(const CameraModel& model, const RigidTransform& world_from_camera)
    : model_(model),
      camera_from_world_(world_from_camera.inverse()),
      world_from_camera_(world_from_camera.rotation.cast<float>()),
      origin_(world_from_camera.translation.cast<float>()),
      rays_(static_cast<size_t>(model.width_px) * static_cast<size_t>(model.height_px)) {
  tbb::parallel_for(0, model.height_px, [&](int y) {
    for (int x = 0; x < model_.width_px; ++x) {
      const auto ray = unproject_ray(model_, Eigen::Vector2d(x, y));
      rays_[index(x, y)] =
          ray ? Eigen::Vector3f(static_cast<float>(ray->x()), static_cast<float>(ray->y()), 1.0F)
              : Eigen::Vector3f(0, 0, 0);
    }
  });
}

Eigen::Vector3f SensorView::direction(int x, int y, float dx, float dy) const {
  const Eigen::Vector3f& here = rays_[index(x, y)];
  if (here.z() == 0 || (dx == 0 && dy == 0)) return world_from_camera_ * here;
  // A lens is smooth: between pixels its rays go straight.
  const int beside_x = dx < 0 ? std::max(0, x - 1) : std::min(model_.width_px - 1, x + 1);
  const int beside_y = dy < 0 ? std::max(0, y - 1) : std::min(model_.height_px - 1, y + 1);
  const Eigen::Vector3f& along_x = rays_[index(beside_x, y)];
  const Eigen::Vector3f& along_y = rays_[index(x, beside_y)];
  Eigen::Vector3f ray = here;
  if (along_x.z() != 0) ray += std::abs(dx) * (along_x - here);
  if (along_y.z() != 0) ray += std::abs(dy) * (along_y - here);
  return world_from_camera_ * ray;
}

PixelRect SensorView::covered(const Mesh& mesh, int margin_px) const {
  double low_x = 1e9, low_y = 1e9, high_x = -1e9, high_y = -1e9;
  for (const Eigen::Vector3f& vertex : mesh.vertices) {
    const auto pixel = project(model_, camera_from_world_ * vertex.cast<double>());
    if (!pixel) continue;
    low_x = std::min(low_x, pixel->x());
    low_y = std::min(low_y, pixel->y());
    high_x = std::max(high_x, pixel->x());
    high_y = std::max(high_y, pixel->y());
  }
  if (low_x > high_x) return {};
  const auto within = [](double value, int limit) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(limit)));
  };
  PixelRect rect;
  rect.x = within(std::floor(low_x) - margin_px, model_.width_px);
  rect.y = within(std::floor(low_y) - margin_px, model_.height_px);
  rect.width = within(std::ceil(high_x) + margin_px + 1, model_.width_px) - rect.x;
  rect.height = within(std::ceil(high_y) + margin_px + 1, model_.height_px) - rect.y;
  return rect;
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/geometry/camera_model.h"

#include <Eigen/LU>
#include <limits>

namespace lockstep {
namespace {

/// The radial factor at a squared radius and its derivative by it.
struct Radial {
  double factor;
  double slope;
};

Radial radial(const CameraModel& camera, double r2) {
  const auto& k = camera.k;
  const double above = 1 + r2 * (k[0] + r2 * (k[1] + r2 * k[2]));
  const double below = 1 + r2 * (k[3] + r2 * (k[4] + r2 * k[5]));
  const double above_slope = k[0] + r2 * (2 * k[1] + 3 * r2 * k[2]);
  if (below == 0) return {above, above_slope};
  const double below_slope = k[3] + r2 * (2 * k[4] + 3 * r2 * k[5]);
  return {above / below, (above_slope * below - above * below_slope) / (below * below)};
}

/// Weight of the cross terms of the tangential distortion.
double cross_weight(const CameraModel& camera) {
  return camera.lens == LensModel::brown_conrady ? 2 : 1;
}

/// A ray near the one that reaches `distorted`, both relative to the centre of distortion.
Eigen::Vector2d first_guess(const CameraModel& camera, const Eigen::Vector2d& distorted) {
  const double factor = radial(camera, distorted.squaredNorm()).factor;
  const Eigen::Vector2d ray = factor != 0 ? Eigen::Vector2d(distorted / factor) : distorted;
  const double x = ray.x();
  const double y = ray.y();
  return {x - camera.p2 * (y * y + 3 * x * x) - 2 * camera.p1 * x * y,
          y - camera.p1 * (x * x + 3 * y * y) - 2 * camera.p2 * x * y};
}

}  // namespace

bool is_computable(const CameraModel& camera) {
  constexpr int kParameters = 14;
  const bool known =
      camera.lens == LensModel::brown_conrady || camera.lens == LensModel::rational_6kt;
  return known && camera.parameter_count >= kParameters && camera.fx_px > 0 && camera.fy_px > 0;
}

std::optional<Eigen::Vector2d> project_ray(const CameraModel& camera, const Eigen::Vector2d& ray,
                                           Eigen::Matrix2d* pixel_by_ray) {
  if (!is_computable(camera)) return std::nullopt;
  const double x = ray.x() - camera.center_of_distortion.x();
  const double y = ray.y() - camera.center_of_distortion.y();
  const double r2 = x * x + y * y;
  if (!(r2 <= camera.metric_radius * camera.metric_radius)) return std::nullopt;
  const Radial d = radial(camera, r2);
  const double c = cross_weight(camera);
  const double p1 = camera.p1;
  const double p2 = camera.p2;
  const double xd = x * d.factor + p2 * (r2 + 2 * x * x) + c * p1 * x * y;
  const double yd = y * d.factor + p1 * (r2 + 2 * y * y) + c * p2 * x * y;
  if (pixel_by_ray != nullptr) {
    const double mixed = 2 * x * y * d.slope;
    (*pixel_by_ray)(0, 0) =
        camera.fx_px * (d.factor + 2 * x * x * d.slope + 6 * p2 * x + c * p1 * y);
    (*pixel_by_ray)(0, 1) = camera.fx_px * (mixed + 2 * p2 * y + c * p1 * x);
    (*pixel_by_ray)(1, 0) = camera.fy_px * (mixed + 2 * p1 * x + c * p2 * y);
    (*pixel_by_ray)(1, 1) =
        camera.fy_px * (d.factor + 2 * y * y * d.slope + 6 * p1 * y + c * p2 * x);
  }
  return Eigen::Vector2d(camera.fx_px * (xd + camera.center_of_distortion.x()) + camera.cx_px,
                         camera.fy_px * (yd + camera.center_of_distortion.y()) + camera.cy_px);
}

std::optional<Eigen::Vector2d> project(const CameraModel& camera, const Eigen::Vector3d& point) {
  if (!(point.z() > 0)) return std::nullopt;
  return project_ray(camera, Eigen::Vector2d(point.x() / point.z(), point.y() / point.z()));
}

std::optional<Eigen::Vector2d> unproject_ray(const CameraModel& camera,
                                             const Eigen::Vector2d& pixel) {
  constexpr int kPasses = 20;
  constexpr double kDoneSquaredPx = 1e-22;
  constexpr double kReachedSquaredPx = 1e-6;
  const Eigen::Vector2d distorted = Eigen::Vector2d((pixel.x() - camera.cx_px) / camera.fx_px,
                                                    (pixel.y() - camera.cy_px) / camera.fy_px) -
                                    camera.center_of_distortion;
  Eigen::Vector2d ray = first_guess(camera, distorted) + camera.center_of_distortion;
  Eigen::Vector2d best_ray = ray;
  double best = std::numeric_limits<double>::max();
  for (int pass = 0; pass < kPasses; ++pass) {
    Eigen::Matrix2d pixel_by_ray;
    const auto reached = project_ray(camera, ray, &pixel_by_ray);
    if (!reached) return std::nullopt;
    const Eigen::Vector2d miss = pixel - *reached;
    const double error = miss.squaredNorm();
    if (!(error < best)) break;
    best = error;
    best_ray = ray;
    if (error < kDoneSquaredPx) break;
    ray += pixel_by_ray.inverse() * miss;
  }
  if (!(best <= kReachedSquaredPx)) return std::nullopt;
  return best_ray;
}

std::optional<Eigen::Vector3d> unproject(const CameraModel& camera, const Eigen::Vector2d& pixel,
                                         double z_m) {
  const auto ray = unproject_ray(camera, pixel);
  if (!ray) return std::nullopt;
  return Eigen::Vector3d(ray->x() * z_m, ray->y() * z_m, z_m);
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <array>
#include <optional>

namespace lockstep {

/// Which terms the tangential distortion has: Brown and Conrady's, or the older rational model's
/// without the factor two on the cross terms. The other two can be named in a calibration, but
/// nothing is computed with them.
enum class LensModel { brown_conrady, rational_6kt, polynomial_3k, theta };

/// A lens and the image it makes. Camera frame: x right, y down, z forward, metres. Pixels: the
/// centre of the top-left pixel is (0, 0).
struct CameraModel {
  int width_px = 0;
  int height_px = 0;
  double fx_px = 0, fy_px = 0;
  double cx_px = 0, cy_px = 0;
  std::array<double, 6>
      k{};                ///< k1..k6: radial, (1 + k1 r2 + k2 r4 + k3 r6) over the same of k4..k6
  double p1 = 0, p2 = 0;  ///< tangential
  Eigen::Vector2d center_of_distortion = Eigen::Vector2d::Zero();  ///< in the plane z = 1
  double metric_radius = 1.7;  ///< largest radius in the plane z = 1 for which the model holds
  LensModel lens = LensModel::brown_conrady;
  int parameter_count = 14;  ///< how many of the calibration's parameters count; fewer are too few
  double intrinsic_radius = 0;  ///< the fifteenth parameter; nothing is computed with it
};

/// Whether pixels and points can be computed with a lens: it has one of the first two models, all
/// parameters, and focal lengths.
[[nodiscard]] bool is_computable(const CameraModel& camera);

/// Pixel of a ray through (x, y, 1), with the derivative of the pixel by (x, y) when asked. Nothing
/// beyond the metric radius, nor with a lens that is not computable. The pixel may lie outside the
/// image.
[[nodiscard]] std::optional<Eigen::Vector2d> project_ray(const CameraModel& camera,
                                                         const Eigen::Vector2d& ray,
                                                         Eigen::Matrix2d* pixel_by_ray = nullptr);

/// Pixel of a point in the camera frame; nothing behind the camera or beyond the metric radius.
[[nodiscard]] std::optional<Eigen::Vector2d> project(const CameraModel& camera,
                                                     const Eigen::Vector3d& point);

/// (x, y) of the ray (x, y, 1) that reaches a pixel: Newton's method on project_ray. Nothing where
/// it leaves the metric radius or does not come within 0.001 pixel.
[[nodiscard]] std::optional<Eigen::Vector2d> unproject_ray(const CameraModel& camera,
                                                           const Eigen::Vector2d& pixel);

/// The point at `z_m` along the optical axis on the ray of a pixel.
[[nodiscard]] std::optional<Eigen::Vector3d> unproject(const CameraModel& camera,
                                                       const Eigen::Vector2d& pixel, double z_m);

}  // namespace lockstep

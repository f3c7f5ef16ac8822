// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <array>
#include <cmath>

#include "lockstep/geometry/camera_model.h"

// The camera model on numbers that carry derivatives, for the solvers of this room alone.

namespace lockstep {

template <typename T>
struct Point3 {
  T x[3];
};

/// `pose`: an angle-axis vector and a shift, x_in_target = R x_in_source + t.
template <typename T>
Point3<T> moved(const T* pose, const Point3<T>& from) {
  using std::cos;
  using std::sin;
  using std::sqrt;
  const T* const w = pose;
  const T* const x = from.x;
  const T squared = w[0] * w[0] + w[1] * w[1] + w[2] * w[2];
  // Near no turn at all the first order is all there is, and has a derivative.
  T cosine(1), by_cross(1), by_dot(0);
  if (squared > T(1e-20)) {
    const T angle = sqrt(squared);
    cosine = cos(angle);
    by_cross = sin(angle) / angle;
    by_dot = (T(1) - cosine) / squared;
  }
  const T dot = (w[0] * x[0] + w[1] * x[1] + w[2] * x[2]) * by_dot;
  return {{x[0] * cosine + (w[1] * x[2] - w[2] * x[1]) * by_cross + w[0] * dot + pose[3],
           x[1] * cosine + (w[2] * x[0] - w[0] * x[2]) * by_cross + w[1] * dot + pose[4],
           x[2] * cosine + (w[0] * x[1] - w[1] * x[0]) * by_cross + w[2] * dot + pose[5]}};
}

template <typename T>
Point3<T> on_board(const Eigen::Vector3d& corner) {
  return {{T(corner.x()), T(corner.y()), T(corner.z())}};
}

/// CameraModel with parameters that may be solved for.
template <typename T>
struct SolvedFor {
  T fx, fy, cx, cy;
  std::array<T, 6> k;
  T p1, p2;
  double center_x = 0, center_y = 0;  ///< of distortion
  double metric_radius = 0;
  double cross = 2;  ///< on the cross terms of tangential distortion, by the lens model
};

/// All parameters as they are.
template <typename T>
SolvedFor<T> constants_of(const CameraModel& camera) {
  SolvedFor<T> lens{T(camera.fx_px), T(camera.fy_px), T(camera.cx_px), T(camera.cy_px), {},
                    T(camera.p1),    T(camera.p2)};
  for (size_t i = 0; i < 6; ++i) lens.k[i] = T(camera.k[i]);
  lens.center_x = camera.center_of_distortion.x();
  lens.center_y = camera.center_of_distortion.y();
  lens.metric_radius = camera.metric_radius;
  lens.cross = camera.lens == LensModel::brown_conrady ? 2 : 1;
  return lens;
}

/// Pixel of a point; false behind the camera or beyond where the lens model holds.
template <typename T>
bool project(const SolvedFor<T>& lens, const Point3<T>& point, T* pixel) {
  if (!(point.x[2] > T(0.01))) return false;
  const T x = point.x[0] / point.x[2] - T(lens.center_x);
  const T y = point.x[1] / point.x[2] - T(lens.center_y);
  const T r2 = x * x + y * y;
  if (!(r2 <= T(lens.metric_radius * lens.metric_radius))) return false;
  const auto& k = lens.k;
  const T above = T(1) + r2 * (k[0] + r2 * (k[1] + r2 * k[2]));
  const T below = T(1) + r2 * (k[3] + r2 * (k[4] + r2 * k[5]));
  const T factor = above / below;
  const T cross(lens.cross);
  const T xd = x * factor + lens.p2 * (r2 + T(2) * x * x) + cross * lens.p1 * x * y;
  const T yd = y * factor + lens.p1 * (r2 + T(2) * y * y) + cross * lens.p2 * x * y;
  pixel[0] = lens.fx * (xd + T(lens.center_x)) + lens.cx;
  pixel[1] = lens.fy * (yd + T(lens.center_y)) + lens.cy;
  return true;
}

}  // namespace lockstep

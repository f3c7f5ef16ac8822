// SPDX-License-Identifier: MIT
#include "lockstep/transform/color_vertices.h"

namespace lockstep {

ColorProjection::ColorProjection(const DeviceGeometry& geometry, const RayTable& rays)
    : rays_(rays) {
  const CameraModel& color = *geometry.color;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      r_[3 * row + column] = static_cast<float>(geometry.color_from_depth.rotation(row, column));
    t_mm_[row] = static_cast<float>(geometry.color_from_depth.translation(row) * 1000);
  }
  fx_ = static_cast<float>(color.fx_px);
  fy_ = static_cast<float>(color.fy_px);
  cx_ = static_cast<float>(color.cx_px);
  cy_ = static_cast<float>(color.cy_px);
  for (size_t i = 0; i < 6; ++i) k_[i] = static_cast<float>(color.k[i]);
  p1_ = static_cast<float>(color.p1);
  p2_ = static_cast<float>(color.p2);
  cod_x_ = static_cast<float>(color.center_of_distortion.x());
  cod_y_ = static_cast<float>(color.center_of_distortion.y());
  radius2_ = static_cast<float>(color.metric_radius * color.metric_radius);
  cross_ = color.lens == LensModel::brown_conrady ? 2 : 1;
}

// One loop without branches, so that the compiler makes several pixels at a time of it. A ray that
// is not there is NaN, and stays so until the last line tells it from what is valid.
void ColorProjection::row(int y, std::span<const uint16_t> depth, ColorVertices& out) const {
  const auto width = static_cast<size_t>(rays_.width_px);
  const float* const ray_x = rays_.x.data() + static_cast<size_t>(y) * width;
  const float* const ray_y = rays_.y.data() + static_cast<size_t>(y) * width;
  float* const u = out.u.data();
  float* const v = out.v.data();
  float* const z = out.z.data();
  for (size_t i = 0; i < width; ++i) {
    const auto d = static_cast<float>(depth[i]);
    const float dx = ray_x[i] * d;
    const float dy = ray_y[i] * d;
    const float px = r_[0] * dx + r_[1] * dy + r_[2] * d + t_mm_[0];
    const float py = r_[3] * dx + r_[4] * dy + r_[5] * d + t_mm_[1];
    const float pz = r_[6] * dx + r_[7] * dy + r_[8] * d + t_mm_[2];
    const float nearer = 1 / pz;
    const float x = px * nearer - cod_x_;
    const float y_ = py * nearer - cod_y_;
    const float r2 = x * x + y_ * y_;
    const float above = 1 + r2 * (k_[0] + r2 * (k_[1] + r2 * k_[2]));
    const float below = 1 + r2 * (k_[3] + r2 * (k_[4] + r2 * k_[5]));
    const float factor = below == 0 ? above : above / below;
    const float xd = x * factor + p2_ * (r2 + 2 * x * x) + cross_ * p1_ * x * y_;
    const float yd = y_ * factor + p1_ * (r2 + 2 * y_ * y_) + cross_ * p2_ * x * y_;
    u[i] = fx_ * (xd + cod_x_) + cx_;
    v[i] = fy_ * (yd + cod_y_) + cy_;
    const bool valid = d > 0 && pz > 0 && r2 <= radius2_;
    z[i] = valid ? pz : 0;
  }
}

}  // namespace lockstep

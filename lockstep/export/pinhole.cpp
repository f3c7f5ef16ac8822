// SPDX-License-Identifier: MIT
#include "lockstep/export/pinhole.h"

#include <algorithm>
#include <cmath>

namespace lockstep {

CameraModel pinhole_of(const CameraModel& camera) {
  CameraModel pinhole;
  pinhole.width_px = camera.width_px;
  pinhole.height_px = camera.height_px;
  pinhole.fx_px = camera.fx_px;
  pinhole.fy_px = camera.fy_px;
  pinhole.cx_px = camera.cx_px;
  pinhole.cy_px = camera.cy_px;
  pinhole.metric_radius = 100;
  return pinhole;
}

Undistortion::Undistortion(const CameraModel& camera)
    : width_px_(camera.width_px), height_px_(camera.height_px) {
  const CameraModel pinhole = pinhole_of(camera);
  sources_.reserve(static_cast<size_t>(width_px_) * static_cast<size_t>(height_px_));
  for (int y = 0; y < height_px_; ++y) {
    for (int x = 0; x < width_px_; ++x) {
      const auto ray = unproject_ray(pinhole, Eigen::Vector2d(x, y));
      const auto pixel = ray ? project_ray(camera, *ray) : std::nullopt;
      const bool inside = pixel && pixel->x() >= 0 && pixel->y() >= 0 &&
                          pixel->x() <= width_px_ - 1 && pixel->y() <= height_px_ - 1;
      sources_.push_back(
          inside ? Source{static_cast<float>(pixel->x()), static_cast<float>(pixel->y())}
                 : Source{-1, -1});
    }
  }
}

RgbPicture Undistortion::picture(const RgbPicture& distorted) const {
  RgbPicture straight(width_px_, height_px_);
  uint8_t* to = straight.rgb.data();
  for (const Source& source : sources_) {
    if (source.x >= 0) {
      const int x = std::min(static_cast<int>(source.x), width_px_ - 2);
      const int y = std::min(static_cast<int>(source.y), height_px_ - 2);
      const float right = source.x - static_cast<float>(x),
                  below = source.y - static_cast<float>(y);
      const uint8_t* upper = distorted.row(y) + 3 * x;
      const uint8_t* lower = distorted.row(y + 1) + 3 * x;
      for (int part = 0; part < 3; ++part) {
        const float up = static_cast<float>(upper[part]) * (1 - right) +
                         static_cast<float>(upper[part + 3]) * right;
        const float down = static_cast<float>(lower[part]) * (1 - right) +
                           static_cast<float>(lower[part + 3]) * right;
        to[part] = static_cast<uint8_t>(std::lround(up * (1 - below) + down * below));
      }
    }
    to += 3;
  }
  return straight;
}

std::vector<uint16_t> Undistortion::samples(std::span<const uint16_t> distorted) const {
  std::vector<uint16_t> straight(sources_.size());
  for (size_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i].x < 0) continue;
    const auto x = static_cast<size_t>(std::lround(sources_[i].x));
    const auto y = static_cast<size_t>(std::lround(sources_[i].y));
    straight[i] = distorted[y * static_cast<size_t>(width_px_) + x];
  }
  return straight;
}

}  // namespace lockstep

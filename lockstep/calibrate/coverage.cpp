// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/coverage.h"

#include <algorithm>
#include <cmath>

#include "lockstep/geometry/rigid.h"

namespace lockstep {
namespace {

constexpr int kFieldsX = 8;
constexpr int kFieldsY = 6;

}  // namespace

void Coverage::add(const Eigen::Vector2d& pixel, int width_px, int height_px) {
  const int x = static_cast<int>(pixel.x() * kFieldsX / width_px);
  const int y = static_cast<int>(pixel.y() * kFieldsY / height_px);
  fields_.insert(std::clamp(y, 0, kFieldsY - 1) * kFieldsX + std::clamp(x, 0, kFieldsX - 1));
}

double Coverage::share() const {
  return static_cast<double>(fields_.size()) / (kFieldsX * kFieldsY);
}

double widest_angle_deg(const std::vector<Eigen::Vector3d>& directions) {
  double least_cosine = 1;
  for (size_t i = 0; i < directions.size(); ++i) {
    for (size_t j = i + 1; j < directions.size(); ++j)
      least_cosine = std::min(least_cosine, directions[i].dot(directions[j]));
  }
  return kDegPerRad * std::acos(std::clamp(least_cosine, -1.0, 1.0));
}

}  // namespace lockstep

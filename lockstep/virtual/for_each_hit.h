// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <array>

#include "lockstep/virtual/ray_scene.h"
#include "lockstep/virtual/sensor_view.h"

namespace lockstep {

/// Calls `met(x, hit, direction)` for each pixel of row `y`, from column `begin` to before `end`,
/// the ray through whose middle meets something.
template <typename Met>
void for_each_hit(const SensorView& view, const RayScene& rays, int y, int begin, int end,
                  const Met& met) {
  std::array<Eigen::Vector3f, kPacket> directions;
  std::array<RayHit, kPacket> hits;
  for (int first = begin; first < end; first += kPacket) {
    const auto count = static_cast<size_t>(std::min(kPacket, end - first));
    for (size_t i = 0; i < count; ++i)
      directions[i] = view.direction(first + static_cast<int>(i), y);
    rays.cast(view.origin(), {directions.data(), count}, hits);
    for (size_t i = 0; i < count; ++i) {
      if (hits[i].t > 0) met(first + static_cast<int>(i), hits[i], directions[i]);
    }
  }
}

}  // namespace lockstep

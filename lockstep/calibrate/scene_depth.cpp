// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/scene_depth.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace lockstep {
namespace {

constexpr double kMostDepthM = 20;

/// Above every published deviation of a pixel that sees a still surface (docs/sensor-facts.md).
double largest_noise_m(double depth_m) {
  return 0.005 + 0.002 * depth_m * depth_m;
}

/// Of a mean of so few that their own spread says little: rather too large.
double cautious_noise_m(double depth_m) {
  return 0.001 + 0.001 * depth_m * depth_m;
}

/// Of noise the mean squared step from one reading to the next is twice the variance; of what moves
/// slowly it is far less (von Neumann's ratio). A few of a hundred pixels that stand still are left
/// out with it, which does not matter; what stays within a millimetre, as readings are, does no
/// harm.
bool moves_slowly(uint32_t count, double variance_mm2, double sum_of_squared_steps_mm2) {
  constexpr uint32_t kLeastReadings = 8;  // fewer do not tell the two apart
  constexpr double kLeastRatio = 1;
  return count >= kLeastReadings && variance_mm2 > 1 &&
         sum_of_squared_steps_mm2 < kLeastRatio * (count - 1) * variance_mm2;
}

}  // namespace

SceneDepthMean::SceneDepthMean(int width_px, int height_px)
    : width_px_(width_px),
      height_px_(height_px),
      sums_(static_cast<size_t>(width_px) * static_cast<size_t>(height_px)) {}

void SceneDepthMean::add(std::span<const uint16_t> depth_mm) {
  assert(depth_mm.size() == sums_.size());
  ++ticks_;
  for (size_t i = 0; i < sums_.size(); ++i) {
    const uint32_t mm = depth_mm[i];
    if (mm == 0) continue;
    Sums& sums = sums_[i];
    if (sums.count > 0) {
      const int64_t step_mm = int64_t{mm} - sums.last_mm;
      sums.sum_of_squared_steps_mm2 += static_cast<uint64_t>(step_mm * step_mm);
    }
    sums.last_mm = mm;
    ++sums.count;
    sums.sum_mm += mm;
    sums.sum_of_squares_mm2 += uint64_t{mm} * mm;
  }
}

SceneDepth SceneDepthMean::mean() const {
  constexpr uint32_t kFew = 8;
  SceneDepth scene{width_px_, height_px_, ticks_, {}, {}};
  scene.depth_m.resize(sums_.size());
  scene.sigma_m.resize(sums_.size());
  for (size_t i = 0; i < sums_.size(); ++i) {
    const Sums& sums = sums_[i];
    if (sums.count == 0 || 2 * sums.count < static_cast<uint32_t>(ticks_)) continue;
    const double mean_mm = static_cast<double>(sums.sum_mm) / sums.count;
    const double variance_mm2 =
        static_cast<double>(sums.sum_of_squares_mm2) / sums.count - mean_mm * mean_mm;
    if (moves_slowly(sums.count, variance_mm2, static_cast<double>(sums.sum_of_squared_steps_mm2)))
      continue;
    const double depth_m = mean_mm / 1000;
    const double spread_m = std::sqrt(std::max(0.0, variance_mm2)) / 1000;
    if (depth_m > kMostDepthM || spread_m > largest_noise_m(depth_m)) continue;
    const double noise_m =
        sums.count < kFew ? std::max(spread_m, cautious_noise_m(depth_m)) : spread_m;
    scene.depth_m[i] = static_cast<float>(depth_m);
    // Readings are whole millimetres.
    scene.sigma_m[i] = static_cast<float>(std::hypot(noise_m, 0.0003) / std::sqrt(sums.count));
  }
  return scene;
}

}  // namespace lockstep

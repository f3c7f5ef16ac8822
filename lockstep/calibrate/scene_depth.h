// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

/// What stood still before a depth camera, over many ticks.
struct SceneDepth {
  int width_px = 0;
  int height_px = 0;
  int ticks = 0;
  /// One entry per pixel, rows from the top: distance along the optical axis as measured, and one
  /// sigma of this mean. 0: not seen, or something moved there.
  std::vector<float> depth_m, sigma_m;
};

/// The mean of depth images, without what moved. Memory is that of one image, however many come.
class SceneDepthMean {
 public:
  SceneDepthMean(int width_px, int height_px);

  /// An image of that size in millimetres, 0: no reading.
  void add(std::span<const uint16_t> depth_mm);
  /// Pixels that were read in most of the images and hardly changed.
  [[nodiscard]] SceneDepth mean() const;

 private:
  struct Sums {
    uint32_t count = 0;
    uint32_t last_mm = 0;
    uint64_t sum_mm = 0;
    uint64_t sum_of_squares_mm2 = 0;
    uint64_t sum_of_squared_steps_mm2 = 0;
  };

  int width_px_, height_px_;
  int ticks_ = 0;
  std::vector<Sums> sums_;
};

}  // namespace lockstep

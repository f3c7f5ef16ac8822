// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "lockstep/codec/picture.h"
#include "lockstep/virtual/scene.h"
#include "lockstep/virtual/sensor_view.h"

namespace lockstep {

/// Colour pictures of one camera: what stands still is rendered once, what moves is laid over it.
/// frame() may be called from several threads.
class ColorRenderer {
 public:
  ColorRenderer(const Scene& scene, const RayScene& still, SensorView view);

  /// The picture at `phase` 0..1 of the period, with sensor noise drawn from `noise_seed`, enlarged
  /// `scale` times.
  [[nodiscard]] RgbPicture frame(double phase, uint64_t noise_seed, int scale) const;

 private:
  struct Sample;
  [[nodiscard]] Eigen::Vector3f shade(const RayHit& hit, const Eigen::Vector3f& point) const;
  /// Cast pixels [x, x + count) of a row, four rays each: mean colour, share of rays that hit, and
  /// depth of the nearest hit.
  void cast_pixels(const RayScene& rays, int x, int y, int count, Sample* samples) const;

  const Scene& scene_;
  const RayScene& still_;
  SensorView view_;
  RgbPicture background_;
  std::vector<float> depth_;  ///< of the background
};

}  // namespace lockstep

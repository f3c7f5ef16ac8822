// SPDX-License-Identifier: MIT
#pragma once

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

  /// What stands still, enlarged `scale` times.
  [[nodiscard]] RgbPicture still(int scale) const;
  /// The picture at `phase` 0..1 of the period, enlarged `scale` times.
  [[nodiscard]] RgbPicture frame(double phase, int scale) const;

 private:
  struct Sample;
  /// What the rays of a rectangle met, rows from the top.
  struct Layer;
  [[nodiscard]] Eigen::Vector3f shade(const RayHit& hit, const Eigen::Vector3f& point) const;
  /// One ray through the middle of each pixel, and where its colour differs much from its
  /// neighbours' four rays instead, so that edges are smooth.
  [[nodiscard]] Layer cast(const RayScene& rays, const PixelRect& rect) const;
  void cast_row(const RayScene& rays, int y, Layer& layer) const;
  [[nodiscard]] Sample cast_edge(const RayScene& rays, int x, int y) const;

  const Scene& scene_;
  const RayScene& still_;
  SensorView view_;
  RgbPicture background_;
  std::vector<float> depth_;  ///< of the background
};

}  // namespace lockstep

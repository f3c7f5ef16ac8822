// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "lockstep/sensor/modes.h"
#include "lockstep/virtual/scene.h"
#include "lockstep/virtual/sensor_view.h"

namespace lockstep {

/// Depth (units of depth_noise.h, 0 = no reading) and infrared of a part of the image, without
/// noise.
struct DepthPatch {
  PixelRect rect;
  std::vector<uint16_t> depth_units;
  std::vector<uint16_t> ir;
};

/// Depth and infrared of one camera: what stands still is rendered once, what moves gives a patch
/// over it. patch() may be called from several threads.
class DepthRenderer {
 public:
  /// `bias_m`: how much too far the camera measures, along its optical axis.
  DepthRenderer(const Scene& scene, const RayScene& still, SensorView view, DepthMode mode,
                double bias_m = 0);

  /// The whole image without what moves.
  [[nodiscard]] DepthPatch background() const;
  /// What differs from background() at `phase` 0..1 of the period.
  [[nodiscard]] DepthPatch patch(double phase) const;

 private:
  /// What the rays of a rectangle met.
  struct Layer {
    PixelRect rect;
    std::vector<float> depth_m;  ///< 0: nothing
    std::vector<float> ir;

    [[nodiscard]] size_t index(int x, int y) const {
      return static_cast<size_t>(y - rect.y) * static_cast<size_t>(rect.width) +
             static_cast<size_t>(x - rect.x);
    }
  };

  void cast_row(const RayScene& rays, int y, Layer& layer) const;
  [[nodiscard]] float infrared(const RayHit& hit, const Eigen::Vector3f& direction) const;
  /// Mean of many rays through a pixel.
  [[nodiscard]] float fine_infrared(const RayScene& rays, int x, int y) const;
  [[nodiscard]] DepthPatch finish(const Layer& layer, const PixelRect& rect) const;
  [[nodiscard]] uint16_t reading(const Layer& layer, int x, int y) const;
  [[nodiscard]] bool illuminated(int x, int y) const;

  const Scene& scene_;
  SensorView view_;
  DepthMode mode_;
  float bias_m_;
  Layer still_;
};

}  // namespace lockstep

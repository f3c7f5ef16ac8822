// SPDX-License-Identifier: MIT
#include "lockstep/geometry/opencv_lens.h"

namespace lockstep {

std::optional<std::array<double, 8>> opencv_distortion(const CameraModel& camera) {
  if (camera.lens != LensModel::brown_conrady || !camera.center_of_distortion.isZero())
    return std::nullopt;
  const auto& k = camera.k;
  return std::array<double, 8>{k[0], k[1], camera.p1, camera.p2, k[2], k[3], k[4], k[5]};
}

}  // namespace lockstep

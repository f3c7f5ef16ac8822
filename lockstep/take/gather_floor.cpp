// SPDX-License-Identifier: MIT
#include "lockstep/take/gather_floor.h"

#include <utility>
#include <vector>

#include "lockstep/take/gather_gravity.h"

namespace lockstep {
namespace {

constexpr int kPixelStep = 6;  // some ten thousand points of a camera: a floor takes no more

}  // namespace

Result<std::optional<FloorPlane>> gather_floor(SetReader& take, const RigCalibration& calibration) {
  take.seek(take.tick_count() / 2);
  const auto set = take.next();
  if (!set) return set.error();
  std::vector<Eigen::Vector3d> points;
  for (size_t i = 0; *set && i < (*set)->slots.size(); ++i) {
    const CapturePtr& capture = (*set)->slots[i].capture;
    if (capture != nullptr && capture->depth)
      add_points(calibration.cameras[i], *capture->depth, kPixelStep, points);
  }
  const auto gravity = gather_gravity(take, calibration);
  if (!gravity) return gravity.error();
  return find_floor(points, *gravity ? **gravity : up_of_upright_cameras(calibration));
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>

#include "lockstep/geometry/camera_model.h"

namespace lockstep {

/// What OpenCV calls the rational model: k1 k2 p1 p2 k3 k4 k5 k6. COLMAP's FULL_OPENCV and ROS's
/// rational_polynomial have the same eight. Nothing where a lens has something else: cross terms
/// without their factor two, or a centre of distortion. Pure.
[[nodiscard]] std::optional<std::array<double, 8>> opencv_distortion(const CameraModel& camera);

}  // namespace lockstep

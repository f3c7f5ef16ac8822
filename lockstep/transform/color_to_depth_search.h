// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <span>

#include "lockstep/base/result.h"
#include "lockstep/transform/device_geometry.h"
#include "lockstep/transform/kernels.h"

namespace lockstep {

/// Full angles of the view along whose undistorted pixels the search walks, degrees.
struct SearchView {
  double horizontal_deg = 0;
  double vertical_deg = 0;
};
inline constexpr SearchView kNarrowView{75, 65};
inline constexpr SearchView kWideView{120, 120};

/// The pixel of a depth image (millimetres, tightly packed) that shows what the colour camera sees
/// at `color_pixel`: of all points along that ray, from 50 mm to 14 m, the one whose reading lands
/// nearest to the colour pixel. Nothing where none lands within ten pixels. Errors:
/// invalid_argument when a camera is off or its lens not computable, an image has another size, or
/// the ray shows as a point.
Result<std::optional<Eigen::Vector2d>> find_in_depth_image(const DeviceGeometry& geometry,
                                                           const SearchView& view,
                                                           std::span<const uint16_t> depth,
                                                           const Eigen::Vector2d& color_pixel,
                                                           const Kernels& kernels = best_kernels());

}  // namespace lockstep

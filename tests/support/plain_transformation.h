// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lockstep/transform/color_to_depth_search.h"
#include "lockstep/transform/transformation.h"

// The transformations of images in the plainest form, in double precision and pixel by pixel: what
// the fast ones are measured against.

namespace lockstep::testing {

/// Depth and, when `custom` is not empty, a custom image of the same size, both as the colour
/// camera sees them; and how many surfaces lie behind each other at a pixel.
struct PlainDepthToColor {
  std::vector<uint16_t> depth, custom;
  std::vector<uint8_t> surfaces;

  /// Whether within two pixels a surface ends, or is so steep that it is seen on its edge.
  [[nodiscard]] bool near_edge(size_t width, size_t at) const;
};
PlainDepthToColor plain_depth_to_color(const DeviceGeometry& geometry,
                                       const std::vector<uint16_t>& depth,
                                       const std::vector<uint16_t>& custom = {},
                                       Interpolation interpolation = Interpolation::linear,
                                       uint16_t invalid = 0);

std::vector<uint8_t> plain_color_to_depth(const DeviceGeometry& geometry,
                                          const std::vector<uint16_t>& depth,
                                          const std::vector<uint8_t>& bgra);

std::vector<int16_t> plain_points(const CameraModel& camera, const std::vector<uint16_t>& depth);

std::optional<Eigen::Vector2d> plain_find_in_depth_image(const DeviceGeometry& geometry,
                                                         const SearchView& view,
                                                         const std::vector<uint16_t>& depth,
                                                         const Eigen::Vector2d& color_pixel);

}  // namespace lockstep::testing

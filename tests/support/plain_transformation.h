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
/// camera sees them.
struct PlainDepthToColor {
  std::vector<uint16_t> depth, custom;

  /// Whether within kBeside pixels, also beside the image, depth ends or jumps by a fiftieth, or
  /// what is seen is from elsewhere in the depth image. The latter is an edge for which the depth
  /// image has no jump: toward the border of a wide view the colour camera's lens model may turn
  /// back, so that a wall comes to lie over itself. In a case of WFOV 2x2 binned and 720p, depth
  /// pixels (105, 335) and (91, 343), of a flat wall at 827 mm, both showed at (195, 602), and the
  /// nearer part ended there, 4 mm before the other.
  [[nodiscard]] bool near_edge(size_t at) const;

  static constexpr int kBeside = 2;
  int width = 0;  ///< of the image
  /// What is seen with kBeside pixels more on each side: depth, and the depth pixel at the upper
  /// left of the surface that it is of.
  struct Seen {
    uint16_t depth = 0;
    int16_t x = 0, y = 0;
  };
  std::vector<Seen> wider;
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

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "lockstep/transform/ray_table.h"
#include "lockstep/transform/transformation.h"

namespace lockstep {

/// Images of the colour camera's size that surfaces are drawn into, the nearest first.
template <typename Sample>
struct SurfaceTarget {
  int width_px = 0;
  int height_px = 0;
  std::span<uint16_t> depth;  ///< millimetres
  std::span<Sample> custom;   ///< empty: there is none
};

/// Draws the surface between every four neighbours of a depth image as the colour camera sees it;
/// `target.depth` is cleared first. `custom` has a sample for each depth pixel, or is empty.
template <typename Sample>
void draw_surfaces(const DeviceGeometry& geometry, const RayTable& rays,
                   std::span<const uint16_t> depth, std::span<const Sample> custom,
                   Interpolation interpolation, SurfaceTarget<Sample>& target);

/// The colour (BGRA) at a place between pixels; all zero where that is not inside the image, or
/// `valid` says that there is no such place.
void sample_color(std::span<const uint8_t> bgra, int width_px, int height_px, float u, float v,
                  bool valid, std::span<uint8_t, 4> out);

}  // namespace lockstep

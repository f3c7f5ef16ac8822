// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "lockstep/transform/kernels.h"
#include "lockstep/transform/ray_table.h"
#include "lockstep/transform/transformation.h"
#include "lockstep/transform/visible_blocks.h"

namespace lockstep {

/// What images between the cameras of a device are made with. Borrows all; both cameras are
/// computable.
struct DeviceView {
  const Kernels& kernels;
  const DeviceGeometry& geometry;
  const RayTable& rays;  ///< of the depth camera
  const VisibleBlocks& visible;
};

/// Draws the surface between every four neighbours of a depth image as the colour camera sees it,
/// into images of the colour camera's size; `out` is cleared first. `custom` has a sample for each
/// depth pixel, or is empty; `custom_out` has the same format and holds what belongs where nothing
/// is drawn.
void draw_surfaces(const DeviceView& view, std::span<const uint16_t> depth, CustomSamples custom,
                   Interpolation interpolation, std::span<uint16_t> out, CustomOutput custom_out);

/// The colours (BGRA) at every pixel of a depth image; all zero where there is none.
void sample_colors(const DeviceView& view, std::span<const uint16_t> depth,
                   std::span<const uint8_t> bgra, std::span<uint8_t> out);

}  // namespace lockstep

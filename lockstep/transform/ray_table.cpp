// SPDX-License-Identifier: MIT
#include "lockstep/transform/ray_table.h"

#include <cstddef>

#include "lockstep/transform/lens_numbers.h"

namespace lockstep {

RayTable make_ray_table(const Kernels& kernels, const CameraModel& camera) {
  RayTable table;
  table.width_px = camera.width_px;
  table.height_px = camera.height_px;
  const auto width = static_cast<size_t>(camera.width_px);
  const size_t pixels = width * static_cast<size_t>(camera.height_px);
  table.x.resize(pixels);
  table.y.resize(pixels);
  const Lens<double> lens = lens_of<double>(camera);
  for (int row = 0; row < camera.height_px; ++row) {
    const size_t first = static_cast<size_t>(row) * width;
    kernels.rays(lens, row, camera.width_px, &table.x[first], &table.y[first]);
  }
  return table;
}

}  // namespace lockstep

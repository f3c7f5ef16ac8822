// SPDX-License-Identifier: MIT
#include "lockstep/transform/ray_table.h"

#include <cstddef>
#include <limits>

namespace lockstep {

RayTable make_ray_table(const CameraModel& camera) {
  RayTable table;
  table.width_px = camera.width_px;
  table.height_px = camera.height_px;
  const size_t pixels =
      static_cast<size_t>(camera.width_px) * static_cast<size_t>(camera.height_px);
  table.x.assign(pixels, std::numeric_limits<float>::quiet_NaN());
  table.y.assign(pixels, 0);
  size_t at = 0;
  for (int v = 0; v < camera.height_px; ++v) {
    for (int u = 0; u < camera.width_px; ++u, ++at) {
      const auto ray = unproject_ray(camera, {u, v});
      if (!ray) continue;
      table.x[at] = static_cast<float>(ray->x());
      table.y[at] = static_cast<float>(ray->y());
    }
  }
  return table;
}

}  // namespace lockstep

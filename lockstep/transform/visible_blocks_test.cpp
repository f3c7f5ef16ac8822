// SPDX-License-Identifier: MIT
#include "lockstep/transform/visible_blocks.h"

#include <gtest/gtest.h>

#include "tests/support/transform_cases.h"

namespace lockstep {
namespace {

using testing::any_calibration;
using testing::Dice;
using testing::expect_property;
using testing::pixels;

/// What depth pixels show at a distance, metres; whether the colour camera sees it.
bool is_seen(const DeviceGeometry& geometry, const Eigen::Vector2d& pixel, double z_m) {
  const auto point = unproject(*geometry.depth, pixel, z_m);
  if (!point) return false;
  const auto seen = project(*geometry.color, geometry.color_from_depth * *point);
  return seen && seen->x() >= 0 && seen->y() >= 0 && seen->x() < geometry.color->width_px &&
         seen->y() < geometry.color->height_px;
}

TEST(VisibleBlocks, HoldEveryPixelThatTheColourCameraSees) {
  expect_property({12, 400}, [](Dice& dice) {
    const auto depth_mode = dice.of({DepthMode::nfov_2x2binned, DepthMode::wfov_2x2binned});
    const DeviceGeometry geometry =
        geometry_of(any_calibration(dice), depth_mode,
                    dice.of({ColorResolution::p720, ColorResolution::p1536}));
    const RayTable rays = make_ray_table(best_kernels(), *geometry.depth);
    const VisibleBlocks visible(best_kernels(), geometry, rays);
    const std::vector<uint16_t> depth(pixels(*geometry.depth), VisibleBlocks::kNearestMm);
    const VisibleBlocks::Rows rows(visible, depth);
    for (int i = 0; i < 3000; ++i) {
      const int x = dice.in(0, rays.width_px), y = dice.in(0, rays.height_px);
      const double z_m = dice.in(VisibleBlocks::kNearestMm, 4000) / 1000.0;
      if (!is_seen(geometry, {x, y}, z_m)) continue;
      const Columns row = rows.row(y);
      RC_ASSERT(row.first <= std::max(0, x - 1));
      RC_ASSERT(row.end >= std::min(rays.width_px, x + 2));
    }
  });
}

size_t count(const VisibleBlocks::Rows& rows, const RayTable& rays) {
  int blocks = 0;
  for (int y = 0; y < rays.height_px; ++y) blocks += rows.between(y).count();
  return static_cast<size_t>(blocks);
}

TEST(VisibleBlocks, AreThoseOfTheColourImageUnlessSomethingIsNearer) {
  for (const std::string& json : {std::string(testing::kCheckCalibration),
                                  testing::read_file(testing::factory_calibration_file())}) {
    const DeviceGeometry geometry =
        geometry_of(*parse_calibration(json), DepthMode::wfov_2x2binned, ColorResolution::p1080);
    const RayTable rays = make_ray_table(best_kernels(), *geometry.depth);
    const VisibleBlocks visible(best_kernels(), geometry, rays);
    std::vector<uint16_t> depth(pixels(*geometry.depth), VisibleBlocks::kNearestMm);
    depth[7] = 0;
    EXPECT_LT(count({visible, depth}, rays), depth.size() / 2);
    depth.back() = VisibleBlocks::kNearestMm - 1;
    EXPECT_EQ(count({visible, depth}, rays), depth.size() - static_cast<size_t>(rays.width_px));
  }
}

}  // namespace
}  // namespace lockstep

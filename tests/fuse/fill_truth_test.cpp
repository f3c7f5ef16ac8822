// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "lockstep/fuse/depth_fill.h"
#include "lockstep/virtual/world_truth.h"
#include "tests/support/fusion_world.h"

// How well views are filled, measured against what is true in the virtual room: four cameras, of
// each of which the colour view is filled once.

namespace lockstep {
namespace {

using testing::FusionWorld;

constexpr float kWrongMm = 50;  ///< farther from the truth is another surface

/// How filling went, in all and at the pixels whose surface the own depth camera cannot see.
struct Score {
  size_t filled = 0, wrong = 0;
  size_t seen_shadow = 0, seen_shadow_filled = 0;  ///< that some other camera sees
  size_t shadow_filled = 0, shadow_wrong = 0;      ///< of all shadow
  std::vector<float> errors_mm;                    ///< in shadow that some other camera sees

  static double share(size_t part, size_t of) {
    return static_cast<double>(part) / static_cast<double>(of);
  }
  [[nodiscard]] float median_mm() {
    const auto middle = errors_mm.begin() + static_cast<ptrdiff_t>(errors_mm.size() / 2);
    std::nth_element(errors_mm.begin(), middle, errors_mm.end());
    return *middle;
  }
  /// In shadow that some other camera sees.
  [[nodiscard]] size_t seen_shadow_wrong() const {
    return static_cast<size_t>(std::count_if(errors_mm.begin(), errors_mm.end(),
                                             [](float error) { return error > kWrongMm; }));
  }
};

/// The pixel of a depth camera in which a point lies.
std::optional<size_t> pixel_of(const FusionCamera& camera, const Eigen::Vector3d& in_camera) {
  const CameraModel& model = *camera.geometry.depth;
  const auto pixel = project(model, in_camera);
  if (!pixel) return std::nullopt;
  const long x = std::lround(pixel->x()), y = std::lround(pixel->y());
  if (x < 0 || y < 0 || x >= model.width_px || y >= model.height_px) return std::nullopt;
  return static_cast<size_t>(y) * static_cast<size_t>(model.width_px) + static_cast<size_t>(x);
}

/// Whether a camera has a reading of the surface at `point`.
bool has_reading(const FusionWorld& world, size_t camera, const Eigen::Vector3d& point) {
  constexpr double kSameM = 0.02;
  const FusionCamera& seeing = world.cameras()[camera];
  const Eigen::Vector3d at = seeing.rig_from_depth.inverse() * point;
  const auto pixel = pixel_of(seeing, at);
  if (!pixel) return false;
  const double reading_m = world.exact()[camera].depth_mm[*pixel] / 1000.0;
  return reading_m > 0 && std::abs(reading_m - at.z()) < kSameM;
}

/// Whether the own depth camera looks there, and something stands between.
bool in_shadow(const FusionWorld& world, size_t camera, const Eigen::Vector3d& point) {
  const FusionCamera& own = world.cameras()[camera];
  if (!pixel_of(own, own.rig_from_depth.inverse() * point)) return false;
  const Eigen::Vector3f eye = own.rig_from_depth.translation.cast<float>();
  const Eigen::Vector3f there = point.cast<float>();
  constexpr float kNearly = 0.998F;  // not the surface itself
  return world.truth().blocked(eye, eye + (there - eye) * kNearly);
}

void add_pixel(const FusionWorld& world, size_t camera, const Eigen::Vector3d& point,
               bool is_filled, float error_mm, Score& score) {
  score.filled += is_filled;
  score.wrong += is_filled && error_mm > kWrongMm;
  if (!in_shadow(world, camera, point)) return;
  score.shadow_filled += is_filled;
  score.shadow_wrong += is_filled && error_mm > kWrongMm;
  bool seen = false;
  for (size_t other = 0; other < world.cameras().size(); ++other)
    seen |= other != camera && has_reading(world, other, point);
  if (!seen) return;
  ++score.seen_shadow;
  score.seen_shadow_filled += is_filled;
  if (is_filled) score.errors_mm.push_back(error_mm);
}

void add(const FusionWorld& world, size_t camera, const FilledView& filled, Score& score) {
  const CameraModel& model = *world.cameras()[camera].geometry.color;
  const RigidTransform rig_from_color = world.rig_from_color(camera);
  const std::vector<float> truth_mm = true_depth_mm(world.truth(), model, rig_from_color);
  const auto width = static_cast<size_t>(model.width_px);
  for (size_t i = 0; i < truth_mm.size(); ++i) {
    if (truth_mm[i] == 0) continue;
    const auto seen =
        unproject(model, {static_cast<double>(i % width), static_cast<double>(i / width)},
                  static_cast<double>(truth_mm[i]) / 1000);
    if (!seen) continue;
    add_pixel(world, camera, rig_from_color * *seen, filled.depth_mm[i] != 0,
              std::abs(filled.depth_mm[i] - truth_mm[i]), score);
  }
}

TEST(FillTruth, ShadowsAreFilledFromOtherCamerasAndWithTheRightSurface) {
  const FusionWorld world({.in_color = true});
  const auto seen = world.tick(1);
  Score score;
  for (size_t camera = 0; camera < world.cameras().size(); ++camera) {
    auto fill = DepthFill::make(world.cameras(), camera);
    ASSERT_TRUE(fill.ok());
    FilledView filled;
    ASSERT_TRUE(fill->fill(testing::as_images(seen), filled).ok());
    add(world, camera, filled, score);
  }
  RecordProperty("shadow_filled",
                 std::to_string(Score::share(score.seen_shadow_filled, score.seen_shadow)));
  RecordProperty("seen_shadow_wrong",
                 std::to_string(Score::share(score.seen_shadow_wrong(), score.seen_shadow_filled)));
  RecordProperty("shadow_wrong",
                 std::to_string(Score::share(score.shadow_wrong, score.shadow_filled)));
  RecordProperty("wrong", std::to_string(Score::share(score.wrong, score.filled)));
  RecordProperty("median_mm", std::to_string(score.median_mm()));
  ASSERT_GT(score.seen_shadow, 10'000U);
  EXPECT_GE(Score::share(score.seen_shadow_filled, score.seen_shadow), 0.97);
  EXPECT_LT(score.median_mm(), 1);
  EXPECT_LE(Score::share(score.seen_shadow_wrong(), score.seen_shadow_filled), 0.005);
  EXPECT_LE(Score::share(score.wrong, score.filled), 0.005);
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "lockstep/fuse/cloud_fusion.h"
#include "lockstep/fuse/tsdf.h"
#include "tests/support/fusion_world.h"

// How far meshes and clouds lie from what is true in the virtual room.

namespace lockstep {
namespace {

using testing::FusionWorld;

/// Distance of a point from a triangle.
float distance(const Eigen::Vector3f& p, const Eigen::Vector3f& a, const Eigen::Vector3f& b,
               const Eigen::Vector3f& c) {
  const auto to_side = [&](const Eigen::Vector3f& from, const Eigen::Vector3f& to) {
    const Eigen::Vector3f way = to - from;
    const float at = std::clamp((p - from).dot(way) / way.squaredNorm(), 0.0F, 1.0F);
    return (p - from - at * way).norm();
  };
  const Eigen::Vector3f normal = (b - a).cross(c - a);
  const auto within = [&](const Eigen::Vector3f& from, const Eigen::Vector3f& to) {
    return normal.dot((to - from).cross(p - from)) >= 0;
  };
  if (within(a, b) && within(b, c) && within(c, a)) return std::abs(normal.normalized().dot(p - a));
  return std::min({to_side(a, b), to_side(b, c), to_side(c, a)});
}

/// From the nearest of all that is there, millimetres.
float off_by_mm(const Mesh& truth, const Eigen::Vector3f& point) {
  float nearest = 1e9F;
  for (const auto& [i, j, k] : truth.triangles) {
    const Eigen::Vector3f &a = truth.vertices[i], &b = truth.vertices[j], &c = truth.vertices[k];
    const Eigen::Vector3f low = a.cwiseMin(b).cwiseMin(c), high = a.cwiseMax(b).cwiseMax(c);
    const Eigen::Vector3f beside = (low - point).cwiseMax(point - high).cwiseMax(0);
    if (beside.squaredNorm() >= nearest * nearest) continue;
    nearest = std::min(nearest, distance(point, a, b, c));
  }
  return 1000 * nearest;
}

/// Every so many of some points, how far they are off.
std::vector<float> errors_mm(const FusionWorld& world, const std::vector<Eigen::Vector3f>& points) {
  const size_t step = std::max<size_t>(1, points.size() / 4000);
  std::vector<float> errors;
  for (size_t i = 0; i < points.size(); i += step)
    errors.push_back(off_by_mm(world.truth().mesh(), points[i]));
  std::sort(errors.begin(), errors.end());
  return errors;
}

double mean(const std::vector<float>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

TEST(MeshTruth, OfAStillRoomOutOfThirtyTicks) {
  const FusionWorld world({.color = ColorResolution::off, .phase = -1});
  auto tsdf = Tsdf::make(world.cameras(), {.voxel_m = 0.01, .colors = false});
  ASSERT_TRUE(tsdf.ok());
  for (uint64_t tick = 0; tick < 30; ++tick) {
    const auto seen = world.tick(tick);
    ASSERT_TRUE(tsdf->integrate(testing::as_images(seen)).ok());
  }
  const TriangleMesh mesh = tsdf->mesh();
  ASSERT_GT(mesh.vertices.size(), 100'000U);
  const std::vector<float> errors = errors_mm(world, mesh.vertices);
  RecordProperty("mean_mm", std::to_string(mean(errors)));
  RecordProperty("p90_mm", std::to_string(errors[errors.size() * 9 / 10]));
  EXPECT_LT(mean(errors), 3);
  EXPECT_LT(errors[errors.size() * 9 / 10], 6);
}

TEST(CloudTruth, PointsLieOnSurfaces) {
  const FusionWorld world({.color = ColorResolution::p720, .in_color = true});
  auto fusion = CloudFusion::make(world.cameras());
  ASSERT_TRUE(fusion.ok());
  const auto seen = world.tick(3);
  PointCloud cloud;
  ASSERT_TRUE(fusion->fuse(testing::as_images(seen), cloud).ok());
  ASSERT_GT(cloud.points.size(), 200'000U);
  const std::vector<float> errors = errors_mm(world, cloud.points);
  RecordProperty("mean_mm", std::to_string(mean(errors)));
  RecordProperty("p99_mm", std::to_string(errors[errors.size() * 99 / 100]));
  EXPECT_LT(mean(errors), 3);
  EXPECT_LT(errors[errors.size() * 99 / 100], 20);
}

}  // namespace
}  // namespace lockstep

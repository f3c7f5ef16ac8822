// SPDX-License-Identifier: MIT
#include "lockstep/fuse/tsdf.h"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>

#include "lockstep/fuse/fuse_kernels.h"
#include "lockstep/transform/lens_numbers.h"
#include "tests/support/fusion_rig.h"

namespace lockstep {
namespace {

using testing::any_calibration;
using testing::any_pose;
using testing::Dice;
using testing::expect_property;
using testing::pixels;

/// A camera before a sphere and a wall, with exact readings.
struct SphereAndWall {
  static constexpr double kWall = 1.6, kRadius = 0.25;
  const Eigen::Vector3d middle{0.05, -0.1, 1.2};
  FusionCamera camera;
  std::vector<uint16_t> depth;
  std::vector<uint8_t> bgra;

  SphereAndWall() {
    camera.geometry = geometry_of(*parse_calibration(testing::kCheckCalibration),
                                  DepthMode::nfov_unbinned, ColorResolution::p720);
    const CameraModel& model = *camera.geometry.depth;
    for (int i = 0; i < model.width_px * model.height_px; ++i) {
      const auto ray = unproject_ray(model, {i % model.width_px, i / model.width_px});
      depth.push_back(ray ? static_cast<uint16_t>(std::lround(1000 * z_of(*ray))) : uint16_t{0});
    }
    for (size_t i = 0; i < pixels(*camera.geometry.color); ++i)
      bgra.insert(bgra.end(), {10, 200, 90, 255});
  }
  /// Depth along the axis.
  [[nodiscard]] double z_of(const Eigen::Vector2d& ray) const {
    const Eigen::Vector3d way(ray.x(), ray.y(), 1);
    const double half = way.dot(middle), square = way.squaredNorm();
    const double root = half * half - square * (middle.squaredNorm() - kRadius * kRadius);
    return root < 0 ? kWall : (half - std::sqrt(root)) / square;
  }
  [[nodiscard]] FusionImages images() const { return {.depth_mm = depth, .bgra = bgra}; }
  [[nodiscard]] Tsdf tsdf(TsdfOptions options = {.voxel_m = 0.01}) const {
    return *Tsdf::make({camera}, options);
  }
};

TEST(Tsdf, TheMeshLiesOnTheSurfaceAndLooksAtTheCamera) {
  const SphereAndWall scene;
  Tsdf tsdf = scene.tsdf();
  ASSERT_TRUE(tsdf.integrate(std::vector{scene.images()}).ok());
  const TriangleMesh mesh = tsdf.mesh();
  ASSERT_GT(mesh.vertices.size(), 10'000U);
  ASSERT_EQ(mesh.normals.size(), mesh.vertices.size());
  ASSERT_EQ(mesh.colors.size(), mesh.vertices.size());
  size_t off = 0, turned = 0, uncolored = 0;
  for (size_t i = 0; i < mesh.vertices.size(); ++i) {
    const Eigen::Vector3d at = mesh.vertices[i].cast<double>();
    const double to_sphere = std::abs((at - scene.middle).norm() - SphereAndWall::kRadius);
    off += std::min(to_sphere, std::abs(at.z() - SphereAndWall::kWall)) > 0.003;
    turned += mesh.normals[i].cast<double>().dot(at) > 0;
    uncolored += mesh.colors[i] != std::array<uint8_t, 3>{90, 200, 10};
  }
  EXPECT_LT(off, mesh.vertices.size() / 100);
  EXPECT_LT(turned, mesh.vertices.size() / 100);
  // Depth reaches beyond the colour image.
  EXPECT_LT(uncolored, mesh.vertices.size() / 3);
  size_t inwards = 0;
  for (const auto& [a, b, c] : mesh.triangles) {
    const Eigen::Vector3f normal =
        (mesh.vertices[b] - mesh.vertices[a]).cross(mesh.vertices[c] - mesh.vertices[a]);
    inwards += normal.dot(mesh.normals[a]) < 0;
  }
  EXPECT_LT(inwards, mesh.triangles.size() / 100);
}

TEST(Tsdf, WithoutColorsTheSurfaceIsTheSameAndHasNone) {
  const SphereAndWall scene;
  Tsdf colored = scene.tsdf(), plain = scene.tsdf({.voxel_m = 0.01, .colors = false});
  FusionImages dark = scene.images();
  dark.bgra = {};
  Tsdf unlit = scene.tsdf();
  ASSERT_TRUE(colored.integrate(std::vector{scene.images()}).ok());
  ASSERT_TRUE(plain.integrate(std::vector{scene.images()}).ok());
  ASSERT_TRUE(unlit.integrate(std::vector{dark}).ok());
  const TriangleMesh mesh = plain.mesh(), gray = unlit.mesh();
  ASSERT_GT(mesh.vertices.size(), 10'000U);
  EXPECT_TRUE(mesh.colors.empty());
  EXPECT_TRUE(mesh.vertices == colored.mesh().vertices);
  EXPECT_TRUE(mesh.triangles == colored.mesh().triangles);
  // Colours that were wanted and never seen.
  EXPECT_TRUE(gray.vertices == mesh.vertices);
  ASSERT_EQ(gray.colors.size(), gray.vertices.size());
  for (const auto& color : gray.colors) ASSERT_EQ(color, (std::array<uint8_t, 3>{128, 128, 128}));
}

TEST(Tsdf, ThreadsChangeNothingAndClearingForgets) {
  const SphereAndWall scene;
  Tsdf one = scene.tsdf({.voxel_m = 0.01, .threads = 1}),
       three = scene.tsdf({.voxel_m = 0.01, .threads = 3});
  for (int tick = 0; tick < 2; ++tick) {
    ASSERT_TRUE(one.integrate(std::vector{scene.images()}).ok());
    ASSERT_TRUE(three.integrate(std::vector{scene.images()}).ok());
  }
  const TriangleMesh a = one.mesh(), b = three.mesh();
  EXPECT_TRUE(a.vertices == b.vertices);
  EXPECT_TRUE(a.triangles == b.triangles);
  EXPECT_TRUE(a.colors == b.colors);
  one.clear();
  EXPECT_TRUE(one.mesh().vertices.empty());
  EXPECT_EQ(one.blocks(), 0U);
  for (int tick = 0; tick < 2; ++tick) ASSERT_TRUE(one.integrate(std::vector{scene.images()}).ok());
  EXPECT_TRUE(one.mesh().vertices == a.vertices);
}

TEST(Tsdf, AMotionOfTheRigMovesTheMesh) {
  SphereAndWall scene;
  Dice dice(3);
  const RigidTransform motion = any_pose(dice, 2, 2);
  scene.camera.rig_from_depth = motion;
  Tsdf tsdf = scene.tsdf();
  ASSERT_TRUE(tsdf.integrate(std::vector{scene.images()}).ok());
  const TriangleMesh mesh = tsdf.mesh();
  ASSERT_GT(mesh.vertices.size(), 10'000U);
  size_t off = 0;
  for (const Eigen::Vector3f& vertex : mesh.vertices) {
    const Eigen::Vector3d at = motion.inverse() * vertex.cast<double>();
    const double to_sphere = std::abs((at - scene.middle).norm() - SphereAndWall::kRadius);
    off += std::min(to_sphere, std::abs(at.z() - SphereAndWall::kWall)) > 0.003;
  }
  EXPECT_LT(off, mesh.vertices.size() / 100);
}

TEST(Tsdf, SaysWhereOneTickAloneIsMoreThanIsHeld) {
  const SphereAndWall scene;
  Tsdf whole = scene.tsdf();
  ASSERT_TRUE(whole.integrate(std::vector{scene.images()}).ok());
  EXPECT_FALSE(whole.overflowed());
  const size_t most = whole.blocks() / 2;
  Tsdf small = scene.tsdf({.voxel_m = 0.01, .most_blocks = most});
  for (int tick = 0; tick < 2; ++tick) {
    ASSERT_TRUE(small.integrate(std::vector{scene.images()}).ok());
    EXPECT_EQ(small.blocks(), most);
    EXPECT_TRUE(small.overflowed());
  }
  EXPECT_FALSE(small.mesh().triangles.empty());
}

TEST(Tsdf, NoMoreBlocksAreHeldThanAllowed) {
  const SphereAndWall scene;
  Tsdf whole = scene.tsdf();
  ASSERT_TRUE(whole.integrate(std::vector{scene.images()}).ok());
  EXPECT_EQ(whole.dropped_blocks(), 0U);
  // The same camera looks elsewhere at every tick: what it left goes.
  SphereAndWall elsewhere;
  const size_t most = whole.blocks() + 64;
  std::vector<FusionCamera> cameras(3, elsewhere.camera);
  for (size_t i = 0; i < 3; ++i)
    cameras[i].rig_from_depth.translation.x() = 5.0 * static_cast<double>(i);
  Tsdf small = *Tsdf::make(cameras, {.voxel_m = 0.01, .most_blocks = most});
  for (size_t tick = 0; tick < 3; ++tick) {
    std::vector<FusionImages> images(3);
    images[tick] = elsewhere.images();
    ASSERT_TRUE(small.integrate(images).ok());
    EXPECT_LE(small.blocks(), most);
  }
  EXPECT_GT(small.dropped_blocks(), 0U);
  size_t last = 0;
  for (const Eigen::Vector3f& vertex : small.mesh().vertices) last += vertex.x() > 7.5F;
  EXPECT_NEAR(static_cast<double>(last), static_cast<double>(whole.mesh().vertices.size()), 100);
}

TEST(Tsdf, WhatMovedAwayIsForgottenTheSoonerTheLessVoxelsWeigh) {
  const SphereAndWall scene;
  std::vector<uint16_t> moved = scene.depth;
  for (uint16_t& reading : moved)
    reading = static_cast<uint16_t>(reading + (reading != 0 ? 15 : 0));
  const auto middle_after = [&](int most_weight) {
    Tsdf tsdf = scene.tsdf({.voxel_m = 0.01, .most_weight = most_weight});
    FusionImages after = scene.images();
    after.depth_mm = moved;
    for (int tick = 0; tick < 8; ++tick)
      EXPECT_TRUE(tsdf.integrate(std::vector{tick < 4 ? scene.images() : after}).ok());
    double sum = 0, count = 0;
    for (const Eigen::Vector3f& vertex : tsdf.mesh().vertices) {
      if (std::abs(vertex.z() - SphereAndWall::kWall) > 0.02) continue;
      sum += vertex.z() - SphereAndWall::kWall;
      ++count;
    }
    return sum / count;
  };
  EXPECT_NEAR(middle_after(65'000), 0.0075, 0.002);
  EXPECT_NEAR(middle_after(100), 0.015, 0.003);
}

TEST(Tsdf, RefusesWhatItCannotDo) {
  const SphereAndWall scene;
  EXPECT_FALSE(Tsdf::make({}).ok());
  EXPECT_FALSE(Tsdf::make({scene.camera}, {.voxel_m = 0}).ok());
  EXPECT_FALSE(Tsdf::make({scene.camera}, {.voxel_m = 0.05}).ok());
  EXPECT_FALSE(Tsdf::make({scene.camera}, {.voxel_m = 0.01, .truncation_m = 0.015}).ok());
  FusionCamera blind = scene.camera;
  blind.geometry.color.reset();
  EXPECT_EQ(Tsdf::make({scene.camera, blind}).error().message,
            "the colour of camera 1 is off, or its lens cannot be computed with");
  EXPECT_TRUE(Tsdf::make({blind}, {.colors = false}).ok());
  Tsdf tsdf = scene.tsdf();
  EXPECT_FALSE(tsdf.integrate({}).ok());
  EXPECT_EQ(tsdf.integrate(std::vector{FusionImages{.depth_mm = std::span(scene.depth).first(3)}})
                .error()
                .message,
            "an image of camera 0 has another size than its lens");
  EXPECT_TRUE(tsdf.integrate(std::vector{FusionImages{}}).ok());
  EXPECT_TRUE(tsdf.mesh().triangles.empty());
}

/// One voxel as it should be, with the whole lens.
struct PlainVoxel {
  double distance = 0, weight = 0;

  void add(const FusionCamera& camera, const std::vector<uint32_t>& readings,
           const Eigen::Vector3d& at_m, double truncation_mm) {
    const Eigen::Vector3d at = camera.rig_from_depth.inverse() * at_m;
    const CameraModel& model = *camera.geometry.depth;
    const auto pixel = project(model, at);
    if (!pixel) return;
    const long x = std::lround(pixel->x()), y = std::lround(pixel->y());
    if (x < 0 || y < 0 || x >= model.width_px || y >= model.height_px) return;
    const uint32_t reading = readings[static_cast<size_t>(y * model.width_px + x)];
    const double apart = ((reading & 0xFFFF) - at.z() * 1000) / truncation_mm;
    if ((reading & 0xFFFF) == 0 || apart < -1) return;
    const double share = reading >> 16 & 0xFF;
    distance = (distance * weight + std::min(apart, 1.0) * share) / (weight + share);
    weight += share;
  }
};

TEST(VoxelKernels, AreAsThePlainForm) {
  expect_property({20, 400}, [](Dice& dice) {
    FusionCamera camera;
    camera.geometry =
        geometry_of(any_calibration(dice), DepthMode::nfov_unbinned, ColorResolution::off);
    camera.rig_from_depth = any_pose(dice, 1, 1);
    // A slanted wall, along which a reading changes little from pixel to pixel.
    const int slope = dice.in(-300, 300), middle = dice.in(900, 3000);
    std::vector<uint32_t> readings;
    for (int i = 0; i < 640 * 576; ++i)
      readings.push_back(static_cast<uint32_t>(middle + slope * (i % 640 - 320) / 640) |
                         static_cast<uint32_t>(dice.in(1, 256)) << 16);
    const Eigen::Vector3d in_camera(
        dice.in(-200, 200) * 0.001 * middle / 1000, dice.in(-200, 200) * 0.001 * middle / 1000,
        // No voxel at the end of the truncation, where rounding decides.
        (middle + dice.in(-30, 30) + 0.5) * 0.001);
    const Eigen::Vector3d origin = camera.rig_from_depth * in_camera;
    IntegrateJob job{};
    job.lens = lens_of<float>(*camera.geometry.depth);
    job.mm = motion_of<float>(camera.rig_from_depth.inverse(), 1000);
    job.readings = readings.data();
    job.width = 640;
    job.height = 576;
    job.voxel_mm = 5;
    job.truncation_mm = 20;
    job.most_weight = 65'000;
    const float origin_mm[3] = {static_cast<float>(origin.x() * 1000),
                                static_cast<float>(origin.y() * 1000),
                                static_cast<float>(origin.z() * 1000)};
    for (const Kernels* kernels : usable_kernels()) {
      VoxelBlock block{};
      for (int i = 0; i < 2; ++i) fuse_kernels(*kernels).integrate(job, origin_mm, block);
      size_t different = 0;
      for (int i = 0; i < kBlockVoxels; ++i) {
        PlainVoxel plain;
        const Eigen::Vector3d at =
            origin + 0.005 * Eigen::Vector3d(i % 8, i / 8 % 8, static_cast<double>(i / 64));
        for (int k = 0; k < 2; ++k) plain.add(camera, readings, at, 20);
        // A pixel beside, and the distance differs a little and the weight at all.
        different += std::abs(block.voxels[i].distance / 32767.0 - plain.distance) > 0.12;
        different += (block.voxels[i].weight > 0) != (plain.weight > 0);
      }
      RC_ASSERT(different <= 12U);
    }
  });
}

}  // namespace
}  // namespace lockstep

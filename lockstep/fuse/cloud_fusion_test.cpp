// SPDX-License-Identifier: MIT
#include "lockstep/fuse/cloud_fusion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "lockstep/fuse/clean_depth.h"
#include "tests/support/fusion_rig.h"

namespace lockstep {
namespace {

using testing::any_pose;
using testing::Dice;
using testing::expect_property;
using testing::FusionRig;
using testing::pixels;

PointCloud fused(const std::vector<FusionCamera>& cameras, const std::vector<FusionImages>& images,
                 CloudOptions options = {}, const Kernels& kernels = best_kernels()) {
  PointCloud cloud;
  auto fusion = CloudFusion::make(cameras, options, kernels);
  EXPECT_TRUE(fusion.ok());
  EXPECT_TRUE(fusion->fuse(images, cloud).ok());
  return cloud;
}

TEST(CloudFusion, OneCameraAloneGivesAllItsCleanReadings) {
  expect_property({4, 60}, [](Dice& dice) {
    const FusionRig rig(dice, 1);
    const PointCloud cloud = fused(rig.cameras, rig.images(), {.colors = false});
    CleanDepth clean;
    DepthCleaner(rig.cameras[0], best_kernels()).clean(rig.images()[0], clean);
    size_t at = 0;
    for (size_t i = 0; i < clean.depth_mm.size(); ++i) {
      if (clean.depth_mm[i] == 0) continue;
      RC_ASSERT(at < cloud.points.size());
      // As it was read, but for the offset: nothing is lost to whole millimetres.
      const double z = rig.depth[0][i] * 0.001 - rig.cameras[0].depth_offset_m;
      const auto point = unproject(*rig.cameras[0].geometry.depth,
                                   {static_cast<double>(i % 320), static_cast<double>(i / 320)}, z);
      RC_ASSERT(point.has_value());
      const Eigen::Vector3d expected = rig.cameras[0].rig_from_depth * *point;
      RC_ASSERT((cloud.points[at].cast<double>() - expected).norm() < 1e-5);
      RC_ASSERT(std::abs(cloud.confidence[at] * 255 - static_cast<float>(clean.confidence[i])) <
                0.01F);
      ++at;
    }
    RC_ASSERT(at == cloud.points.size());
  });
}

/// The points with what belongs to them, in an order of their own.
std::vector<std::tuple<float, float, float, float, std::array<uint8_t, 3>>> sorted(
    const PointCloud& cloud) {
  std::vector<std::tuple<float, float, float, float, std::array<uint8_t, 3>>> all;
  for (size_t i = 0; i < cloud.points.size(); ++i) {
    const Eigen::Vector3f& p = cloud.points[i];
    all.emplace_back(p.x(), p.y(), p.z(), cloud.confidence[i], cloud.colors[i]);
  }
  std::sort(all.begin(), all.end());
  return all;
}

TEST(CloudFusion, TheOrderOfTheCamerasDoesNotMatterNorDoThreads) {
  expect_property({3, 40}, [](Dice& dice) {
    FusionRig rig(dice, 3);
    const PointCloud before = fused(rig.cameras, rig.images(), {.threads = 1});
    rig.swap(0, 2);
    const PointCloud after = fused(rig.cameras, rig.images(), {.threads = 3});
    const bool same = sorted(before) == sorted(after);
    RC_ASSERT(same);
  });
}

TEST(CloudFusion, AMotionOfTheRigMovesTheCloud) {
  expect_property({3, 40}, [](Dice& dice) {
    FusionRig rig(dice, 1);
    const PointCloud before = fused(rig.cameras, rig.images(), {.normals = true});
    const RigidTransform motion = any_pose(dice, 3, 3);
    rig.cameras[0].rig_from_depth = motion * rig.cameras[0].rig_from_depth;
    const PointCloud after = fused(rig.cameras, rig.images(), {.normals = true});
    RC_ASSERT(before.points.size() == after.points.size());
    for (size_t i = 0; i < before.points.size(); ++i) {
      const Eigen::Vector3d moved = motion * before.points[i].cast<double>();
      RC_ASSERT((after.points[i].cast<double>() - moved).norm() < 1e-5);
      const Eigen::Vector3d turned = motion.rotation * before.normals[i].cast<double>();
      RC_ASSERT((after.normals[i].cast<double>() - turned).norm() < 1e-4);
    }
  });
}

TEST(CloudFusion, WhatTwoCamerasSeeAlikeIsThereOnce) {
  Dice dice(4);
  FusionRig rig(dice, 1);
  const size_t alone = fused(rig.cameras, rig.images()).points.size();
  rig.cameras.push_back(rig.cameras[0]);
  rig.depth.push_back(rig.depth[0]);
  rig.bgra.push_back(rig.bgra[0]);
  const PointCloud both = fused(rig.cameras, rig.images());
  EXPECT_EQ(both.points.size(), alone);
  EXPECT_GT(alone, 10'000U);
}

TEST(CloudFusion, WhatABetterReadingSeesThroughGoes) {
  Dice dice(4);
  FusionRig rig(dice, 1);
  rig.cameras.push_back(rig.cameras[0]);
  rig.bgra.push_back(rig.bgra[0]);
  const size_t count = rig.depth[0].size();
  rig.depth = {std::vector<uint16_t>(count, 1500), std::vector<uint16_t>(count, 2000)};
  std::vector<uint16_t> dark(count, 20), bright(count, 1000);
  auto images = rig.images();
  images[0].infrared = dark;
  images[1].infrared = bright;
  const PointCloud cloud = fused(rig.cameras, images);
  // The outermost pixels see through nothing, since they have not all neighbours.
  const auto first = static_cast<size_t>(std::count(cloud.cameras.begin(), cloud.cameras.end(), 0));
  EXPECT_LT(first, count / 50);
  EXPECT_GT(cloud.cameras.size() - first, count / 2);
}

TEST(CloudFusion, PointsKnowTheirCameraAndItsExposure) {
  Dice dice(9);
  const FusionRig rig(dice, 3);
  const PointCloud cloud = fused(rig.cameras, rig.images());
  ASSERT_EQ(cloud.cameras.size(), cloud.points.size());
  ASSERT_EQ(cloud.instants_us.size(), cloud.points.size());
  for (size_t i = 0; i < cloud.cameras.size(); ++i)
    ASSERT_EQ(cloud.instants_us[i], 100.0F + 10.0F * static_cast<float>(cloud.cameras[i]));
  for (int camera = 0; camera < 3; ++camera)
    EXPECT_GT(std::count(cloud.cameras.begin(), cloud.cameras.end(), camera), 0) << camera;
}

/// A wall with a box before it, as a camera sees them whose images are one colour each.
TEST(CloudFusion, TheBackgroundDoesNotGetTheColourOfTheForeground) {
  FusionCamera camera;
  camera.geometry = geometry_of(*parse_calibration(testing::kCheckCalibration),
                                DepthMode::nfov_unbinned, ColorResolution::p1080);
  const CameraModel &depth = *camera.geometry.depth, &color = *camera.geometry.color;
  const auto box_at = [](const Eigen::Vector2d& ray) {
    return std::abs(ray.x()) < 0.12 && std::abs(ray.y()) < 0.12;
  };
  std::vector<uint16_t> seen(pixels(depth));
  for (size_t i = 0; i < seen.size(); ++i) {
    const auto ray =
        unproject_ray(depth, {static_cast<double>(i % 640), static_cast<double>(i / 640)});
    seen[i] = ray && box_at(*ray) ? 1000 : 2500;
  }
  // Red where the box hides the wall from the colour camera, else blue.
  std::vector<uint8_t> bgra(4 * pixels(color));
  const RigidTransform depth_from_color = camera.geometry.color_from_depth.inverse();
  for (size_t i = 0; i < bgra.size() / 4; ++i) {
    const auto ray =
        unproject_ray(color, {static_cast<double>(i % 1920), static_cast<double>(i / 1920)});
    bgra[4 * i] = 255;
    if (!ray) continue;
    // The box is the plane at one metre.
    const Eigen::Vector3d way = depth_from_color.rotation * Eigen::Vector3d(ray->x(), ray->y(), 1);
    const Eigen::Vector3d eye = depth_from_color.translation;
    const Eigen::Vector3d on_box = eye + way * ((1 - eye.z()) / way.z());
    if (box_at({on_box.x(), on_box.y()})) bgra[4 * i] = 0, bgra[4 * i + 2] = 255;
  }
  const PointCloud cloud = fused({camera}, {{.depth_mm = seen, .bgra = bgra}});
  size_t on_wall = 0, on_box = 0;
  for (size_t i = 0; i < cloud.points.size(); ++i) {
    const bool wall = cloud.points[i].z() > 2;
    ++(wall ? on_wall : on_box);
    const bool red = cloud.colors[i][0] != 0;
    ASSERT_FALSE(wall && red);
  }
  EXPECT_GT(on_box, 10'000U);
  EXPECT_GT(on_wall, 200'000U);
}

/// Means over the points: place, colour, confidence and camera.
Eigen::Matrix<double, 8, 1> middle(const PointCloud& cloud) {
  Eigen::Matrix<double, 8, 1> sum = Eigen::Matrix<double, 8, 1>::Zero();
  for (size_t i = 0; i < cloud.points.size(); ++i) {
    const auto& [red, green, blue] = cloud.colors[i];
    Eigen::Matrix<double, 8, 1> one;
    one << cloud.points[i].cast<double>(), red, green, blue, cloud.confidence[i], cloud.cameras[i];
    sum += one;
  }
  return sum / static_cast<double>(cloud.points.size());
}

TEST(CloudFusion, EveryBuildOfTheKernelsSaysTheSame) {
  Dice dice(3);
  for (const int narrower : {0, 5}) {
    const FusionRig rig(dice, 3, narrower);
    const PointCloud best = fused(rig.cameras, rig.images());
    const auto points = static_cast<double>(best.points.size());
    for (const Kernels* kernels : usable_kernels()) {
      const PointCloud other = fused(rig.cameras, rig.images(), {}, *kernels);
      EXPECT_NEAR(static_cast<double>(other.points.size()), points, points / 1000) << kernels->name;
      const auto apart = (middle(other) - middle(best)).cwiseAbs().eval();
      EXPECT_LT(apart.head<3>().maxCoeff(), 0.005) << kernels->name;
      EXPECT_LT(apart.segment<3>(3).maxCoeff(), 0.5) << kernels->name;
      EXPECT_LT(apart.tail<2>().maxCoeff(), 0.005) << kernels->name;
    }
  }
}

TEST(CloudFusion, RowsMayEndAnywhere) {
  expect_property({4, 60}, [](Dice& dice) {
    const FusionRig rig(dice, 2, dice.in(1, 16));
    const auto width = static_cast<size_t>(rig.cameras[0].geometry.depth->width_px);
    for (const bool colors : {false, true}) {
      const PointCloud cloud = fused(rig.cameras, rig.images(), {.threads = 2, .colors = colors});
      // Each is a reading of its camera, in the order of its pixels.
      size_t at = 0;
      for (size_t camera = 0; camera < 2; ++camera) {
        CleanDepth clean;
        DepthCleaner(rig.cameras[camera], best_kernels()).clean(rig.images()[camera], clean);
        for (size_t i = 0; i < clean.depth_mm.size() && at < cloud.points.size(); ++i) {
          if (clean.depth_mm[i] == 0 || cloud.cameras[at] != camera) continue;
          const double z = rig.depth[camera][i] * 0.001 - rig.cameras[camera].depth_offset_m;
          const auto point =
              unproject(*rig.cameras[camera].geometry.depth,
                        {static_cast<double>(i % width), static_cast<double>(i / width)}, z);
          RC_ASSERT(point.has_value());
          const Eigen::Vector3d expected = rig.cameras[camera].rig_from_depth * *point;
          if ((cloud.points[at].cast<double>() - expected).norm() < 1e-5) ++at;
        }
      }
      RC_ASSERT(at == cloud.points.size());
      RC_ASSERT(at > 100);
    }
  });
}

TEST(CloudFusion, WithoutDepthThereAreNoPoints) {
  Dice dice(1);
  const FusionRig rig(dice, 2);
  const PointCloud cloud = fused(rig.cameras, {FusionImages{}, FusionImages{}});
  EXPECT_TRUE(cloud.points.empty());
}

TEST(CloudFusion, RefusesWhatItCannotFuse) {
  Dice dice(1);
  FusionRig rig(dice, 2);
  EXPECT_FALSE(CloudFusion::make({}).ok());
  auto fusion = CloudFusion::make(rig.cameras);
  PointCloud cloud;
  auto images = rig.images();
  EXPECT_FALSE(fusion->fuse(std::span(images).first(1), cloud).ok());
  images[1].bgra = {};
  EXPECT_EQ(fusion->fuse(images, cloud).error().message,
            "the colour image of camera 1 has another size than its lens, or is missing");
  images[1].depth_mm = {};
  EXPECT_TRUE(fusion->fuse(images, cloud).ok());
  rig.cameras[1].geometry.color.reset();
  rig.cameras[1].name = "left";
  EXPECT_EQ(CloudFusion::make(rig.cameras).error().message,
            "the colour of camera 1 ('left') is off, or its lens cannot be computed with");
  EXPECT_TRUE(CloudFusion::make(rig.cameras, {.colors = false}).ok());
}

}  // namespace
}  // namespace lockstep

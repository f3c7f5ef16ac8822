// SPDX-License-Identifier: MIT
#include "lockstep/virtual/world_truth.h"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "lockstep/rig/world_board.h"
#include "lockstep/virtual/picture_store.h"
#include "lockstep/virtual/pose.h"
#include "tests/support/files.h"
#include "tests/support/virtual_rigs.h"

namespace lockstep {
namespace {

using testing::chain_rig;
using testing::TempFolder;

constexpr DepthMode kMode = DepthMode::nfov_2x2binned;

/// A world that is soon rendered.
Rig rig_of(int cameras, const char* scene) {
  Rig rig = chain_rig(cameras);
  rig.world->timing_only = false;
  rig.world->period_s = 0.1;
  rig.world->scene = scene;
  for (RigCamera& camera : rig.cameras) {
    camera.config.depth_mode = kMode;
    camera.config.color_resolution = ColorResolution::off;
  }
  return rig;
}

FactoryError published() {
  return {0.0003, 0.5, 0.02, 0.3, 5};
}

std::vector<uint16_t> measured(const Rig& rig, int camera, const TempFolder& cache) {
  VirtualRigOptions options;
  options.cache_folder = cache.path();
  PictureStore store(rig, options);
  const auto pictures = store.get(camera, rig.cameras[static_cast<size_t>(camera)].config);
  EXPECT_TRUE(pictures.ok());
  const DepthSample sample = (*pictures)->depth({});
  const auto bytes = sample.depth->bytes.get();
  std::vector<uint16_t> depth(bytes.size() / 2);
  std::memcpy(depth.data(), bytes.data(), bytes.size());
  return depth;
}

TEST(WorldTruth, IsWhatACameraMeasuresButForItsBias) {
  const TempFolder cache;
  Rig rig = rig_of(2, "room");
  rig.world->depth_noise_scale = 0;
  rig.world->factory_error = published();
  const auto truth = WorldTruth::make(rig);
  ASSERT_TRUE(truth);
  for (const int camera : {0, 1}) {
    const std::vector<uint16_t> depth = measured(rig, camera, cache);
    const std::vector<float> true_mm = truth->depth_mm(camera, kMode, 0);
    ASSERT_EQ(depth.size(), true_mm.size());
    const double bias_mm = truth->depth_bias_m(camera) * 1000;
    EXPECT_GT(std::abs(bias_mm), 0.1);
    EXPECT_LE(std::abs(bias_mm), 5);
    size_t read = 0, right = 0;
    for (size_t i = 0; i < depth.size(); ++i) {
      if (depth[i] == 0) continue;
      ++read;
      right += std::abs(depth[i] - true_mm[i] - bias_mm) <= 0.63 ? 1 : 0;
    }
    EXPECT_GT(read, depth.size() / 3);
    EXPECT_GT(right, read * 9 / 10) << "all but edges, where readings mix";
  }
}

TEST(WorldTruth, WithoutFactoryErrorsACameraCarriesItsLenses) {
  const auto truth = WorldTruth::make(rig_of(1, "room"));
  ASSERT_TRUE(truth);
  EXPECT_EQ(truth->blob(0).depth.fx, truth->lenses(0).depth.fx);
  EXPECT_EQ(truth->blob(0).color.cx, truth->lenses(0).color.cx);
  EXPECT_EQ(truth->blob(0).color_from_depth().rotation,
            truth->lenses(0).color_from_depth().rotation);
  EXPECT_EQ(truth->depth_bias_m(0), 0);
}

// Root mean squares of what many factories got wrong are what was asked for.
TEST(WorldTruth, FactoryErrorsAreAsLargeAsAsked) {
  const auto base = parse_calibration(base_calibration_json());
  constexpr int kSeeds = 400;
  double focal = 0, color_px = 0, depth_px = 0, turn_deg = 0, shift_mm = 0, bias_mm = 0;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const FactoryCalibration blob = draw_blob(*base, published(), seed);
    const CameraModel color = blob.color_camera(ColorResolution::p1080);
    const CameraModel true_color = base->color_camera(ColorResolution::p1080);
    const CameraModel depth = blob.depth_camera(DepthMode::nfov_unbinned);
    const CameraModel true_depth = base->depth_camera(DepthMode::nfov_unbinned);
    focal += std::pow(color.fx_px / true_color.fx_px - 1, 2);
    EXPECT_NEAR(color.fy_px / true_color.fy_px, color.fx_px / true_color.fx_px, 1e-12);
    color_px += std::pow(color.cx_px - true_color.cx_px, 2);
    depth_px += std::pow(depth.cy_px - true_depth.cy_px, 2);
    const Eigen::Matrix3d turn =
        blob.color_from_depth().rotation * base->color_from_depth().rotation.transpose();
    turn_deg += std::pow(Eigen::AngleAxisd(turn).angle() * 180 / M_PI, 2);
    shift_mm +=
        1e6 *
        (blob.color_from_depth().translation - base->color_from_depth().translation).squaredNorm();
    bias_mm += std::pow(1000 * draw_depth_bias_m(published(), seed), 2);
  }
  const auto rms = [](double sum) { return std::sqrt(sum / kSeeds); };
  EXPECT_NEAR(rms(focal), 0.0003, 0.00005);
  EXPECT_NEAR(rms(color_px), 0.5, 0.08);
  EXPECT_NEAR(rms(depth_px), 0.5, 0.08);
  EXPECT_NEAR(rms(turn_deg), 0.02 * std::sqrt(3), 0.003);
  EXPECT_NEAR(rms(shift_mm), 0.3 * std::sqrt(3), 0.05);
  EXPECT_NEAR(rms(bias_mm), 5 / std::sqrt(3), 0.3);
}

TEST(WorldTruth, TheColourCameraSeesWhatTheDepthCameraSees) {
  const auto truth = WorldTruth::make(rig_of(1, "still-room"));
  const std::vector<float> depth_mm = truth->depth_mm(0, kMode, 0);
  const std::vector<float> color_mm = truth->color_depth_mm(0, ColorResolution::p720, 0);
  const CameraModel depth = truth->lenses(0).depth_camera(kMode);
  const CameraModel color = truth->lenses(0).color_camera(ColorResolution::p720);
  size_t met = 0, same = 0;
  for (int y = 0; y < depth.height_px; y += 7) {
    for (int x = 0; x < depth.width_px; x += 7) {
      const auto ray = unproject_ray(depth, Eigen::Vector2d(x, y));
      const double z = depth_mm[static_cast<size_t>(y * depth.width_px + x)] / 1000;
      if (!ray || z == 0) continue;
      const Eigen::Vector3d point =
          truth->lenses(0).color_from_depth() * Eigen::Vector3d(z * ray->x(), z * ray->y(), z);
      const auto pixel = project(color, point);
      if (!pixel || pixel->x() < 0 || pixel->y() < 0 || pixel->x() > color.width_px - 1 ||
          pixel->y() > color.height_px - 1)
        continue;
      ++met;
      const auto at =
          static_cast<size_t>(std::lround(pixel->y()) * color.width_px + std::lround(pixel->x()));
      same += std::abs(color_mm[at] / 1000 - point.z()) < 0.01 ? 1 : 0;
    }
  }
  EXPECT_GT(met, 300u);
  EXPECT_GT(same, met * 9 / 10);
}

TEST(WorldTruth, ANudgeMovesOneCameraAndNothingElse) {
  Rig rig = rig_of(3, "still-room");
  const auto before = WorldTruth::make(rig);
  rig.cameras[1].nudge = {{3, 0, -4}, {0, 0.3, 0}};
  const auto after = WorldTruth::make(rig);
  const RigidTransform moved = before->world_from_depth(1).inverse() * after->world_from_depth(1);
  EXPECT_NEAR((moved.translation - Eigen::Vector3d(0.003, 0, -0.004)).norm(), 0, 1e-12);
  EXPECT_NEAR(Eigen::AngleAxisd(moved.rotation).angle() * 180 / M_PI, 0.3, 1e-9);
  EXPECT_EQ(before->depth_mm(0, kMode, 0), after->depth_mm(0, kMode, 0));
  EXPECT_EQ(before->depth_mm(2, kMode, 0), after->depth_mm(2, kMode, 0));
  EXPECT_NE(before->depth_mm(1, kMode, 0), after->depth_mm(1, kMode, 0));
}

TEST(WorldTruth, PicturesOfACameraThatWasNudgedAreOthers) {
  const TempFolder cache;
  Rig rig = rig_of(1, "still-room");
  rig.world->depth_noise_scale = 0;
  const std::vector<uint16_t> before = measured(rig, 0, cache);
  EXPECT_EQ(measured(rig, 0, cache), before);
  rig.cameras[0].nudge.shift_mm = {0, 0, 20};
  EXPECT_NE(measured(rig, 0, cache), before);
  rig.cameras[0].nudge = {};
  rig.world->factory_error.depth_bias_mm = 50;
  EXPECT_NE(measured(rig, 0, cache), before);
}

TEST(WorldTruth, ABareFloorHasNothingElse) {
  const auto truth = WorldTruth::make(rig_of(2, "bare-floor"));
  ASSERT_TRUE(truth);
  const CameraModel lens = truth->lenses(0).depth_camera(kMode);
  const std::vector<float> depth_mm = truth->depth_mm(0, kMode, 0);
  size_t met = 0;
  for (size_t i = 0; i < depth_mm.size(); ++i) {
    if (depth_mm[i] == 0) continue;
    const auto width = static_cast<size_t>(lens.width_px);
    const Eigen::Vector2d pixel(static_cast<double>(i % width), static_cast<double>(i / width));
    const auto ray = unproject_ray(lens, pixel);
    ASSERT_TRUE(ray.has_value());
    const double z = depth_mm[i] / 1000;
    const Eigen::Vector3d point =
        truth->world_from_depth(0) * Eigen::Vector3d(z * ray->x(), z * ray->y(), z);
    ASSERT_NEAR(point.z(), 0, 1e-3);
    ++met;
  }
  EXPECT_GT(met, depth_mm.size() / 4);
}

TEST(WorldTruth, InAStillRoomNothingMoves) {
  const auto still = WorldTruth::make(rig_of(1, "still-room"));
  const auto lively = WorldTruth::make(rig_of(1, "room"));
  EXPECT_EQ(still->depth_mm(0, kMode, 0), still->depth_mm(0, kMode, 1));
  EXPECT_NE(lively->depth_mm(0, kMode, 0), lively->depth_mm(0, kMode, 1));
  EXPECT_GT(lively->surface(0).triangles.size(), still->surface(0).triangles.size());
}

TEST(WorldTruth, CamerasStandAsTheyArePosedOrArranged) {
  Rig rig = rig_of(4, "room");
  rig.world->arrangement = Arrangement::circle;
  rig.world->radius_m = 2.5;
  rig.cameras[3].pose = {{0.5, 0.5, 2.4}, {0.5, 0.5, 0}};
  const auto truth = WorldTruth::make(rig);
  for (int i = 0; i < 3; ++i) {
    const RigidTransform& pose = truth->world_from_depth(i);
    EXPECT_NEAR(pose.translation.head<2>().norm(), 2.5, 1e-9);
    const Eigen::Vector3d middle = pose.inverse() * Eigen::Vector3d(0, 0, 1);
    EXPECT_NEAR(middle.head<2>().norm(), 0, 1e-9) << "they look at the middle";
    EXPECT_NEAR(pose.rotation.col(0).z(), 0, 1e-9) << "they stand upright";
  }
  EXPECT_NEAR((truth->world_from_depth(3).rotation.col(2) + Eigen::Vector3d::UnitZ()).norm(), 0,
              1e-9);
  rig = rig_of(8, "room");
  rig.world->arrangement = Arrangement::chain;
  const auto chain = WorldTruth::make(rig);
  for (int i = 1; i < 8; ++i) {
    const RigidTransform apart =
        chain->world_from_depth(i - 1).inverse() * chain->world_from_depth(i);
    EXPECT_NEAR((apart.translation - Eigen::Vector3d::UnitX()).norm(), 0, 1e-9);
    EXPECT_NEAR((apart.rotation - Eigen::Matrix3d::Identity()).norm(), 0, 1e-9);
  }
}

TEST(WorldTruth, IsWrittenAsJson) {
  const TempFolder cache;
  Rig rig = rig_of(2, "still-room");
  rig.world->factory_error = published();
  rig.world->board = std::make_shared<WorldBoard>();
  rig.cameras[1].nudge.shift_mm = {5, 0, 0};
  VirtualRigOptions options;
  options.cache_folder = cache.path();
  const auto source = *VirtualRig::create(rig, testing::plan_as_declared(rig), options);
  const auto json = nlohmann::json::parse(source->truth_json());
  const auto truth = WorldTruth::make(rig);
  const auto& camera = json["cameras"][1];
  EXPECT_NEAR(camera["depth_bias_mm"].get<double>(), 1000 * truth->depth_bias_m(1), 1e-9);
  const auto lenses = parse_calibration(camera["calibration"].dump());
  ASSERT_TRUE(lenses);
  EXPECT_NEAR(lenses->depth.fx, truth->lenses(1).depth.fx, 1e-9);
  EXPECT_NE(truth->blob(1).depth.fx, truth->lenses(1).depth.fx);
  EXPECT_NEAR(camera["world_from_depth"]["translation_m"][0].get<double>(),
              truth->world_from_depth(1).translation.x(), 1e-9);
  const auto& rows = camera["world_from_depth"]["rotation"];
  ASSERT_EQ(rows.size(), 3u) << "rows, as in calibration.json";
  for (int i = 0; i < 9; ++i) {
    EXPECT_NEAR(rows[static_cast<size_t>(i / 3)][static_cast<size_t>(i % 3)].get<double>(),
                truth->world_from_depth(1).rotation(i / 3, i % 3), 1e-9);
  }
  ASSERT_EQ(json["world_from_board"].size(), 30u);
  EXPECT_NEAR(json["world_from_board"][7]["translation_m"][2].get<double>(),
              truth->world_from_board(7)->translation.z(), 1e-9);
  auto device = source->open(rig.cameras[1].serial);
  ASSERT_TRUE(device);
  const auto carried = parse_calibration(*(*device)->calibration_json());
  ASSERT_TRUE(carried);
  EXPECT_NEAR(carried->depth.fx, truth->blob(1).depth.fx, 1e-9);
}

TEST(WorldTruth, NeedsAWorld) {
  EXPECT_EQ(WorldTruth::make(Rig{}).error().code, Errc::invalid_argument);
  Rig rig = rig_of(1, "moon");
  EXPECT_EQ(WorldTruth::make(rig).error().code, Errc::unusable_input);
}

}  // namespace
}  // namespace lockstep

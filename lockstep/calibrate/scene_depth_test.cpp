// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/scene_depth.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace lockstep {
namespace {

TEST(SceneDepth, IsTheMeanOfWhatStoodStill) {
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, 3);
  SceneDepthMean mean(2, 1);
  for (int tick = 0; tick < 100; ++tick) {
    const auto mm = [&](double depth) {
      return static_cast<uint16_t>(std::lround(depth + noise(random)));
    };
    mean.add(std::vector<uint16_t>{mm(1500), mm(2500)});
  }
  const SceneDepth scene = mean.mean();
  EXPECT_EQ(scene.ticks, 100);
  EXPECT_NEAR(scene.depth_m[0], 1.5, 0.001);
  EXPECT_NEAR(scene.depth_m[1], 2.5, 0.001);
  EXPECT_NEAR(scene.sigma_m[0], 0.0003, 0.00006);
}

TEST(SceneDepth, LeavesOutWhatMovedAndWhatWasHardlySeen) {
  SceneDepthMean mean(4, 1);
  for (int tick = 0; tick < 20; ++tick) {
    const auto walks = static_cast<uint16_t>(tick < 10 ? 2000 : 1200);
    const auto seldom = static_cast<uint16_t>(tick < 9 ? 2000 : 0);
    const auto mostly = static_cast<uint16_t>(tick < 11 ? 2000 : 0);
    mean.add(std::vector<uint16_t>{walks, seldom, mostly, 0});
  }
  const SceneDepth scene = mean.mean();
  EXPECT_EQ(scene.depth_m[0], 0);
  EXPECT_EQ(scene.depth_m[1], 0);
  EXPECT_FLOAT_EQ(scene.depth_m[2], 2);
  EXPECT_EQ(scene.depth_m[3], 0);
}

TEST(SceneDepth, OfOneTickIsTakenForNoisy) {
  SceneDepthMean mean(1, 1);
  mean.add(std::vector<uint16_t>{2000});
  EXPECT_GT(mean.mean().sigma_m[0], 0.002);
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/scene_depth.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
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

/// A person who sways by a few millimetres: no more than noise in all, but never from tick to tick.
TEST(SceneDepth, LeavesOutWhatMovesSlowly) {
  for (const int ticks : {8, 15, 60}) {
    std::mt19937 random(1);
    std::normal_distribution<double> noise(0, 2);
    constexpr int kPixels = 500;  // the second half of them sways
    SceneDepthMean mean(2 * kPixels, 1);
    for (int tick = 0; tick < ticks; ++tick) {
      std::vector<uint16_t> image;
      for (int i = 0; i < 2 * kPixels; ++i) {
        const double sway = i < kPixels ? 0 : 20 * std::sin(1.5 * tick / ticks);
        image.push_back(static_cast<uint16_t>(std::lround(2000 + sway + noise(random))));
      }
      mean.add(image);
    }
    const SceneDepth scene = mean.mean();
    const auto kept = [&](int from) {
      return std::count_if(scene.depth_m.begin() + from, scene.depth_m.begin() + from + kPixels,
                           [](float depth) { return depth > 0; });
    };
    EXPECT_GT(kept(0), 0.9 * kPixels) << ticks;
    EXPECT_LT(kept(kPixels), 0.2 * kPixels) << ticks;
  }
}

TEST(SceneDepth, OfOneTickIsTakenForNoisy) {
  SceneDepthMean mean(1, 1);
  mean.add(std::vector<uint16_t>{2000});
  EXPECT_GT(mean.mean().sigma_m[0], 0.002);
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/session/disk_rule.h"

#include <gmock/gmock.h>

namespace lockstep {
namespace {

using ::testing::HasSubstr;
constexpr uint64_t kMb = 1'000'000;

TEST(DiskRule, WantsTheLengthAndThirtySecondsMore) {
  const DiskRule rule(10.0 * kMb, 100 * kMb);
  EXPECT_TRUE(rule.before_start(100 * kMb + 900 * kMb, 60.0, "/takes"));
  const auto refused = rule.before_start(100 * kMb + 899 * kMb, 60.0, "/takes");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::no_space);
  EXPECT_THAT(refused.error().message, HasSubstr("/takes"));
  EXPECT_THAT(refused.error().message, HasSubstr("another disk with -o, or shorten the take"));
}

TEST(DiskRule, WantsTenMinutesWithoutALength) {
  const DiskRule rule(10.0 * kMb, 0);
  EXPECT_TRUE(rule.before_start(6'000 * kMb, std::nullopt, "/takes"));
  const auto refused = rule.before_start(5'999 * kMb, std::nullopt, "/takes", "--take");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("with --take, or give the take a length with -l"));
}

TEST(DiskRule, WarnsAtTenMinutesAndCutsAtThirtySeconds) {
  const DiskRule rule(10.0 * kMb, 100 * kMb);
  EXPECT_EQ(rule.during(7'000 * kMb), DiskRule::Advice::go_on);
  EXPECT_EQ(rule.during(6'000 * kMb), DiskRule::Advice::warn);
  EXPECT_EQ(rule.during(399 * kMb), DiskRule::Advice::cut);
  EXPECT_EQ(rule.during(50 * kMb), DiskRule::Advice::cut);
}

/// BGRA comes over USB as MJPG and goes to the disk as it is.
TEST(DiskRule, CountsWhatIsWrittenAndNotWhatComesOverTheCable) {
  PlannedCamera camera;
  camera.config.color_format = ColorFormat::bgra32;
  camera.config.color_resolution = ColorResolution::p720;
  camera.config.depth_mode = DepthMode::off;
  camera.config.frame_rate = FrameRate::fps30;
  camera.config.imu = false;
  EXPECT_DOUBLE_EQ(planned_bytes_per_s(camera), 1280.0 * 720 * 4 * 30);
  camera.config.imu = true;
  EXPECT_GT(planned_bytes_per_s(camera), 1280.0 * 720 * 4 * 30 + 60'000);
}

TEST(DiskRule, CountsLittleOfATimingOnlyRigButNotNothing) {
  Plan plan;
  plan.cameras.resize(2);
  for (PlannedCamera& camera : plan.cameras) camera.config.imu = false;
  const double without_imu = timing_only_bytes_per_s(plan);
  EXPECT_GT(without_imu, 2 * 30 * 290);  // as `lockstep simulate` writes
  EXPECT_LT(without_imu, 2 * 30 * 400);
  plan.cameras[0].config.imu = true;
  EXPECT_GT(timing_only_bytes_per_s(plan), without_imu + 60'000);
  plan.cameras[1].config.color_format = ColorFormat::nv12;
  EXPECT_GT(timing_only_bytes_per_s(plan), 1'382'400.0 * 30) << "grey, and in its full size";
}

}  // namespace
}  // namespace lockstep

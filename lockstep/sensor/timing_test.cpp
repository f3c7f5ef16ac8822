// SPDX-License-Identifier: MIT
#include "lockstep/sensor/timing.h"
#include "lockstep/sensor/family.h"
#include "lockstep/sensor/payload.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "lockstep/time/clock.h"

namespace lockstep {
namespace {

constexpr auto kAzure = Family::azure_kinect;
constexpr auto kBolt = Family::femto_bolt;

TEST(LaserTrain, LastsAsLongAsThePublishedExposure) {
  EXPECT_DOUBLE_EQ(laser_train(kAzure, DepthMode::nfov_unbinned).duration_us(), 12725);
  EXPECT_DOUBLE_EQ(laser_train(kAzure, DepthMode::nfov_2x2binned).duration_us(), 12725);
  EXPECT_DOUBLE_EQ(laser_train(kAzure, DepthMode::wfov_2x2binned).duration_us(), 12725);
  EXPECT_DOUBLE_EQ(laser_train(kAzure, DepthMode::wfov_unbinned).duration_us(), 20245);
  EXPECT_DOUBLE_EQ(laser_train(kBolt, DepthMode::nfov_unbinned).pitch_us, 1475);
}

TEST(LaserTrain, PassiveIrAndOffDoNotFire) {
  EXPECT_EQ(laser_train(kAzure, DepthMode::passive_ir).pulses, 0);
  EXPECT_EQ(laser_train(kAzure, DepthMode::off).duration_us(), 0);
  EXPECT_DOUBLE_EQ(depth_exposure_us(kAzure, DepthMode::passive_ir), 1600);
}

TEST(Delay, IsTruncatedToTheRegister) {
  // Asked and realised, as published for a real pair of cameras and for the usual staggering.
  const std::pair<int, double> rows[] = {
      {0, 0},       {160, 155.6},     {320, 311.1},   {480, 477.8},   {640, 633.3},
      {800, 800},   {960, 955.6},     {1120, 1111.1}, {1440, 1433.3}, {167, 166.7},
      {334, 333.3}, {22896, 22888.9}, {-160, -155.6}, {11, 0},        {-11, 0}};
  for (const auto& [asked, realised] : rows) {
    EXPECT_NEAR(realised_delay_us(kAzure, Micros(asked)), realised, 0.05) << asked;
  }
  EXPECT_DOUBLE_EQ(realised_delay_us(kBolt, Micros(160)), 160);
}

RC_GTEST_PROP(DelayProperty, IsAtMostAStepShortAndNeverBeyond, ()) {
  const int asked = *rc::gen::inRange(-200000, 200000);
  const double realised = realised_delay_us(kAzure, Micros(asked));
  RC_ASSERT(std::abs(realised) <= std::abs(asked) + 1e-9);
  RC_ASSERT(std::abs(asked) - std::abs(realised) < kRegisterStepUs);
  RC_ASSERT(realised * asked >= 0);
}

TEST(Delay, EarlyDepthOfAFemtoIsLateColor) {
  CameraConfig config;
  config.wired_sync = WiredSync::subordinate;
  config.subordinate_delay_off_master = Micros(500);
  config.depth_delay_off_color = Micros(-160);
  EXPECT_DOUBLE_EQ(realised_delays(kBolt, config).color_us, 660);
  EXPECT_DOUBLE_EQ(realised_delays(kBolt, config).depth_us, 500);
  EXPECT_NEAR(realised_delays(kAzure, config).color_us, 500, 1e-9);
  EXPECT_NEAR(realised_delays(kAzure, config).depth_us, 500 - 155.56, 0.01);
}

TEST(Delay, FemtoRegisterIsFull) {
  CameraConfig config;
  config.subordinate_delay_off_master = Micros(33333);
  config.depth_delay_off_color = Micros(33333);
  EXPECT_DOUBLE_EQ(realised_delays(kBolt, config).depth_us, 65535);
}

RC_GTEST_PROP(ExposureProperty, IsAStepThatFitsTheFrame, ()) {
  const Powerline line = *rc::gen::element(Powerline::hz50, Powerline::hz60);
  const FrameRate rate = *rc::gen::element(FrameRate::fps5, FrameRate::fps15, FrameRate::fps30);
  const int asked = *rc::gen::inRange(1, 300000);
  const int64_t realised = realised_exposure(kAzure, Micros(asked), line, rate).count();
  const auto steps = exposure_steps_us(kAzure, line);
  RC_ASSERT(std::find(steps.begin(), steps.end(), realised) != steps.end());
  RC_ASSERT(realised <= 1'000'000 / frames_per_second(rate));
  // The next smaller step would be too short, unless the frame or the table ends.
  for (const int step : steps) {
    if (step < realised) RC_ASSERT(step < asked);
  }
}

TEST(Payload, IsThatOfTheTables) {
  EXPECT_EQ(usb_depth_bytes_per_frame(DepthMode::nfov_unbinned), 640u * 576 * 9 * 8 / 5 + 2344);
  EXPECT_EQ(usb_depth_bytes_per_frame(DepthMode::nfov_2x2binned),
            usb_depth_bytes_per_frame(DepthMode::nfov_unbinned));
  EXPECT_EQ(usb_depth_bytes_per_frame(DepthMode::wfov_2x2binned), 3777232u);
  EXPECT_EQ(usb_depth_bytes_per_frame(DepthMode::wfov_unbinned), 1024u * 1024 * 9 + 1480);
  EXPECT_EQ(usb_depth_bytes_per_frame(DepthMode::passive_ir), 1678024u);
  EXPECT_EQ(usb_depth_bytes_per_frame(DepthMode::off), 0u);
  EXPECT_EQ(disk_depth_bytes_per_frame(DepthMode::nfov_unbinned), 1474560u);
  EXPECT_EQ(disk_depth_bytes_per_frame(DepthMode::nfov_2x2binned), 368640u);
  EXPECT_EQ(disk_depth_bytes_per_frame(DepthMode::wfov_unbinned), 4194304u);
  EXPECT_EQ(disk_depth_bytes_per_frame(DepthMode::passive_ir), 2097152u);
  EXPECT_EQ(color_bytes_per_frame(ColorFormat::yuy2, ColorResolution::p720), 1843200u);
  EXPECT_EQ(color_bytes_per_frame(ColorFormat::nv12, ColorResolution::p720), 1382400u);
  EXPECT_EQ(color_bytes_per_frame(ColorFormat::bgra32, ColorResolution::p720), 217000u);
  EXPECT_EQ(disk_color_bytes_per_frame(ColorFormat::bgra32, ColorResolution::p720),
            1280u * 720 * 4);
}

TEST(Family, FactsThatDiffer) {
  EXPECT_TRUE(family_traits(kAzure).detects_jacks);
  EXPECT_FALSE(family_traits(kBolt).detects_jacks);
  EXPECT_EQ(family_traits(kAzure).depth_power_down_s, 60.0);
  EXPECT_EQ(family_traits(Family::femto_mega).settle_before_master_s, 5.0);
  EXPECT_EQ(family_traits(Family::femto_mega).name, to_string(Family::femto_mega));
}

TEST(FirstFrame, DependsOnTheFirmware) {
  EXPECT_DOUBLE_EQ(first_frame_us(kAzure, "1.6.102"), 65333);
  EXPECT_DOUBLE_EQ(first_frame_us(kAzure, "1.6.110"), 219566);
  EXPECT_DOUBLE_EQ(first_frame_us(kAzure, "9.9.9"), 219566);
}

}  // namespace
}  // namespace lockstep

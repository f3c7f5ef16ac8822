// SPDX-License-Identifier: MIT
#include "lockstep/sensor/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "lockstep/sensor/modes.h"

namespace lockstep {
namespace {

using Outcome = ConfigCheck::Outcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

struct Row {
  const char* name;
  Outcome outcome;
  const char* note;  ///< part of the one note; "" for valid
  Family family;
  void (*change)(CameraConfig&);
};

constexpr auto kAzure = Family::azure_kinect;
constexpr auto kBolt = Family::femto_bolt;

void one_camera(CameraConfig& c, bool color) {
  if (color) {
    c.depth_mode = DepthMode::off;
  } else {
    c.color_resolution = ColorResolution::off;
  }
}
void subordinate(CameraConfig& c, int64_t delay_us, FrameRate rate = FrameRate::fps30) {
  c.wired_sync = WiredSync::subordinate;
  c.subordinate_delay_off_master = Micros(delay_us);
  c.frame_rate = rate;
}
void exposure(CameraConfig& c, int64_t us, Powerline line = Powerline::hz60,
              FrameRate rate = FrameRate::fps30) {
  c.exposure = Micros(us);
  c.powerline = line;
  c.frame_rate = rate;
}

// One row per way in which a camera refuses or changes what it is asked, and its neighbour that
// passes.
const Row kRows[] = {
    {"Plain", Outcome::valid, "", kAzure, [](CameraConfig&) {}},
    {"WideUnbinnedAt30", Outcome::invalid, "WFOV_UNBINNED runs at 15 fps at most", kAzure,
     [](CameraConfig& c) { c.depth_mode = DepthMode::wfov_unbinned; }},
    {"WideUnbinnedAt15", Outcome::valid, "", kAzure,
     [](CameraConfig& c) {
       c.depth_mode = DepthMode::wfov_unbinned, c.frame_rate = FrameRate::fps15;
     }},
    {"PassiveIrAt30", Outcome::valid, "", kAzure,
     [](CameraConfig& c) { c.depth_mode = DepthMode::passive_ir; }},
    {"LargestColorAt30", Outcome::invalid, "3072P runs at 15 fps at most", kAzure,
     [](CameraConfig& c) { c.color_resolution = ColorResolution::p3072; }},
    {"LargestColorAt15", Outcome::valid, "", kAzure,
     [](CameraConfig& c) {
       c.color_resolution = ColorResolution::p3072, c.frame_rate = FrameRate::fps15;
     }},
    {"Nv12At1080", Outcome::invalid, "NV12 exists in 720P only", kAzure,
     [](CameraConfig& c) {
       c.color_format = ColorFormat::nv12, c.color_resolution = ColorResolution::p1080;
     }},
    {"Yuy2At2160", Outcome::invalid, "YUY2 exists in 720P only", kAzure,
     [](CameraConfig& c) {
       c.color_format = ColorFormat::yuy2, c.color_resolution = ColorResolution::p2160;
     }},
    {"Yuy2At720", Outcome::valid, "", kAzure,
     [](CameraConfig& c) { c.color_format = ColorFormat::yuy2; }},
    {"BgraAt2160", Outcome::valid, "", kAzure,
     [](CameraConfig& c) {
       c.color_format = ColorFormat::bgra32, c.color_resolution = ColorResolution::p2160;
     }},
    {"AllOff", Outcome::invalid, "both off", kAzure,
     [](CameraConfig& c) { one_camera(c, true), one_camera(c, false); }},
    {"DepthDelayWithColorOnly", Outcome::invalid, "needs both colour and depth, and depth is off",
     kAzure, [](CameraConfig& c) { one_camera(c, true), c.depth_delay_off_color = Micros(167); }},
    {"DepthDelayWithDepthOnly", Outcome::invalid, "needs both colour and depth, and colour is off",
     kAzure, [](CameraConfig& c) { one_camera(c, false), c.depth_delay_off_color = Micros(167); }},
    {"SynchronizedWithDepthOnly", Outcome::invalid, "synchronized_images_only needs both", kAzure,
     [](CameraConfig& c) { one_camera(c, false), c.synchronized_images_only = true; }},
    {"DepthOnly", Outcome::valid, "", kAzure, [](CameraConfig& c) { one_camera(c, false); }},
    {"DepthDelayOfAPeriod", Outcome::adjusted, "becomes 33322.2 us", kAzure,
     [](CameraConfig& c) { c.depth_delay_off_color = Micros(33333); }},
    {"DepthDelayBeyondAPeriod", Outcome::invalid, "more than 33333 us", kAzure,
     [](CameraConfig& c) { c.depth_delay_off_color = Micros(33334); }},
    {"DepthDelayBeforeAPeriod", Outcome::invalid, "more than 33333 us", kAzure,
     [](CameraConfig& c) { c.depth_delay_off_color = Micros(-33334); }},
    {"SubordinateDelayBeyondAPeriod", Outcome::invalid, "more than 66666 us, the most at 15 fps",
     kAzure, [](CameraConfig& c) { subordinate(c, 66667, FrameRate::fps15); }},
    {"SubordinateDelayNegative", Outcome::invalid, "cannot be ahead", kAzure,
     [](CameraConfig& c) { subordinate(c, -20); }},
    {"DelayOnTheMaster", Outcome::invalid, "only a subordinate takes one", kAzure,
     [](CameraConfig& c) {
       c.wired_sync = WiredSync::master, c.subordinate_delay_off_master = Micros(167);
     }},
    {"DelayAlone", Outcome::invalid, "only a subordinate takes one", kAzure,
     [](CameraConfig& c) { c.subordinate_delay_off_master = Micros(167); }},
    {"MasterWithoutColor", Outcome::invalid, "sends no pulses", kAzure,
     [](CameraConfig& c) { one_camera(c, false), c.wired_sync = WiredSync::master; }},
    {"FemtoMasterWithoutColor", Outcome::valid, "", kBolt,
     [](CameraConfig& c) { one_camera(c, false), c.wired_sync = WiredSync::master; }},
    {"SubordinateWithoutColor", Outcome::valid, "", kAzure,
     [](CameraConfig& c) { one_camera(c, false), c.wired_sync = WiredSync::subordinate; }},
    {"NoSuchFormat", Outcome::invalid, "colour format 7 does not exist", kAzure,
     [](CameraConfig& c) { c.color_format = static_cast<ColorFormat>(7); }},
    {"NoSuchResolution", Outcome::invalid, "colour resolution 9 does not exist", kAzure,
     [](CameraConfig& c) { c.color_resolution = static_cast<ColorResolution>(9); }},
    {"NoSuchDepthMode", Outcome::invalid, "depth mode -1 does not exist", kAzure,
     [](CameraConfig& c) { c.depth_mode = static_cast<DepthMode>(-1); }},
    {"NoSuchRate", Outcome::invalid, "frame rate 5 does not exist", kAzure,
     [](CameraConfig& c) { c.frame_rate = static_cast<FrameRate>(5); }},
    {"NoSuchSyncMode", Outcome::invalid, "wired-sync mode 3 does not exist", kAzure,
     [](CameraConfig& c) { c.wired_sync = static_cast<WiredSync>(3); }},
    {"AzureAt25", Outcome::invalid, "has no 25 fps", kAzure,
     [](CameraConfig& c) { c.frame_rate = FrameRate::fps25; }},
    {"FemtoAt25", Outcome::valid, "", kBolt,
     [](CameraConfig& c) { c.frame_rate = FrameRate::fps25; }},
    {"FemtoWideUnbinnedAt25", Outcome::valid, "", kBolt,
     [](CameraConfig& c) {
       c.depth_mode = DepthMode::wfov_unbinned, c.frame_rate = FrameRate::fps25;
     }},
    {"FemtoWideUnbinnedAt30", Outcome::invalid, "at 25 fps at most", kBolt,
     [](CameraConfig& c) { c.depth_mode = DepthMode::wfov_unbinned; }},
    {"FemtoLargestColor", Outcome::invalid, "has no 3072P", kBolt,
     [](CameraConfig& c) {
       c.color_resolution = ColorResolution::p3072, c.frame_rate = FrameRate::fps15;
     }},
    {"FemtoDelayLimitAt5", Outcome::invalid, "more than 33333 us", kBolt,
     [](CameraConfig& c) { subordinate(c, 33334, FrameRate::fps5); }},
    {"FemtoEarlyDepth", Outcome::adjusted, "colour comes 160 us late instead", kBolt,
     [](CameraConfig& c) { c.depth_delay_off_color = Micros(-160); }},
    {"FemtoDelayIsExact", Outcome::valid, "", kBolt, [](CameraConfig& c) { subordinate(c, 160); }},
    {"DelayTruncated", Outcome::adjusted, "160 us becomes 155.6 us", kAzure,
     [](CameraConfig& c) { subordinate(c, 160); }},
    {"DelayOnTheStep", Outcome::valid, "", kAzure, [](CameraConfig& c) { subordinate(c, 167); }},
    {"ExposureRaised", Outcome::adjusted, "8000 us becomes 8330 us", kAzure,
     [](CameraConfig& c) { exposure(c, 8000); }},
    {"ExposureOnTheStep", Outcome::valid, "", kAzure, [](CameraConfig& c) { exposure(c, 8330); }},
    {"ExposureOtherMains", Outcome::adjusted, "8330 us becomes 10000 us", kAzure,
     [](CameraConfig& c) { exposure(c, 8330, Powerline::hz50); }},
    {"ExposureBeyondAFrame", Outcome::adjusted, "41670 us becomes 33330 us", kAzure,
     [](CameraConfig& c) { exposure(c, 41670); }},
    {"ExposureFitsSlowFrame", Outcome::valid, "", kAzure,
     [](CameraConfig& c) { exposure(c, 41670, Powerline::hz60, FrameRate::fps15); }},
    {"ExposureZero", Outcome::invalid, "positive time", kAzure,
     [](CameraConfig& c) { exposure(c, 0); }},
    {"FemtoExposureTooShort", Outcome::invalid, "takes 100 to 409500 us", kBolt,
     [](CameraConfig& c) { exposure(c, 50); }},
    {"FemtoExposureTooLong", Outcome::invalid, "takes 100 to 409500 us", kBolt,
     [](CameraConfig& c) { exposure(c, 409600); }},
    {"FemtoExposureAnyHundred", Outcome::valid, "", kBolt,
     [](CameraConfig& c) { exposure(c, 8300); }},
    {"FemtoExposureBetween", Outcome::adjusted, "8330 us becomes 8300 us", kBolt,
     [](CameraConfig& c) { exposure(c, 8330); }},
    {"GainTooHigh", Outcome::invalid, "takes 0 to 255", kAzure,
     [](CameraConfig& c) { c.gain = 256; }},
    {"FemtoGainZero", Outcome::invalid, "takes 1 to 255", kBolt,
     [](CameraConfig& c) { c.gain = 0; }},
    {"WhiteBalanceTooLow", Outcome::invalid, "2500 to 12500 K", kAzure,
     [](CameraConfig& c) { c.white_balance_k = 2490; }},
    {"WhiteBalanceBetween", Outcome::invalid, "multiples of 10 K", kAzure,
     [](CameraConfig& c) { c.white_balance_k = 4505; }},
    {"FemtoWhiteBalanceBetween", Outcome::adjusted, "becomes 4500 K", kBolt,
     [](CameraConfig& c) { c.white_balance_k = 4505; }},
};

class CheckConfigRow : public TestWithParam<Row> {};

TEST_P(CheckConfigRow, SaysWhatTheCameraWouldDo) {
  CameraConfig config;
  GetParam().change(config);
  const ConfigCheck check = check_config(GetParam().family, config);
  EXPECT_EQ(check.outcome, GetParam().outcome) << (check.notes.empty() ? "" : check.notes[0].text);
  if (GetParam().outcome == Outcome::valid) {
    EXPECT_THAT(check.notes, IsEmpty());
    EXPECT_EQ(check.adjusted, config);
  } else {
    EXPECT_THAT(check.notes, ElementsAre(Field(&ConfigNote::text, HasSubstr(GetParam().note))));
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, CheckConfigRow, ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(CheckConfig, NamesEverythingThatIsWrong) {
  CameraConfig config;
  config.depth_mode = DepthMode::wfov_unbinned;
  config.color_resolution = ColorResolution::p3072;
  config.gain = 300;
  EXPECT_EQ(check_config(kAzure, config).notes.size(), 3u);
}

RC_GTEST_PROP(CheckConfigProperty, WhatWasAdjustedIsRunAsItIs, ()) {
  CameraConfig config;
  config.wired_sync = WiredSync::subordinate;
  config.frame_rate = *rc::gen::element(FrameRate::fps5, FrameRate::fps15, FrameRate::fps30);
  config.exposure = Micros(*rc::gen::inRange(1, 200000));
  config.powerline = *rc::gen::element(Powerline::hz50, Powerline::hz60);
  config.white_balance_k = *rc::gen::inRange(2500, 12500);
  const Family family = *rc::gen::element(kAzure, kBolt);
  const ConfigCheck first = check_config(family, config);
  if (first.outcome == Outcome::invalid) return;
  RC_ASSERT(check_config(family, first.adjusted).adjusted == first.adjusted);
  const auto period_us = 1'000'000 / frames_per_second(config.frame_rate);
  RC_ASSERT(first.adjusted.exposure->count() <= period_us);
}

}  // namespace
}  // namespace lockstep

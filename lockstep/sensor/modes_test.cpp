// SPDX-License-Identifier: MIT
#include "lockstep/sensor/modes.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(Modes, EveryNameReadsBack) {
  for (int i = 0; i <= static_cast<int>(DepthMode::passive_ir); ++i) {
    EXPECT_EQ(depth_mode_from(to_string(static_cast<DepthMode>(i))), static_cast<DepthMode>(i));
  }
  for (int i = 0; i <= static_cast<int>(ColorResolution::p3072); ++i) {
    EXPECT_EQ(color_resolution_from(to_string(static_cast<ColorResolution>(i))),
              static_cast<ColorResolution>(i));
  }
  for (const Family family : {Family::azure_kinect, Family::femto_bolt, Family::femto_mega}) {
    EXPECT_EQ(family_from(to_string(family)), family);
  }
  for (const WiredSync sync : {WiredSync::standalone, WiredSync::master, WiredSync::subordinate}) {
    EXPECT_EQ(wired_sync_from(to_string(sync)), sync);
  }
  for (const FrameRate rate :
       {FrameRate::fps5, FrameRate::fps15, FrameRate::fps25, FrameRate::fps30}) {
    EXPECT_EQ(frame_rate_from(frames_per_second(rate)), rate);
  }
}

TEST(Modes, EveryColorModeReadsBack) {
  for (int format = 0; format <= static_cast<int>(ColorFormat::bgra32); ++format) {
    for (int size = 1; size <= static_cast<int>(ColorResolution::p3072); ++size) {
      const auto f = static_cast<ColorFormat>(format);
      const auto r = static_cast<ColorResolution>(size);
      const auto mode = color_mode_from(color_mode_name(f, r));
      ASSERT_TRUE(mode.has_value());
      EXPECT_EQ(mode->format, f);
      EXPECT_EQ(mode->resolution, r);
    }
  }
  EXPECT_EQ(color_mode_name(ColorFormat::nv12, ColorResolution::off), "OFF");
  EXPECT_EQ(color_mode_from("OFF")->resolution, ColorResolution::off);
}

TEST(Modes, UnknownNamesAreRefused) {
  EXPECT_FALSE(depth_mode_from("nfov_unbinned"));
  EXPECT_FALSE(color_mode_from("MJPG"));
  EXPECT_FALSE(color_mode_from("MJPG_OFF"));
  EXPECT_FALSE(color_mode_from("MJPG_721P"));
  EXPECT_FALSE(color_mode_from("_720P"));
  EXPECT_FALSE(family_from("kinect"));
  EXPECT_FALSE(frame_rate_from(29));
}

TEST(Modes, SpellingsOfOldRecordingsAreKnown) {
  EXPECT_EQ(depth_mode_from("NFOV_2x2BINNED"), DepthMode::nfov_2x2binned);
  EXPECT_EQ(depth_mode_from("WFOV_2x2BINNED"), DepthMode::wfov_2x2binned);
}

TEST(Modes, SizesAreThoseOfTheSpecification) {
  EXPECT_EQ(depth_size(DepthMode::nfov_unbinned), (SizePx{640, 576}));
  EXPECT_EQ(depth_size(DepthMode::nfov_2x2binned), (SizePx{320, 288}));
  EXPECT_EQ(depth_size(DepthMode::wfov_2x2binned), (SizePx{512, 512}));
  EXPECT_EQ(depth_size(DepthMode::passive_ir), (SizePx{1024, 1024}));
  EXPECT_EQ(color_size(ColorResolution::p1536), (SizePx{2048, 1536}));
  EXPECT_EQ(color_size(ColorResolution::off), (SizePx{0, 0}));
  EXPECT_FALSE(has_depth(DepthMode::passive_ir));
  EXPECT_TRUE(has_depth(DepthMode::wfov_unbinned));
}

}  // namespace
}  // namespace lockstep

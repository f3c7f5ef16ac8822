// SPDX-License-Identifier: MIT
#include "lockstep/take/told_family.h"

#include <gtest/gtest.h>

#include "lockstep/recording/our_tags.h"
#include "lockstep/sync/evidence.h"

namespace lockstep {
namespace {

RecordingInfo recording(FrameRate rate, Nanos first) {
  RecordingInfo info;
  info.header.camera.frame_rate = rate;
  info.first = DeviceTime(first);
  return info;
}

constexpr std::chrono::hours kYear{24 * 365};

TEST(ToldFamily, IsUnknownWhereItCouldBeAny) {
  EXPECT_FALSE(told_family(recording(FrameRate::fps30, Nanos(0))));
  EXPECT_FALSE(told_family(recording(FrameRate::fps15, kYear)));
}

TEST(ToldFamily, IsThatOfTheTag) {
  RecordingInfo info = recording(FrameRate::fps25, Nanos(0));
  info.header.extra_tags = {{"OTHER", "femto-bolt"}, {std::string(kFamilyTag), "femto-mega"}};
  const auto told = told_family(info);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->family, Family::femto_mega);
  EXPECT_EQ(told->by, kFamilyByTag);
  info.header.extra_tags = {{std::string(kFamilyTag), "nobody's"}};
  EXPECT_NE(told_family(info)->by, kFamilyByTag);
}

TEST(ToldFamily, IsAFemtoByWhatOnlyFemtosDo) {
  EXPECT_EQ(told_family(recording(FrameRate::fps25, Nanos(0)))->family, Family::femto_bolt);
  EXPECT_EQ(told_family(recording(FrameRate::fps30, 55 * kYear))->family, Family::femto_bolt);
}

}  // namespace
}  // namespace lockstep

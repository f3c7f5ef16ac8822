// SPDX-License-Identifier: MIT
#include "lockstep/device/pairing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

CameraConfig config_with(int64_t delay_us, bool paired_only) {
  CameraConfig config;
  config.depth_delay_off_color = Micros(delay_us);
  config.synchronized_images_only = paired_only;
  return config;
}

Image color_at(int64_t us) {
  Image image;
  image.stamp = DeviceTime(Micros(us));
  return image;
}

DepthSample depth_at(int64_t us) {
  DepthSample sample;
  sample.ir.stamp = DeviceTime(Micros(us));
  sample.depth = sample.ir;
  return sample;
}

/// (colour, depth) stamps of every capture that is ready; -1 for what is not there.
std::vector<std::pair<int64_t, int64_t>> drain(Pairing& pairing) {
  std::vector<std::pair<int64_t, int64_t>> all;
  while (auto capture = pairing.next()) {
    all.emplace_back(capture->color ? capture->color->stamp.us() : -1,
                     capture->ir ? capture->ir->stamp.us() : -1);
  }
  return all;
}

TEST(Pairing, AcceptsTheWindowWithBothEnds) {
  constexpr int64_t kColor = 100'000, kQuarter = 33'333 / 4;
  for (const int64_t depth : {kColor - kQuarter, kColor, kColor - kQuarter + 33'333}) {
    Pairing pairing(config_with(0, true));
    pairing.add_color(color_at(kColor));
    pairing.add_depth(depth_at(depth));
    EXPECT_THAT(drain(pairing), ElementsAre(Pair(kColor, depth)));
  }
  for (const int64_t depth : {kColor - kQuarter - 1, kColor - kQuarter + 33'334}) {
    Pairing pairing(config_with(0, true));
    pairing.add_color(color_at(kColor));
    pairing.add_depth(depth_at(depth));
    EXPECT_THAT(drain(pairing), ElementsAre());
  }
}

TEST(Pairing, WithANegativeDelayDepthIsTheReference) {
  Pairing pairing(config_with(-5000, false));
  pairing.add_depth(depth_at(95'000));
  pairing.add_color(color_at(100'000));
  pairing.add_depth(depth_at(128'333));
  pairing.add_color(color_at(158'000));
  EXPECT_THAT(drain(pairing), ElementsAre(Pair(100'000, 95'000), Pair(158'000, 128'333)));
}

TEST(Pairing, WhatFindsNoPartnerComesAloneOrNotAtAll) {
  for (const bool paired_only : {false, true}) {
    Pairing pairing(config_with(0, paired_only));
    pairing.add_depth(depth_at(61'911));
    pairing.add_depth(depth_at(95'200));
    pairing.add_depth(depth_at(128'577));
    pairing.add_color(color_at(128'555));
    const auto got = drain(pairing);
    if (paired_only) {
      EXPECT_THAT(got, ElementsAre(Pair(128'555, 128'577)));
    } else {
      EXPECT_THAT(got, ElementsAre(Pair(-1, 61'911), Pair(-1, 95'200), Pair(128'555, 128'577)));
    }
  }
}

TEST(Pairing, DepthOfTheClockBeforeItsResetIsDropped) {
  Pairing pairing(config_with(0, false));
  pairing.add_depth(depth_at(900'000'000));
  pairing.add_depth(depth_at(66'000));
  pairing.add_color(color_at(66'000));
  EXPECT_THAT(drain(pairing), ElementsAre(Pair(66'000, 66'000)));
}

TEST(Pairing, AStalledSensorReleasesTheOtherAfterSixteen) {
  Pairing pairing(config_with(0, false));
  for (int64_t i = 1; i <= 16; ++i) pairing.add_color(color_at(33'333 * i));
  EXPECT_EQ(pairing.ready(), 0U);
  pairing.add_color(color_at(33'333 * 17));
  EXPECT_THAT(drain(pairing), ElementsAre(Pair(33'333, -1)));
}

TEST(Pairing, AFullQueueKeepsTheNewestSevenAndCountsTheRest) {
  CameraConfig config = config_with(0, false);
  config.depth_mode = DepthMode::off;
  Pairing pairing(config);
  for (int64_t i = 1; i <= 10; ++i) pairing.add_color(color_at(33'333 * i));
  EXPECT_EQ(pairing.ready(), 7U);
  const auto first = pairing.next();
  EXPECT_EQ(first->color->stamp.us(), 33'333 * 4);
  EXPECT_EQ(first->dropped_before, 3U);
  EXPECT_EQ(pairing.next()->dropped_before, 0U);
}

/// The rule on whole lists: walk both, the one that is too old goes.
std::vector<std::pair<int64_t, int64_t>> pairs_by_rule(const std::vector<int64_t>& colors,
                                                       const std::vector<int64_t>& depths,
                                                       int64_t delay_us) {
  std::vector<std::pair<int64_t, int64_t>> pairs;
  const auto& references = delay_us >= 0 ? colors : depths;
  const auto& candidates = delay_us >= 0 ? depths : colors;
  size_t r = 0, c = 0;
  while (r < references.size() && c < candidates.size()) {
    const int64_t early = references[r] < 8333 ? 0 : references[r] - 8333;
    const int64_t begin = early + std::abs(delay_us);
    if (candidates[c] > begin + 33'333) {
      ++r;
    } else if (candidates[c] < begin) {
      ++c;
    } else {
      pairs.emplace_back(delay_us >= 0 ? references[r] : candidates[c],
                         delay_us >= 0 ? candidates[c] : references[r]);
      ++r, ++c;
    }
  }
  return pairs;
}

RC_GTEST_PROP(PairingProperty, PairsAreThoseOfTheRuleInAnyArrivalOrder, ()) {
  const auto delay = *rc::gen::inRange<int64_t>(-33'333, 33'334);
  std::vector<int64_t> colors, depths;
  const int64_t count = *rc::gen::inRange<int64_t>(1, 40);
  for (int64_t i = 2; i < count + 2; ++i) {
    const int64_t base = i * 33'333 + 40'000;
    if (*rc::gen::inRange(0, 8) != 0) colors.push_back(base + *rc::gen::inRange(-9000, 9000));
    if (*rc::gen::inRange(0, 8) != 0)
      depths.push_back(base + delay + *rc::gen::inRange(-9000, 9000));
  }
  // A first depth image later than ten periods would be taken for one from before the reset.
  if (depths.empty() || depths.front() > 333'000) depths.insert(depths.begin(), 80'000);
  Pairing pairing(config_with(delay, true));
  std::vector<std::pair<int64_t, int64_t>> got;
  size_t c = 0, d = 0;
  while (c < colors.size() || d < depths.size()) {
    // Neither sensor runs more than its queue ahead.
    const bool color_next = d == depths.size() || (c < colors.size() && c < d + 10 &&
                                                   (d > c + 10 || *rc::gen::arbitrary<bool>()));
    if (color_next) {
      pairing.add_color(color_at(colors[c++]));
    } else {
      pairing.add_depth(depth_at(depths[d++]));
    }
    for (const auto& pair : drain(pairing)) got.push_back(pair);
  }
  RC_ASSERT(got == pairs_by_rule(colors, depths, delay));
}

}  // namespace
}  // namespace lockstep

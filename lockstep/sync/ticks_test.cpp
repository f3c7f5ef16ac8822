// SPDX-License-Identifier: MIT
#include "lockstep/sync/ticks.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <vector>

namespace lockstep {
namespace {

DeviceTime at_us(double us) {
  return DeviceTime(Nanos(std::llround(us * 1e3)));
}

RC_GTEST_PROP(CountTicks, FindsEveryGapAndRepetition, ()) {
  const int fps = *rc::gen::element(5, 15, 30);
  const double rate = 1 + *rc::gen::inRange(-5000, 5000) * 1e-6;  // as far off as a Femto's own
  const double period = frame_period_us(fps) * rate;
  std::vector<DeviceTime> stamps;
  std::vector<int64_t> ticks;
  int64_t tick = *rc::gen::inRange(0, 200), repeated = 0;
  const int64_t first = tick;
  for (int i = 0; i < 300; ++i) {
    const double jitter = *rc::gen::inRange(-60, 60);
    stamps.push_back(at_us(static_cast<double>(tick) * period + jitter + 500));
    ticks.push_back(tick - first);
    if (*rc::gen::inRange(0, 40) == 0) {
      stamps.push_back(at_us(static_cast<double>(tick) * period + jitter + 533));
      ++repeated;
    }
    tick += *rc::gen::weightedElement<int64_t>({{40, 1}, {1, 2}, {1, 7}, {1, 90}});
  }
  const auto segments = count_ticks(stamps, fps);
  RC_ASSERT(segments.size() == 1u);
  RC_ASSERT(segments[0].stamps.size() == ticks.size());
  for (size_t i = 0; i < ticks.size(); ++i) RC_ASSERT(segments[0].stamps[i].tick == ticks[i]);
  RC_ASSERT(static_cast<int64_t>(segments[0].duplicates.size()) == repeated);
  RC_ASSERT(std::abs(segments[0].period_us - period) < 1);
}

TEST(CountTicks, CountsThroughAnHourOfDrift) {
  std::vector<DeviceTime> stamps;
  const double period = 1e6 / 30 * (1 + 20e-6);
  for (int64_t k = 0; k < 108'000; ++k) {
    if (k < 40'000 || k > 90'000) stamps.push_back(at_us(1e6 + static_cast<double>(k) * period));
  }
  const auto segments = count_ticks(stamps, 30);
  ASSERT_EQ(segments.size(), 1u);
  EXPECT_EQ(segments[0].last_tick(), 107'999);
}

TEST(CountTicks, AStepBackBeginsAnewAndALateFrameDoesNot) {
  std::vector<DeviceTime> stamps;
  for (int k = 0; k < 50; ++k) stamps.push_back(at_us(k * 33'333.3 + (k == 20 ? 9'000 : 0)));
  EXPECT_EQ(count_ticks(stamps, 30).size(), 1u);
  for (int k = 0; k < 30; ++k) stamps.push_back(at_us(200'000 + k * 33'333.3));
  const auto segments = count_ticks(stamps, 30);
  ASSERT_EQ(segments.size(), 2u);
  EXPECT_EQ(segments[1].last_tick(), 29);
}

TEST(CountTicks, OfNothingIsNothing) {
  EXPECT_TRUE(count_ticks({}, 30).empty());
  EXPECT_EQ(count_ticks(std::vector<DeviceTime>{at_us(5)}, 30).size(), 1u);
}

}  // namespace
}  // namespace lockstep

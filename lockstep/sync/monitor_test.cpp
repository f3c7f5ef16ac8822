// SPDX-License-Identifier: MIT
#include "lockstep/sync/monitor.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <random>

namespace lockstep {
namespace {

constexpr double kPeriodUs = 1e6 / 30;

DeviceTime at_us(double time_us) {
  return DeviceTime(Nanos(std::llround(time_us * 1000)));
}
HostTime host_us(double time_us) {
  return HostTime(Nanos(std::llround(time_us * 1000)));
}

LiveMonitor two_cameras(bool free_clock = false) {
  return LiveMonitor({{"left", 0, free_clock}, {"right", 160, free_clock}}, FrameRate::fps30, 0);
}

TEST(TickCounter, TellsLostTicksDuplicatesAndSteppedClocksApart) {
  TickCounter counter(kPeriodUs);
  EXPECT_EQ(counter.add(at_us(1000), host_us(0)).tick, 0);
  EXPECT_EQ(counter.add(at_us(1000 + kPeriodUs), host_us(kPeriodUs)).tick, 1);

  const TickStep after_hole = counter.add(at_us(1000 + 4 * kPeriodUs), host_us(4 * kPeriodUs));
  EXPECT_EQ(after_hole.tick, 4);
  EXPECT_EQ(after_hole.lost, 2);
  EXPECT_FALSE(after_hole.clock_broke);

  EXPECT_TRUE(counter.add(at_us(1011 + 4 * kPeriodUs), host_us(4 * kPeriodUs)).duplicate);

  const TickStep restarted = counter.add(at_us(500), host_us(34 * kPeriodUs));
  EXPECT_TRUE(restarted.clock_broke);
  EXPECT_EQ(restarted.tick, 34);

  EXPECT_TRUE(counter.add(at_us(500 + 3600e6), host_us(35 * kPeriodUs)).clock_broke);
}

TEST(LiveMonitor, LocksOnCamerasThatFollowThePlan) {
  LiveMonitor monitor = two_cameras();
  for (int k = 0; k < 10; ++k) {
    EXPECT_EQ(monitor.common_run(), k);
    monitor.add(0, at_us(131'500 + k * kPeriodUs), {});
    monitor.add(1, at_us(131'500 + 160 + 40 + k * kPeriodUs), {});
  }
  EXPECT_EQ(monitor.common_run(), 10);
  EXPECT_NEAR(*monitor.offset_us(1), 40, 0.01);
}

/// Whatever a stamp names, cameras with unequal exposures lock when they are where that puts them.
TEST(LiveMonitor, LocksOnUnequalExposuresUnderEveryReadingOfTheStamps) {
  for (const StampReading reading : kStampReadings) {
    LiveMonitor monitor({{"left", 0, false, 8'330}, {"right", 160, false, 16'670}},
                        FrameRate::fps30, 0);
    const double apart_us = stamp_shift_us(reading, 16'670) - stamp_shift_us(reading, 8'330);
    for (int k = 0; k < 10; ++k) {
      monitor.add(0, at_us(131'500 + k * kPeriodUs), {});
      monitor.add(1, at_us(131'500 + 160 + apart_us + 40 + k * kPeriodUs), {});
    }
    EXPECT_EQ(monitor.common_run(), 10) << to_string(reading);
    EXPECT_NEAR(*monitor.offset_us(1), 40, 0.01) << to_string(reading);
  }
}

/// Stamps agree to the microsecond, for whole periods do not show in them.
TEST(LiveMonitor, HearsFromArrivalThatAClockWasZeroedLate) {
  LiveMonitor monitor = two_cameras();
  for (int k = 0; k < 12; ++k) {
    const double at = 131'500 + k * kPeriodUs;
    monitor.add(0, at_us(at), host_us(7e9 + at + 60'000));
    monitor.add(1, at_us(at + 160), host_us(7e9 + at + 30 * kPeriodUs + 65'000));
  }
  EXPECT_EQ(monitor.common_run(), 0);
  ASSERT_TRUE(monitor.zeroed_apart_us(1).has_value());
  EXPECT_NEAR(*monitor.zeroed_apart_us(1), 30 * kPeriodUs + 5'000, 1);
  EXPECT_FALSE(monitor.zeroed_apart_us(0).has_value());
}

TEST(LiveMonitor, SeesACameraThatIsOutsideTheGate) {
  LiveMonitor monitor = two_cameras();
  for (int k = 0; k < 10; ++k) {
    monitor.add(0, at_us(131'500 + k * kPeriodUs), {});
    monitor.add(1, at_us(131'500 + 160 + 150 + k * kPeriodUs), {});
  }
  EXPECT_EQ(monitor.common_run(), 0);
  EXPECT_EQ(monitor.out_of_step_run(1), 10);
  EXPECT_NEAR(*monitor.offset_us(1), 150, 0.01);
}

TEST(LiveMonitor, DoesNotCallTheSlowDriftOfAFreeClockAFault) {
  LiveMonitor monitor = two_cameras(true);
  const int ticks = 30 * 60 * 30;
  for (int k = 0; k < ticks; ++k) {
    monitor.add(0, at_us(131'500 + k * kPeriodUs), {});
    monitor.add(1, at_us(131'500 + 160 + k * kPeriodUs * (1 + 20e-6)), {});
  }
  EXPECT_EQ(monitor.common_run(), ticks);
  EXPECT_GT(*monitor.offset_us(1), 33'000);  // a whole frame after half an hour
}

TEST(LiveMonitor, GoesOnWithoutTheReference) {
  LiveMonitor monitor({{"left", 0}, {"right", 160}, {"top", 320}}, FrameRate::fps30, 0);
  for (int k = 0; k < 20; ++k) {
    if (k < 5) monitor.add(0, at_us(65'000 + k * kPeriodUs), {});
    if (k == 5) monitor.set_lost(0);
    monitor.add(1, at_us(65'160 + k * kPeriodUs), {});
    monitor.add(2, at_us(65'320 + k * kPeriodUs), {});
  }
  EXPECT_EQ(monitor.common_run(), 20);
}

RC_GTEST_PROP(LiveMonitor, CountsTheSameTicksInWhateverOrderCapturesArrive, ()) {
  std::mt19937 random(*rc::gen::arbitrary<uint32_t>());
  const auto any = [&random](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random);
  };
  const std::vector<int> starts{any(0, 7), any(0, 7), any(0, 7)};
  LiveMonitor monitor({{"a", 0}, {"b", 160}, {"c", 320}}, FrameRate::fps30, 0);
  std::vector<int> next = starts;
  const int end = 20;
  std::vector<int64_t> shift(3, 0);
  while (next[0] < end || next[1] < end || next[2] < end) {
    const auto camera = static_cast<size_t>(any(0, 2));
    if (next[camera] >= end) continue;
    // Until the reference is heard nobody has a tick: it is, before another one ends.
    if (camera != 0 && next[camera] == end - 1 && next[0] == starts[0]) continue;
    const int k = next[camera]++;
    const double stamp_us =
        65'000 + 160.0 * static_cast<double>(camera) + any(-40, 40) + k * kPeriodUs;
    const auto step = monitor.add(camera, at_us(stamp_us), {});
    if (step.tick) shift[camera] = *step.tick - k;
  }
  // Every stream ends on one count, whichever camera was heard first.
  RC_ASSERT(shift[1] == shift[0]);
  RC_ASSERT(shift[2] == shift[0]);
  RC_ASSERT(monitor.last_common_tick() == std::optional<int64_t>(end - 1 + shift[0]));
  const int common = end - *std::max_element(starts.begin(), starts.end());
  RC_ASSERT(monitor.common_run() == common);
}

}  // namespace
}  // namespace lockstep

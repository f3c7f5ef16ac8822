// SPDX-License-Identifier: MIT
#include "lockstep/time/clock.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

template <typename A, typename B>
concept Subtractable = requires(A a, B b) {
  a - b;
};

// Stamps of two devices must not be subtracted by accident, and no two clocks may be mixed.
static_assert(!Subtractable<DeviceTime, DeviceTime>);
static_assert(!Subtractable<HostTime, RigTime>);
static_assert(!Subtractable<DeviceTime, RigTime>);
static_assert(Subtractable<RigTime, RigTime>);

TEST(DeviceTime, WholeMicrosecondsRoundDown) {
  EXPECT_EQ(DeviceTime(Nanos(11'111)).us(), 11);
  EXPECT_EQ(DeviceTime(Nanos(-1)).us(), -1);
}

TEST(DeviceTime, SinceIsSigned) {
  const DeviceTime a(Nanos(100));
  EXPECT_EQ(since(a, a + Nanos(50)), Nanos(50));
  EXPECT_EQ(since(a + Nanos(50), a), Nanos(-50));
}

TEST(DeadlineAfter, IsTheLatestTimeWhereTheSumWouldBeBeyondIt) {
  const HostTime now(std::chrono::seconds(100));
  EXPECT_EQ(deadline_after(now, Nanos(7)), now + Nanos(7));
  EXPECT_EQ(deadline_after(now, Nanos(0)), now);
  EXPECT_EQ(deadline_after(now, Nanos::max()), HostTime::max());
  EXPECT_EQ(deadline_after(now, HostTime::max() - now), HostTime::max());
  EXPECT_EQ(deadline_after(now, HostTime::max() - now - Nanos(1)), HostTime::max() - Nanos(1));
}

TEST(Tick, AnHourAtThirtyIsExact) {
  EXPECT_EQ(rig_time(Tick{108'000}, 30), RigTime(std::chrono::hours(1)));
  EXPECT_EQ(rig_time(Tick{1}, 30), RigTime(Nanos(33'333'333)));
  EXPECT_EQ(rig_time(Tick{-30}, 30), RigTime(std::chrono::seconds(-1)));
}

TEST(Tick, IsTheNearestOne) {
  EXPECT_EQ(nearest_tick(rig_time(Tick{7}, 30) + Nanos(16'666'000), 30), Tick{7});
  EXPECT_EQ(nearest_tick(rig_time(Tick{7}, 30) + Nanos(16'667'000), 30), Tick{8});
  EXPECT_EQ(nearest_tick(RigTime(Nanos(-16'667'000)), 30), Tick{-1});
  // Fifty years, as stamps that count from 1970.
  const int64_t far = 50LL * 365 * 86'400 * 30 + 1;
  EXPECT_EQ(nearest_tick(rig_time(Tick{far}, 30), 30), Tick{far});
}

RC_GTEST_PROP(Tick, IsFoundAgainByItsTime, (int32_t index)) {
  const auto fps = *rc::gen::element(5, 15, 25, 30);
  RC_ASSERT(nearest_tick(rig_time(Tick{index}, fps), fps) == Tick{index});
}

RC_GTEST_PROP(Tick, TimeNeverDriftsFromTheRate, (int32_t index)) {
  const auto fps = *rc::gen::element(5, 15, 25, 30);
  const long double exact_ns = static_cast<long double>(index) * 1e9L / fps;
  RC_ASSERT(
      std::abs(static_cast<long double>(rig_time(Tick{index}, fps).time_since_epoch().count()) -
               exact_ns) <= 1.0);
}

}  // namespace
}  // namespace lockstep

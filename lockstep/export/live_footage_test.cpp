// SPDX-License-Identifier: MIT
#include "lockstep/export/live_footage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "lockstep/export/footage_views.h"

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Nanos kPlanned(160'000);  // of the second camera

LiveFootage two_cameras(std::optional<int64_t> ticks = {}) {
  std::vector<LiveCamera> cameras(2);
  cameras[0].name = "left";
  cameras[1].name = "right";
  cameras[1].planned_offset = kPlanned;
  return {"rig.toml", cameras, {.frames_per_second = 30, .ticks = ticks, .calibration = {}}};
}

CaptureSlot seen_at(DeviceTime stamp) {
  auto capture = std::make_shared<Capture>();
  capture->color.emplace();
  capture->color->stamp = stamp;
  return {.capture = std::move(capture), .in_step = true};
}

/// Both cameras at a tick, by clocks that began 5 s and 70 s before it, and `late` at the second.
CaptureSet set_of(int64_t tick, Nanos late = Nanos{0}) {
  const Nanos pulse = rig_time(Tick{tick}, 30).time_since_epoch();
  return {.tick = Tick{tick},
          .slots = {seen_at(DeviceTime(pulse + std::chrono::seconds(5))),
                    seen_at(DeviceTime(pulse + kPlanned + late + std::chrono::seconds(70)))}};
}

std::vector<int64_t> ticks_read(LiveFootage& footage) {
  std::vector<int64_t> ticks;
  while (true) {
    const auto set = footage.next();
    EXPECT_TRUE(set);
    if (!set || !*set) return ticks;
    ticks.push_back((*set)->tick.index);
  }
}

TEST(LiveFootage, WhatWaitsTooLongIsDroppedAndCounted) {
  LiveFootage footage = two_cameras();
  for (int64_t tick = 0; tick < 10; ++tick) footage.push(set_of(tick));
  footage.end();
  EXPECT_THAT(ticks_read(footage), ElementsAre(6, 7, 8, 9)) << "the newest";
  EXPECT_EQ(footage.dropped(), 6);
  EXPECT_THAT(ticks_read(footage), IsEmpty());
}

TEST(LiveFootage, AWalkCountsDroppedTicksAsNeitherReadNorLeftOut) {
  LiveFootage footage = two_cameras(10);
  FootageViews views;
  views.chosen = {0, 1};
  auto walk = TickWalk::begin(footage, views, {});
  ASSERT_TRUE(walk) << walk.error().message;
  for (int64_t tick = 0; tick < 10; ++tick) {
    footage.push(set_of(tick));
    if (tick != 7) continue;
    CaptureSet hole = set_of(++tick);
    hole.slots[1] = {};
    footage.push(std::move(hole));
  }
  footage.end();
  std::vector<int64_t> walked;
  const auto goes_on = [](int64_t, int64_t) { return true; };
  for (auto set = walk->next(goes_on); set && *set; set = walk->next(goes_on))
    walked.push_back((*set)->tick.index);
  EXPECT_THAT(walked, ElementsAre(6, 7, 9));
  EXPECT_EQ(walk->left_out(), 1);
  EXPECT_EQ(walk->walked(), 10);
}

TEST(LiveFootage, EachCamerasClockIsPutOnRigTime) {
  LiveFootage footage = two_cameras();
  const Nanos jitter(40'000);
  for (const int64_t tick : {3, 4}) {
    footage.push(set_of(tick, tick == 4 ? jitter : Nanos{0}));
    const auto set = footage.next();
    ASSERT_TRUE(set && *set);
    const auto late = [&](size_t camera) {
      const DeviceTime stamp = (*set)->slots[camera].capture->stamp();
      return footage.rig_time(camera, Tick{tick}, stamp) - footage.instant(Tick{tick});
    };
    EXPECT_EQ(late(0).count(), 0);
    const double expected_ns =
        static_cast<double>((kPlanned + (tick == 4 ? jitter : Nanos{0})).count());
    EXPECT_NEAR(static_cast<double>(late(1).count()), expected_ns, 3'000) << "jitter stays";
  }
}

TEST(LiveFootage, AClockThatBeganAnewIsPlacedAnew) {
  LiveFootage footage = two_cameras();
  footage.push(set_of(1));
  footage.push(set_of(2, -std::chrono::seconds(60)));
  footage.end();
  ASSERT_TRUE(footage.next());
  const auto set = footage.next();
  ASSERT_TRUE(set && *set);
  const DeviceTime stamp = (*set)->slots[1].capture->stamp();
  EXPECT_EQ(footage.rig_time(1, Tick{2}, stamp) - footage.instant(Tick{2}), kPlanned);
}

TEST(LiveFootage, AReaderWaitsForWhatAnotherThreadPushes) {
  LiveFootage footage = two_cameras();
  std::jthread cameras([&] {
    for (int64_t tick = 0; tick < 200; ++tick) footage.push(set_of(tick));
    footage.end();
  });
  const std::vector<int64_t> ticks = ticks_read(footage);
  ASSERT_FALSE(ticks.empty());
  EXPECT_EQ(ticks.back(), 199) << "the newest is never dropped";
  EXPECT_TRUE(std::is_sorted(ticks.begin(), ticks.end()));
  EXPECT_EQ(static_cast<int64_t>(ticks.size()) + footage.dropped(), 200);
}

}  // namespace
}  // namespace lockstep

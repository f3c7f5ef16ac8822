// SPDX-License-Identifier: MIT
#include "lockstep/export/footage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lockstep/export/footage_views.h"
#include "lockstep/export/mcap_export.h"
#include "lockstep/export/recorded_stream.h"
#include "tests/support/property.h"
#include "tests/support/small_take.h"

namespace lockstep {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::SmallTake;
using testing::ticks;

constexpr double kPeriodUs = 100'000.0 / 3;

/// Microseconds after the pulse of the tick.
double after_pulse_us(const Footage& footage, size_t camera, Tick tick, DeviceTime stamp) {
  const Nanos late = footage.rig_time(camera, tick, stamp) - footage.instant(tick);
  return static_cast<double>(late.count()) / 1000;
}

/// The ticks of which sets come, and how many captures each has.
std::vector<std::pair<int64_t, int>> walked(TickWalk& walk) {
  std::vector<std::pair<int64_t, int>> sets;
  while (true) {
    const auto set = walk.next([](int64_t, int64_t) { return true; });
    EXPECT_TRUE(set);
    if (!set || !*set) return sets;
    int captures = 0;
    for (const CaptureSlot& slot : (*set)->slots) captures += slot.capture != nullptr ? 1 : 0;
    sets.emplace_back((*set)->tick.index, captures);
  }
}

TEST(Footage, EveryPartHasItsClock) {
  for (const bool placed : {true, false}) {
    SmallTake take;
    take.add_part(0, ticks(0, 9), 500'000, placed);
    // Clocks that began together need not be placed by the manifest.
    take.add_part(1, ticks(0, 3), placed ? 700'000 : 500'000, placed);
    take.add_part(1, ticks(4, 9), 20'000, placed);
    take.save();
    const auto footage = Footage::open(take.folder());
    ASSERT_TRUE(footage) << footage.error().message;
    ASSERT_EQ((*footage)->cameras().size(), 2u);
    EXPECT_EQ((*footage)->cameras()[1].parts.size(), 2u);
    EXPECT_EQ((*footage)->tick_count(), 10);
    for (int64_t tick = 0; tick < 10; ++tick) {
      const auto set = (*footage)->next();
      ASSERT_TRUE(set && *set);
      for (size_t camera = 0; camera < 2; ++camera) {
        const CapturePtr& capture = (*set)->slots[camera].capture;
        ASSERT_TRUE(capture);
        EXPECT_NEAR(after_pulse_us(**footage, camera, Tick{tick}, capture->stamp()),
                    camera == 0 ? 0 : SmallTake::kDelayUs, 1)
            << tick << (placed ? " placed" : " counted");
      }
    }
  }
}

TEST(Footage, AFittedClockCountsAndRunsBothWays) {
  testing::expect_property({200, 10'000}, [](testing::Dice& dice) {
    FootagePart part;
    part.planned_offset = Micros(dice.in(0, 1000));
    part.rig_from_device = Micros(dice.in(-1'000'000, 1'000'000));
    if (dice.in(0, 2) == 1) {
      ClockMap& map = part.map.emplace();
      map.mid = RigTime(std::chrono::milliseconds(dice.in(0, 100'000)));
      map.offset_us = dice.in(-2'000'000, 2'000'000);
      map.rate_ppm = dice.in(-300, 300);
    }
    const RigTime time(Micros(dice.in(0, 1'000'000'000)));
    const Nanos back = part.rig_time(part.device_time(time)) - time;
    EXPECT_LE(std::abs(back.count()), 2);
  });
}

TEST(Footage, ARecordingIsTheTakeOfOneCamera) {
  SmallTake take;
  take.add_part(0, {0, 1, 3, 4}, 500'000, true);
  const auto footage = Footage::open(take.folder() / "a.mkv");
  ASSERT_TRUE(footage);
  EXPECT_EQ((*footage)->cameras()[0].name, "a");
  EXPECT_EQ((*footage)->tick_count(), 5);
  auto views = choose_views(**footage, {}, UnknownLenses::leave_out);
  ASSERT_TRUE(views);
  EXPECT_TRUE(need_rig(**footage, *views));
  auto walk = TickWalk::begin(**footage, *views, {});
  ASSERT_TRUE(walk);
  EXPECT_THAT(walked(*walk),
              ElementsAre(std::pair(0, 1), std::pair(1, 1), std::pair(3, 1), std::pair(4, 1)));
  EXPECT_EQ(walk->left_out(), 1);
}

TEST(Footage, AWalkAsksWhetherToGoOnAlsoWhileItLeavesTicksOut) {
  SmallTake take;
  take.add_part(0, ticks(0, 9), 500'000, true);
  take.add_part(1, {0, 9}, 500'000, true);
  take.save();
  const auto footage = Footage::open(take.folder());
  ASSERT_TRUE(footage);
  const auto both = choose_views(**footage, {}, UnknownLenses::leave_out);
  ASSERT_TRUE(both);
  auto walk = TickWalk::begin(**footage, *both, {});
  ASSERT_TRUE(walk);
  std::vector<int64_t> asked;
  const auto until_four = [&](int64_t walked, int64_t ticks) {
    EXPECT_EQ(ticks, 10);
    asked.push_back(walked);
    return walked < 4;
  };
  auto set = walk->next(until_four);
  ASSERT_TRUE(set && *set);
  EXPECT_FALSE(walk->stopped());
  set = walk->next(until_four);
  ASSERT_TRUE(set);
  EXPECT_FALSE(*set);
  EXPECT_TRUE(walk->stopped());
  EXPECT_THAT(asked, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(walk->taken(), 1);
  EXPECT_EQ(walk->left_out(), 3);
}

TEST(Footage, TicksOnWhichACameraIsMissingAreLeftOut) {
  SmallTake take;
  take.add_part(0, ticks(0, 9), 500'000, true);
  take.add_part(1, {0, 1, 2, 5, 6, 7, 8, 9}, 500'000, true);
  take.save();
  const auto footage = Footage::open(take.folder());
  ASSERT_TRUE(footage);
  FootageChoice choice;
  choice.first_tick = 2;
  choice.last_tick = 6;
  const auto both = choose_views(**footage, choice, UnknownLenses::leave_out);
  ASSERT_TRUE(both);
  auto walk = TickWalk::begin(**footage, *both, choice);
  ASSERT_TRUE(walk);
  EXPECT_THAT(walked(*walk), ElementsAre(std::pair(2, 2), std::pair(5, 2), std::pair(6, 2)));
  EXPECT_EQ(walk->left_out(), 2);

  choice.all_ticks = true;
  walk = TickWalk::begin(**footage, *both, choice);
  ASSERT_TRUE(walk);
  EXPECT_EQ(walked(*walk).size(), 5u);

  choice.all_ticks = false;
  choice.cameras = {"a"};
  const auto one = choose_views(**footage, choice, UnknownLenses::leave_out);
  ASSERT_TRUE(one);
  walk = TickWalk::begin(**footage, *one, choice);
  ASSERT_TRUE(walk);
  EXPECT_EQ(walked(*walk).size(), 5u) << "what other cameras lack does not matter";
}

TEST(Footage, ACameraThatIsNotChosenIsNoObstacle) {
  for (const bool missing : {false, true}) {
    SmallTake take;
    take.add_part(0, ticks(0, 9), 500'000, true);
    take.add_part(1, ticks(0, 3), 500'000, true);
    take.save();
    if (missing) std::filesystem::remove(take.folder() / "b.mkv");
    FootageChoice choice;
    choice.cameras = {"a"};
    choice.first_tick = 3;
    choice.last_tick = 8;
    const auto footage = Footage::open(take.folder(), choice.cameras);
    ASSERT_TRUE(footage) << footage.error().message;
    const auto views = choose_views(**footage, choice, UnknownLenses::leave_out);
    ASSERT_TRUE(views) << views.error().message;
    auto walk = TickWalk::begin(**footage, *views, choice);
    ASSERT_TRUE(walk) << walk.error().message;
    EXPECT_EQ(walked(*walk).size(), 6u);
    EXPECT_EQ(walk->left_out(), 0);
    choice.cameras = {"x"};
    EXPECT_THAT(choose_views(**footage, choice, UnknownLenses::leave_out).error().message,
                HasSubstr("has no camera 'x'"));
  }
}

TEST(Footage, WhatIsNotThereHasItsSentence) {
  SmallTake take;
  take.add_part(0, ticks(0, 9), 500'000, true);
  take.add_part(1, ticks(0, 9), 700'000, true);
  take.save();
  const auto footage = Footage::open(take.folder());
  ASSERT_TRUE(footage);
  const auto lenses = choose_views(**footage, {}, UnknownLenses::refuse);
  ASSERT_FALSE(lenses);
  EXPECT_EQ(lenses.error().code, Errc::unusable_input);
  EXPECT_THAT(lenses.error().message,
              AllOf(HasSubstr("a.mkv"), HasSubstr("no factory calibration that can be read")));
  const auto views = choose_views(**footage, {}, UnknownLenses::leave_out);
  ASSERT_TRUE(views);
  EXPECT_THAT(need_rig(**footage, *views).error().message, HasSubstr("2 cameras"));
  for (const auto& [first, last] : {std::pair(-1, 3), std::pair(4, 3), std::pair(0, 10)}) {
    FootageChoice choice;
    choice.first_tick = first;
    choice.last_tick = last;
    EXPECT_EQ(TickWalk::begin(**footage, *views, choice).error().code, Errc::invalid_argument);
  }
}

TEST(RecordedStream, GivesCapturesOfAllPartsInOrderAndInTheSpan) {
  SmallTake take;
  take.add_part(0, ticks(0, 9), 500'000, true);
  take.add_part(1, ticks(0, 3), 700'000, true);
  take.add_part(1, ticks(5, 9), 20'000, true);
  take.save();
  const auto footage = Footage::open(take.folder());
  ASSERT_TRUE(footage);
  const auto at_tick = [](double tick) { return RigTime(nanos_from_us((tick - 0.5) * kPeriodUs)); };
  RecordedStream stream((*footage)->cameras()[1], at_tick(2), at_tick(8));
  std::vector<int64_t> seen;
  for (auto moved = stream.begin(); !stream.at_end(); moved = stream.advance()) {
    ASSERT_TRUE(moved);
    ASSERT_FALSE(stream.imu_is_next());
    seen.push_back(nearest_tick(stream.due(), 30).index);
  }
  EXPECT_THAT(seen, ElementsAre(2, 3, 5, 6, 7));
}

TEST(McapExport, StoppedLeavesNoFile) {
  SmallTake take;
  take.add_part(0, ticks(0, 9), 500'000, true);
  take.add_part(1, ticks(0, 9), 700'000, true);
  take.save();
  const auto footage = Footage::open(take.folder());
  ASSERT_TRUE(footage);
  const auto views = choose_views(**footage, {}, UnknownLenses::leave_out);
  ASSERT_TRUE(views);
  const testing::TempFolder folder;
  int calls = 0;
  const auto stop = [&calls](int64_t, int64_t) { return ++calls < 5; };
  const auto stopped = export_mcap(**footage, *views, {}, false, folder / "a.mcap", stop);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Errc::cancelled);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace lockstep

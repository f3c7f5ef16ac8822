// SPDX-License-Identifier: MIT
#include "lockstep/session/set_gatherer.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A capture that tells which camera made it at which tick of the rig.
CapturePtr capture_of(size_t camera, int64_t tick) {
  auto capture = std::make_shared<Capture>();
  capture->color.emplace();
  capture->color->stamp = DeviceTime(Nanos(tick * 1000 + static_cast<int64_t>(camera)));
  return capture;
}

void append(std::vector<CaptureSet>& to, std::vector<CaptureSet> sets) {
  for (CaptureSet& set : sets) to.push_back(std::move(set));
}

std::vector<int64_t> ticks_of(const std::vector<CaptureSet>& sets) {
  std::vector<int64_t> ticks;
  for (const CaptureSet& set : sets) ticks.push_back(set.tick.index);
  return ticks;
}

/// Two cameras of which both have tick 100.
class TwoCameras : public ::testing::Test {
 protected:
  TwoCameras() {
    append(sets_, gatherer_.add(0, 100, capture_of(0, 100)));
    EXPECT_THAT(sets_, IsEmpty());
    add(1, 100);
  }
  void add(size_t camera, int64_t tick) {
    append(sets_, gatherer_.add(camera, tick, capture_of(camera, tick)));
  }

  SetGatherer gatherer_{2};
  std::vector<CaptureSet> sets_;
};

TEST_F(TwoCameras, ASetComesWithTheLastOfItsCaptures) {
  EXPECT_THAT(ticks_of(sets_), ElementsAre(0));
  add(1, 101);
  add(1, 102);
  EXPECT_THAT(ticks_of(sets_), ElementsAre(0));
  add(0, 101);
  EXPECT_THAT(ticks_of(sets_), ElementsAre(0, 1));
  EXPECT_EQ(sets_[1].slots[0].capture->stamp(), DeviceTime(Nanos(101'000)));
  EXPECT_EQ(sets_[1].slots[1].capture->stamp(), DeviceTime(Nanos(101'001)));
}

TEST_F(TwoCameras, ALostFrameIsAHole) {
  add(0, 101);
  add(0, 102);
  add(1, 102);
  EXPECT_THAT(ticks_of(sets_), ElementsAre(0, 1, 2));
  EXPECT_EQ(sets_[1].slots[1].capture, nullptr);
  EXPECT_EQ(sets_[1].slots[1].cause, HoleCause::not_delivered);
  EXPECT_NE(sets_[2].slots[1].capture, nullptr);
}

TEST_F(TwoCameras, TheOthersGoOnWithoutALostCamera) {
  add(0, 101);
  append(sets_, gatherer_.end(1, HoleCause::device_lost));
  add(0, 102);
  EXPECT_THAT(ticks_of(sets_), ElementsAre(0, 1, 2));
  EXPECT_EQ(sets_[2].slots[1].cause, HoleCause::device_lost);
}

TEST_F(TwoCameras, NothingComesAfterACameraEnded) {
  add(0, 101);
  add(0, 102);
  add(1, 101);
  append(sets_, gatherer_.end(1, HoleCause::after_end));
  append(sets_, gatherer_.end(0, HoleCause::after_end));
  EXPECT_THAT(ticks_of(sets_), ElementsAre(0, 1));
}

TEST_F(TwoCameras, WhatIsTooLateIsAHoleAndMemoryIsBounded) {
  const auto most = static_cast<int64_t>(kMostTicksWaiting);
  for (int64_t tick = 101; tick <= 100 + 3 * most; ++tick) add(0, tick);
  EXPECT_EQ(sets_.size(), 1 + static_cast<size_t>(2 * most));
  add(1, 101);  // long gone
  add(1, 100 + 3 * most);
  ASSERT_EQ(ticks_of(sets_).back(), 3 * most);
  EXPECT_EQ(sets_[1].slots[1].capture, nullptr);
  EXPECT_NE(sets_.back().slots[1].capture, nullptr);
}

TEST_F(TwoCameras, OfTwoCapturesAtOneTickTheFirstCounts) {
  add(0, 101);
  append(sets_, gatherer_.add(0, 101, capture_of(0, 999)));
  add(1, 101);
  ASSERT_EQ(sets_.size(), 2u);
  EXPECT_EQ(sets_[1].slots[0].capture->stamp(), DeviceTime(Nanos(101'000)));
}

TEST(SetGatherer, TickZeroIsTheFirstThatAllHave) {
  SetGatherer gatherer(2);
  std::vector<CaptureSet> sets;
  for (const int64_t tick : {7, 8, 9}) append(sets, gatherer.add(0, tick, capture_of(0, tick)));
  for (const int64_t tick : {8, 9}) append(sets, gatherer.add(1, tick, capture_of(1, tick)));
  ASSERT_THAT(ticks_of(sets), ElementsAre(0, 1));
  EXPECT_EQ(sets[0].slots[0].capture->stamp(), DeviceTime(Nanos(8'000)));
}

/// However the streams interleave, what comes out is each tick once, in order, with what came.
RC_GTEST_PROP(SetGatherer, GivesEveryTickInOrderWithWhatCame, ()) {
  const auto cameras = *rc::gen::inRange<size_t>(1, 5);
  const auto ticks = *rc::gen::inRange<int64_t>(1, 8);  // fewer than may wait
  std::vector<std::vector<int64_t>> streams(cameras);
  for (auto& stream : streams) {
    for (int64_t tick = 0; tick < ticks; ++tick) {
      const bool there = tick == 0 || tick == ticks - 1 || *rc::gen::inRange(0, 4) > 0;
      if (there) stream.push_back(tick);
    }
  }
  std::vector<size_t> turns;  // of each camera one for each capture, and one for its end
  for (size_t camera = 0; camera < cameras; ++camera)
    turns.insert(turns.end(), streams[camera].size() + 1, camera);
  std::shuffle(turns.begin(), turns.end(), std::mt19937(*rc::gen::arbitrary<uint32_t>()));
  SetGatherer gatherer(cameras);
  std::vector<CaptureSet> sets;
  std::vector<size_t> next(cameras);
  for (const size_t camera : turns) {
    const size_t at = next[camera]++;
    if (at == streams[camera].size()) {
      append(sets, gatherer.end(camera, HoleCause::after_end));
    } else {
      const int64_t tick = streams[camera][at];
      append(sets, gatherer.add(camera, tick, capture_of(camera, tick)));
    }
  }
  int64_t tick = -1;
  size_t captures = 0;
  for (const CaptureSet& set : sets) {
    RC_ASSERT(set.tick.index > tick);
    tick = set.tick.index;
    for (size_t camera = 0; camera < cameras; ++camera) {
      const bool came = std::count(streams[camera].begin(), streams[camera].end(), tick) > 0;
      RC_ASSERT((set.slots[camera].capture != nullptr) == came);
      captures += came ? 1 : 0;
    }
  }
  size_t all = 0;
  for (const auto& stream : streams) all += stream.size();
  RC_ASSERT(captures == all);
}

}  // namespace
}  // namespace lockstep

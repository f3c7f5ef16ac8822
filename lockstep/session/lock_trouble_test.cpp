// SPDX-License-Identifier: MIT
#include "lockstep/session/lock_trouble.h"

#include <gmock/gmock.h>

namespace lockstep {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

LockFacts camera(const std::string& name) {
  LockFacts facts;
  facts.name = name;
  facts.state = DeviceState::locking;
  facts.any_picture = true;
  facts.offset_us = 3;
  facts.moved_us = 1;
  facts.exposure = Micros(8330);
  return facts;
}

LockFacts off_by(const std::string& name, double offset_us, double moved_us) {
  LockFacts facts = camera(name);
  facts.out_of_step = true;
  facts.offset_us = offset_us;
  facts.moved_us = moved_us;
  return facts;
}

LockFacts source(const std::string& name) {
  LockFacts facts = camera(name);
  facts.is_source = true;
  return facts;
}

TEST(LockTrouble, OfASteadyOffsetIsTheDelayOrTheExposure) {
  EXPECT_THAT(lock_trouble({source("left"), camera("middle"), off_by("right", 166, 4)}, "left"),
              AllOf(HasSubstr("right: +166 us off its planned offset"), HasSubstr("delay"),
                    HasSubstr("record again"), Not(HasSubstr("middle"))));
}

TEST(LockTrouble, OfAMovingOffsetIsACrystalOfItsOwn) {
  EXPECT_THAT(lock_trouble({source("left"), off_by("right", 180, -90)}, "left"),
              AllOf(HasSubstr("moving: -90 us"), HasSubstr("cable back to left")));
}

TEST(LockTrouble, OfAClockThatWasZeroedLateIsARestart) {
  LockFacts right = off_by("right", -1'000'022, 0);
  right.zeroed_apart_us = 1.0e6;
  EXPECT_THAT(lock_trouble({source("left"), right}, "left"),
              AllOf(HasSubstr("right: its clock was zeroed 1.0 s after that of the source"),
                    HasSubstr("restarted"), Not(HasSubstr("crystal"))));
}

TEST(LockTrouble, OfAllOffAlikeIsTheSource) {
  const std::vector<LockFacts> cameras{source("left"), off_by("middle", 160, 0),
                                       off_by("right", 171, 0)};
  EXPECT_THAT(lock_trouble(cameras, "left"), HasSubstr("likely it is left that is off"));
}

TEST(LockTrouble, OfUnlikeExposuresNamesThemAndNoOtherProgram) {
  LockFacts left = source("left"), middle = camera("middle"), right = off_by("right", 4189, 3);
  const auto fixed = right.exposure;
  right.exposure.reset();
  EXPECT_THAT(lock_trouble({left, middle, right}, "left"),
              AllOf(HasSubstr("right: +4189 us off"), HasSubstr("right an automatic exposure"),
                    HasSubstr("exposure_us = 8330"), Not(HasSubstr("program"))));
  right.exposure = Micros(16'670);
  EXPECT_THAT(lock_trouble({left, middle, right}, "left"),
              HasSubstr("left has an exposure of 8330 us, middle an exposure of 8330 us, right an "
                        "exposure of 16670 us"));
  right.exposure = fixed;
  EXPECT_THAT(lock_trouble({left, middle, right}, "left"), HasSubstr("program set it"));
  // All are off against a source whose exposure is automatic.
  left.exposure.reset();
  middle = off_by("middle", -4160, 0);
  right.offset_us = -4170;
  EXPECT_THAT(lock_trouble({left, middle, right}, "left"),
              AllOf(HasSubstr("left has an automatic exposure"), Not(HasSubstr("program"))));
}

TEST(LockTrouble, OfALoosePlugNamesTheCableThatBelongsThere) {
  LockFacts right = camera("right");
  right.plugged = false;
  right.any_picture = false;
  right.cable_from = "left Sync Out";
  EXPECT_THAT(lock_trouble({source("left"), right}, "left"),
              AllOf(HasSubstr("the cable from left Sync Out"), HasSubstr("push it in")));
}

TEST(LockTrouble, OfDarkCamerasIsTheGeneratorOrTheCable) {
  LockFacts a = camera("a");
  LockFacts b = camera("b");
  a.any_picture = b.any_picture = false;
  EXPECT_THAT(lock_trouble({a, b}, ""),
              AllOf(HasSubstr("a: no picture came; b: no picture came"), HasSubstr("generator")));
  LockFacts dark_source = source("left");
  dark_source.any_picture = false;
  EXPECT_THAT(lock_trouble({dark_source, b}, "left"),
              AllOf(HasSubstr("without the source"), HasSubstr("cable back to left")));
}

TEST(LockTrouble, OfPicturesWithoutARollBackIsNoCable) {
  LockFacts right = camera("right");
  right.any_picture = false;
  right.not_rolled_back = DeviceTime(std::chrono::milliseconds(12'345));
  EXPECT_THAT(lock_trouble({source("left"), right}, "left"),
              AllOf(HasSubstr("right: pictures come"), HasSubstr("not seen to roll back"),
                    HasSubstr("12.345 s"), Not(HasSubstr("cable"))));
}

TEST(LockTrouble, OfHealthyCamerasIsMissingCaptures) {
  EXPECT_THAT(lock_trouble({source("left"), camera("right")}, "left"), HasSubstr("USB"));
}

}  // namespace
}  // namespace lockstep

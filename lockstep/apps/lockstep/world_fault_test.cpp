// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/world_fault.h"

#include <gmock/gmock.h>

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Rig rig_of_two() {
  Rig rig;
  rig.cameras.resize(2);
  rig.cameras[0].name = "left";
  rig.cameras[1].name = "right";
  return rig;
}

Plan plan_of_two() {
  Plan plan;
  plan.frame_rate = FrameRate::fps30;
  plan.cameras.resize(2);
  plan.cameras[0].name = "left";
  plan.cameras[0].config.wired_sync = WiredSync::master;
  plan.cameras[1].name = "right";
  plan.cameras[1].config.wired_sync = WiredSync::subordinate;
  return plan;
}

/// What is said of one fault in a take of the device times 0.5 to 10.5 s.
std::vector<std::string> said_of(const std::string& text) {
  RigWorld world;
  const auto fault = parse_world_fault(text, rig_of_two());
  EXPECT_TRUE(fault) << text;
  if (fault) world.faults.push_back(*fault);
  return faults_outside(world, plan_of_two(), 0.5, 10.5);
}

TEST(WorldFault, HasTwoToFiveFields) {
  const auto whole = parse_world_fault("right:lose-tick:0.5:-20:3", rig_of_two());
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->camera, "right");
  EXPECT_EQ(whole->kind, FaultKind::lose_tick);
  EXPECT_EQ(whole->at_s, 0.5);
  EXPECT_EQ(whole->value, -20);
  EXPECT_EQ(whole->count, 3);
  const auto least = parse_world_fault("left:unplug", rig_of_two());
  ASSERT_TRUE(least);
  EXPECT_EQ(least->at_s, 0);
  EXPECT_EQ(least->count, 1);
}

TEST(WorldFault, ThatIsNoneIsRefusedWithASentence) {
  const std::pair<const char*, const char*> wrong[] = {
      {"", "two to five fields"},
      {"right", "two to five fields"},
      {"right:delay:0:1:1:1", "two to five fields"},
      {"middle:delay:0:150", "no camera 'middle'"},
      {"right:dely:0:150", "no kind 'dely'"},
      {"right:delay:soon", "cannot be read"},
      {"right:delay:1s:150", "cannot be read"},
      {"right:lose-tick:1:0:2.5", "cannot be read"},
      {"right:delay::150", "cannot be read"},
      {"right:delay:-1:150", "out of range"},
      {"right:delay:nan:150", "out of range"},
      {"right:lose-tick:1:0:0", "out of range"}};
  for (const auto& [text, why] : wrong) {
    const auto fault = parse_world_fault(text, rig_of_two());
    ASSERT_FALSE(fault) << text;
    EXPECT_EQ(fault.error().code, Errc::invalid_argument);
    EXPECT_THAT(fault.error().message, HasSubstr(why)) << text;
  }
}

TEST(WorldFault, ThatShowsIsNotSpokenOf) {
  for (const char* text :
       {"right:delay:0:150", "right:lose-tick:5", "right:lose-tick:0:0:20", "right:cable-pull:5",
        "right:cable-loose", "left:restart:5", "left:slow-usb:0:30000", "left:lose-tick:0.5"})
    EXPECT_THAT(said_of(text), IsEmpty()) << text;
}

TEST(WorldFault, BesideTheTakeIsNamed) {
  for (const char* text : {"right:delay:10.5:150", "right:lose-tick:0", "right:lose-tick:0.2:0:3",
                           "right:duplicate-tick:0", "left:restart:20"})
    EXPECT_THAT(said_of(text), ElementsAre(HasSubstr("never falls into the take"))) << text;
}

TEST(WorldFault, WithoutEffectIsNamed) {
  for (const char* text : {"right:delay:5", "right:depth-delay:5:0", "left:slow-usb",
                           "left:cable-pull:5", "left:cable-loose"})
    EXPECT_THAT(said_of(text), ElementsAre(HasSubstr("changes nothing: "))) << text;
}

}  // namespace
}  // namespace lockstep

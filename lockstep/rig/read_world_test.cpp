// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lockstep/rig/rig_file.h"

namespace lockstep {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Result<Rig> rig_of(const std::string& camera, const std::string& world,
                   const std::string& serial = "virtual-0001") {
  return parse_rig("camera = [ { name = \"a\", serial = \"" + serial + "\", powerline_hz = 50" +
                       camera + " } ]\n" + world,
                   "x.toml");
}

TEST(RigWorldFile, SaysHowCamerasStandAndWhatTheirFactoryGotWrong) {
  const auto rig = rig_of(
      ", pose = { at_m = [0, -2.5, 1.2], look_at_m = [0.0, 0, 1] }, nudge = { shift_mm = [5, 0, "
      "-1.5], turn_deg = [0, 0.3, 0] }",
      "world = { scene = \"still-room\", arrangement = \"chain\", apart_m = 0.8, radius_m = 2.5, "
      "factory_error = { focal_length = 0.0003, center_px = 0.5, color_turn_deg = 0.02, "
      "color_shift_mm = 0.3, depth_bias_mm = 5 } }");
  ASSERT_TRUE(rig) << rig.error().message;
  const RigCamera& camera = rig->cameras[0];
  ASSERT_TRUE(camera.pose.has_value());
  EXPECT_THAT(camera.pose->at_m, ElementsAre(0, -2.5, 1.2));
  EXPECT_THAT(camera.pose->look_at_m, ElementsAre(0, 0, 1));
  EXPECT_THAT(camera.nudge.shift_mm, ElementsAre(5, 0, -1.5));
  EXPECT_THAT(camera.nudge.turn_deg, ElementsAre(0, 0.3, 0));
  const RigWorld& world = *rig->world;
  EXPECT_EQ(world.scene, "still-room");
  EXPECT_EQ(world.arrangement, Arrangement::chain);
  EXPECT_EQ(world.apart_m, 0.8);
  EXPECT_EQ(world.factory_error.focal_length, 0.0003);
  EXPECT_EQ(world.factory_error.center_px, 0.5);
  EXPECT_EQ(world.factory_error.color_turn_deg, 0.02);
  EXPECT_EQ(world.factory_error.color_shift_mm, 0.3);
  EXPECT_EQ(world.factory_error.depth_bias_mm, 5);
}

TEST(RigWorldFile, WithoutAWordCamerasStandOnAnArcAndTheFactoryIsRight) {
  const auto rig = rig_of("", "");
  ASSERT_TRUE(rig) << rig.error().message;
  EXPECT_EQ(rig->world->arrangement, Arrangement::arc);
  EXPECT_FALSE(rig->cameras[0].pose.has_value());
  EXPECT_THAT(rig->cameras[0].nudge.shift_mm, ElementsAre(0, 0, 0));
  EXPECT_EQ(rig->world->factory_error.depth_bias_mm, 0);
}

struct BadWorld {
  const char* camera;
  const char* world;
  const char* message;  ///< one line, with its number
};

TEST(RigWorldFile, RefusesWhatCannotBeWithASentence) {
  const BadWorld rows[] = {
      {"", "world = { scene = \"moon\" }", "x.toml:2: 'scene' of world cannot be 'moon'"},
      {"", "world = { scene = \"still-rom\" }",
       "x.toml:2: 'scene' of world cannot be 'still-rom': "
       "did you mean 'still-room'?"},
      {"", "world = { arrangement = \"ring\" }", "x.toml:2: 'arrangement' of world cannot be"},
      {"", "world = { apart_m = 1 }", "x.toml:2: 'apart_m' of world is how far neighbours in a"},
      {"", "world = { arrangement = \"chain\", apart_m = 0 }", "x.toml:2: 'apart_m' of world is 0"},
      {"", "world = { factory_error = { center_px = -1 } }",
       "x.toml:2: 'center_px' of the factory error of world is -1"},
      {"", "world = { factory_error = { centre_px = 1 } }",
       "x.toml:2: unknown key 'centre_px' in the factory error of world: did you mean"},
      {"", "world = { factory_error = 1 }", "x.toml:2: 'factory_error' of world must be a table"},
      {", pose = { at_m = [0, -2, 1] }", "", "x.toml:1: the pose of camera 'a' has no 'look_at_m'"},
      {", pose = { at_m = [0, -2], look_at_m = [0, 0, 1] }", "",
       "x.toml:1: 'at_m' of the pose of camera 'a' must be three numbers"},
      {", pose = { at_m = [0, nan, 1], look_at_m = [0, 0, 1] }", "",
       "x.toml:1: 'at_m' of the pose of camera 'a' must be three numbers"},
      {", pose = { at_m = [0, 0, 1], look_at_m = [0, 0, 1] }", "",
       "x.toml:1: 'look_at_m' of the pose of camera 'a' is where the camera stands"},
      {", pose = { at_m = [0, 1, -1], look_at_m = [0, 0, 1] }", "",
       "x.toml:1: 'at_m' of the pose of camera 'a' is -1 m above the floor"},
      {", pose = [0, 0, 1]", "", "x.toml:1: 'pose' of camera 'a' must be a table"},
      {", nudge = { shift_mm = 5 }", "",
       "x.toml:1: 'shift_mm' of the nudge of camera 'a' must be three numbers"},
      {", nudge = { turn_deg = [0, 0, 181] }", "",
       "x.toml:1: 'turn_deg' of the nudge of camera 'a' must be three numbers from -180 to 180"},
      {", nudge = { move_mm = [0, 0, 1] }", "", "x.toml:1: unknown key 'move_mm'"},
  };
  for (const BadWorld& row : rows) {
    const auto rig = rig_of(row.camera, row.world);
    ASSERT_FALSE(rig) << row.message;
    EXPECT_EQ(rig.error().code, Errc::unusable_input);
    EXPECT_THAT(rig.error().message, AllOf(HasSubstr(row.message), Not(HasSubstr("\n"))));
  }
}

TEST(RigWorldFile, ARealCameraStandsWhereSomebodyPutIt) {
  const auto rig =
      rig_of(", pose = { at_m = [0, -2, 1], look_at_m = [0, 0, 1] }", "", "000123450112");
  ASSERT_FALSE(rig);
  EXPECT_THAT(rig.error().message, HasSubstr("x.toml:1: 'pose' of camera 'a' says where a virtual "
                                             "camera stands, and this one is real"));
}

TEST(RigWorldFile, OnACircleTheLastCameraAndTheFirstAreNeighbours) {
  std::string cameras = "camera = [ ";
  for (int i = 0; i < 4; ++i) {
    const std::string name = "c" + std::to_string(i);
    cameras += "{ name = \"" + name + "\", serial = \"virtual-000" + std::to_string(i) + "\" }, ";
  }
  cameras += "]\n";
  const std::string board =
      "board = { kind = \"charuco\", squares = \"9x7\", square_mm = 80, marker_mm = 60, dictionary "
      "= \"DICT_5X5_250\" } }";
  EXPECT_TRUE(parse_rig(cameras + "world = { board_ticks = 300, " + board, "x"));
  const auto circle =
      parse_rig(cameras + "world = { arrangement = \"circle\", board_ticks = 300, " + board, "x");
  ASSERT_FALSE(circle);
  EXPECT_THAT(circle.error().message, HasSubstr("shown for 1200 frames in all"));
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
// `lockstep calibrate` on takes of a virtual rig, whose truth is known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>
#include <nlohmann/json.hpp>

#include "lockstep/geometry/rig_calibration.h"
#include "tests/detect/detect_program.h"
#include "tests/support/files.h"
#include "tests/support/take_truth.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string rig_with(const std::string& world) {
  return R"(schema = 1
rig = { name = "three", frame_rate = 30, source = "a" }
all_cameras = { family = "azure-kinect", depth_mode = "NFOV_UNBINNED", color_mode = "MJPG_720P", exposure_us = 8330, gain = 128, white_balance_k = 4500, powerline_hz = 60, imu = true }
camera = [ { name = "a", serial = "virtual-0001" }, { name = "b", serial = "virtual-0002" }, { name = "c", serial = "virtual-0003" } ]
cable = [ { from = "a.out", to = "b.in", length_m = 3 }, { from = "b.out", to = "c.in", length_m = 3 } ]
world = { seed = 3, radius_m = 2.2, )" +
         world + " }\n";
}

/// A take of three cameras and a board that is shown for ten ticks to each two neighbours; made
/// once for all tests.
class CalibrateTake : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TempFolder>();
    write_file(*folder_ / "board.toml", kBoardFile);
    write_file(*folder_ / "rig.toml",
               rig_with("board_ticks = 10, board = { kind = \"charuco\", squares = \"9x7\", "
                        "square_mm = 80, marker_mm = 60, dictionary = \"DICT_5X5_250\" }"));
    made_ = run_lockstep({"simulate", *folder_ / "rig.toml", "-o", *folder_ / "take", "-l", "0.7"});
  }
  static void TearDownTestSuite() { folder_.reset(); }

  void SetUp() override { ASSERT_EQ(made_.status, 0) << made_.err; }

  static Finished calibrate(const std::string& output, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"calibrate", *folder_ / "take",
                                       "--board",   *folder_ / "board.toml",
                                       "-o",        *folder_ / output};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_lockstep(arguments);
  }

  static std::unique_ptr<TempFolder> folder_;
  static Finished made_;
};

std::unique_ptr<TempFolder> CalibrateTake::folder_;
Finished CalibrateTake::made_;

void expect_truth(const RigCalibration& found, const fs::path& take) {
  const TakeTruth truth(take);
  const auto first_from_world = truth.world_from_depth(0).inverse();
  const auto first_from_rig = found.cameras[0].rig_from_depth.inverse();
  for (size_t i = 1; i < found.cameras.size(); ++i) {
    const RigidTransform apart = (first_from_world * truth.world_from_depth(i)).inverse() *
                                 (first_from_rig * found.cameras[i].rig_from_depth);
    EXPECT_LT(apart.translation.norm(), 0.002) << i;
    EXPECT_LT(Eigen::AngleAxisd(apart.rotation).angle() * 180 / M_PI, 0.05) << i;
  }
}

TEST_F(CalibrateTake, FindsWhereTheCamerasAre) {
  const Finished done = calibrate("good.json");
  EXPECT_LE(done.status, 1) << done.err;
  EXPECT_THAT(done.out, HasSubstr("3 cameras"));
  EXPECT_THAT(done.out, HasSubstr("(simulated)"));
  EXPECT_THAT(done.out, HasSubstr("held out: corners carried"));
  const std::string json = read_file(*folder_ / "good.json");
  EXPECT_EQ(schema_problems(json, "calibration"), "");
  const auto found = parse_rig_calibration(json);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->cameras.size(), 3u);
  EXPECT_EQ(found->cameras[1].name, "b");
  EXPECT_EQ(found->cameras[1].serial, "virtual-0002");
  expect_truth(*found, *folder_ / "take");
  const auto report = nlohmann::json::parse(json);
  EXPECT_LT(report.at("held_out").at("mm").get<double>(), 2);
  const std::string page = read_file(*folder_ / "good.html");
  EXPECT_THAT(page, HasSubstr("data:image/jpeg;base64,/9j/"));
  EXPECT_THAT(page, HasSubstr("a and b"));
  EXPECT_THAT(page, HasSubstr("the reference"));
  EXPECT_THAT(done.out, HasSubstr("the reference"));

  const Finished again = calibrate("good.json");
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(again.err, HasSubstr("choose another name with -o"));
}

TEST_F(CalibrateTake, StandsOnTheFloorUprightAsAsked) {
  const TakeTruth truth(*folder_ / "take");
  for (const std::string origin : {"floor", "gravity"}) {
    const Finished done =
        calibrate("new/" + origin + ".json", {"--origin", origin, "--ticks", "12"});
    ASSERT_LE(done.status, 1) << done.err;
    const auto found = parse_rig_calibration(read_file(*folder_ / ("new/" + origin + ".json")));
    ASSERT_TRUE(found);
    EXPECT_EQ(to_string(found->origin), origin);
    for (size_t i = 0; i < 3; ++i) {
      const RigidTransform world = truth.world_from_depth(i);
      const RigidTransform& rig = found->cameras[i].rig_from_depth;
      EXPECT_NEAR(rig.rotation.row(2).dot(world.rotation.row(2)), 1, 1e-4) << origin << i;
      if (origin == "floor") {
        EXPECT_NEAR(rig.translation.z(), world.translation.z(), 0.02) << i;  // there is a rug
      }
    }
    expect_truth(*found, *folder_ / "take");
  }
  const Finished board = calibrate("board.json", {"--origin", "board", "--ticks", "12"});
  ASSERT_LE(board.status, 1) << board.err;
  expect_truth(*parse_rig_calibration(read_file(*folder_ / "board.json")), *folder_ / "take");
  const Finished never = calibrate("never.json", {"--origin", "board:4711"});
  EXPECT_EQ(never.status, 2);
  EXPECT_THAT(never.err, HasSubstr("go from 0 to 20"));
  // The poses are not lost for a frame that cannot be: this tick is not looked at.
  const Finished no_tick = calibrate("no_tick.json", {"--origin", "board:6", "--ticks", "12"});
  EXPECT_EQ(no_tick.status, 1) << no_tick.err;
  EXPECT_THAT(no_tick.err, HasSubstr("the rig's frame is the depth camera of 'a', not board:6 "
                                     "as asked for: the solve did not use the board at tick 6"));
  EXPECT_THAT(no_tick.out, HasSubstr("falls short: the rig's frame is the depth camera of"));
  const std::string json = read_file(*folder_ / "no_tick.json");
  EXPECT_EQ(schema_problems(json, "calibration"), "");
  EXPECT_THAT(json, HasSubstr("\"origin-not-found\""));
  const auto by_camera = parse_rig_calibration(json);
  ASSERT_TRUE(by_camera);
  EXPECT_EQ(by_camera->origin, RigOrigin::camera);
  expect_truth(*by_camera, *folder_ / "take");
  const Finished moon = calibrate("x.json", {"--origin", "moon"});
  EXPECT_EQ(moon.status, 2);
  EXPECT_THAT(moon.err, HasSubstr("'moon' fixes no rig"));
  EXPECT_FALSE(fs::exists(*folder_ / "x.json"));
}

TEST_F(CalibrateTake, RefusesAnotherBoard) {
  write_file(*folder_ / "smaller.toml",
             "kind = \"charuco\"\nsquares = \"9x7\"\nsquare_mm = 60\nmarker_mm = 45\n"
             "dictionary = \"DICT_5X5_250\"\n");
  const Finished size = run_lockstep({"calibrate", *folder_ / "take", "--board",
                                      *folder_ / "smaller.toml", "-o", *folder_ / "no.json"});
  EXPECT_EQ(size.status, 2) << size.out;
  EXPECT_THAT(size.err, HasSubstr("by depth they measure"));
  write_file(*folder_ / "other.toml",
             "kind = \"charuco\"\nsquares = \"9x7\"\nsquare_mm = 80\nmarker_mm = 60\n"
             "dictionary = \"DICT_4X4_250\"\n");
  const Finished other = run_lockstep({"calibrate", *folder_ / "take", "--board",
                                       *folder_ / "other.toml", "-o", *folder_ / "no.json"});
  EXPECT_EQ(other.status, 2) << other.out;
  EXPECT_THAT(other.err, HasSubstr("this is another board: "));
  EXPECT_FALSE(fs::exists(*folder_ / "no.json"));
  EXPECT_FALSE(fs::exists(*folder_ / "no.html"));
}

TEST_F(CalibrateTake, EndsSoonWhereTheDetectorFailsOnEveryImage) {
  const Finished done = RunningProgram(lockstep_program(),
                                       {"calibrate", *folder_ / "take", "--board",
                                        *folder_ / "board.toml", "-o", *folder_ / "none.json"},
                                       {"LOCKSTEP_DETECT=/bin/false"})
                            .wait();
  EXPECT_EQ(done.status, 3) << done.err;
  EXPECT_THAT(done.err, HasSubstr("has not managed one of 8"));
  EXPECT_THAT(done.err, Not(HasSubstr("no camera saw the board")));
  EXPECT_FALSE(fs::exists(*folder_ / "none.json"));
}

TEST_F(CalibrateTake, TakesOnlyGoodTicksOfATakeOutOfStep) {
  const Finished made = run_lockstep({"simulate", *folder_ / "rig.toml", "-o", *folder_ / "late",
                                      "-l", "0.7", "--anyway", "--fault", "c:delay:0:4000"});
  ASSERT_EQ(made.status, 1) << made.err;
  const auto arguments = [&](const std::string& output) {
    return std::vector<std::string>{"calibrate", *folder_ / "late",
                                    "--board",   *folder_ / "board.toml",
                                    "-o",        *folder_ / output};
  };
  const Finished refused = run_lockstep(arguments("late.json"));
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("is not in step"));
  EXPECT_THAT(refused.err, HasSubstr("--good-ticks"));
  auto asked = arguments("late.json");
  asked.emplace_back("--good-ticks");
  const Finished none = run_lockstep(asked);
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("c is in step with the others at none of the"));
  EXPECT_FALSE(fs::exists(*folder_ / "late.json"));
}

TEST_F(CalibrateTake, SaysWhatIsMissing) {
  const Finished no_board =
      run_lockstep({"calibrate", *folder_ / "take", "--board", *folder_ / "no.toml"});
  EXPECT_EQ(no_board.status, 2);
  EXPECT_THAT(no_board.err, HasSubstr("no.toml"));
  const Finished no_take =
      run_lockstep({"calibrate", *folder_ / "nothing", "--board", *folder_ / "board.toml"});
  EXPECT_EQ(no_take.status, 2);
  EXPECT_THAT(no_take.err, HasSubstr("nothing"));
}

TEST_F(CalibrateTake, RefusesWhatItCannotDoBeforeItRecords) {
  write_file(*folder_ / "there.json", "{}");
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"--board", *folder_ / "no.toml"},
        {"--board", *folder_ / "board.toml", "--origin", "moon"},
        {"--board", *folder_ / "board.toml", "-o", *folder_ / "there.json"}}) {
    std::vector<std::string> words{"calibrate", *folder_ / "rig.toml", "-l", "0.5",
                                   "--take",    *folder_ / "never"};
    words.insert(words.end(), wrong.begin(), wrong.end());
    const Finished refused = run_lockstep(words);
    EXPECT_EQ(refused.status, 2) << wrong.back();
    EXPECT_FALSE(fs::exists(*folder_ / "never")) << wrong.back();
  }
}

TEST_F(CalibrateTake, NamesTheOptionOfATakeThatIsThere) {
  const Finished refused =
      run_lockstep({"calibrate", *folder_ / "rig.toml", "--board", *folder_ / "board.toml", "-l",
                    "0.5", "--take", *folder_ / "take"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("choose another name with --take, or leave --take out"));
}

TEST_F(CalibrateTake, RecordsARigFirst) {
  const Finished done =
      run_lockstep({"calibrate", *folder_ / "rig.toml", "--board", *folder_ / "board.toml", "-l",
                    "0.7", "--take", *folder_ / "live", "--json", "--good-ticks"});
  ASSERT_LE(done.status, 1) << done.err;  // cameras in real time lose ticks on a busy machine
  EXPECT_EQ(schema_problems(done.out, "calibration"), "");
  const auto found = parse_rig_calibration(read_file(*folder_ / "live/calibration.json"));
  ASSERT_TRUE(found);
  expect_truth(*found, *folder_ / "live");
  const Finished of_take =
      run_lockstep({"calibrate", *folder_ / "live", "--board", *folder_ / "board.toml", "-l", "3",
                    "-o", *folder_ / "x.json"});
  EXPECT_EQ(of_take.status, 2);
  EXPECT_THAT(of_take.err, HasSubstr("for a rig that is to be recorded"));
}

TEST(Calibrate, SaysThatNobodySawABoard) {
  const TempFolder folder;
  write_file(folder / "board.toml", kBoardFile);
  write_file(folder / "rig.toml", rig_with("scene = \"room\""));
  ASSERT_EQ(
      run_lockstep({"simulate", folder / "rig.toml", "-o", folder / "take", "-l", "0.2"}).status,
      0);
  const Finished none =
      run_lockstep({"calibrate", folder / "take", "--board", folder / "board.toml"});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("no camera saw the board in"));
  EXPECT_FALSE(fs::exists(folder / "take/calibration.json"));
}

}  // namespace
}  // namespace lockstep::testing

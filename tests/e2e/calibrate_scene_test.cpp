// SPDX-License-Identifier: MIT
// `lockstep calibrate --check` and `--refine`: takes of a corner of the virtual room, before and
// after a camera was nudged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <memory>

#include "tests/e2e/rendered_take.h"
#include "tests/e2e/simulated_take.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// Three cameras that look into a corner of the room with nobody in it. `nudge` is a key of the one
/// in the middle.
std::string corner_rig(const std::string& nudge = "", const std::string& scene = "still-room") {
  return R"(schema = 1
rig = { name = "three", frame_rate = 30, source = "left" }
all_cameras = { family = "azure-kinect", depth_mode = "NFOV_2X2BINNED", color_mode = "MJPG_720P", exposure_us = 8330, gain = 128, white_balance_k = 4500, powerline_hz = 60 }
camera = [
  { name = "left", serial = "virtual-0001", pose = { at_m = [-0.6, -0.5, 1.4], look_at_m = [2.0, -1.6, 0.6] } },
  { name = "middle", serial = "virtual-0002", )" +
         nudge + R"(pose = { at_m = [0.0, 0.3, 1.5], look_at_m = [2.0, -1.6, 0.6] } },
  { name = "right", serial = "virtual-0003", pose = { at_m = [0.6, 0.6, 1.4], look_at_m = [2.0, -1.6, 0.6] } } ]
cable = [ { from = "left.out", to = "middle.in" }, { from = "middle.out", to = "right.in" } ]
world = { seed = 1, period_s = 0.1, factory_error = { focal_length = 0.0003, center_px = 0.5, depth_bias_mm = 5 }, scene = ")" +
         scene + "\" }\n";
}

/// Takes that all tests share, and a calibration that is true and says to be good to half a
/// millimetre.
class CalibrateScene : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared() = std::make_unique<TempFolder>();
    make("calib", corner_rig());
    make("later", corner_rig());
    make("nudged", corner_rig("nudge = { shift_mm = [4, 0, 4], turn_deg = [0, 0.2, 0] }, "));
    RigCalibration calibration = true_calibration(folder() / "calib");
    const RigidTransform first = calibration.cameras[0].rig_from_depth;
    for (size_t i = 0; i < calibration.cameras.size(); ++i) {
      CalibratedCamera& camera = calibration.cameras[i];
      camera.rig_from_depth = first.inverse() * camera.rig_from_depth;
      if (i == 0) continue;
      camera.covariance.diagonal().head<3>().setConstant(1e-8);
      camera.covariance.diagonal().tail<3>().setConstant(2.5e-7);
    }
    calibration.origin = RigOrigin::camera;
    write_file(good(), write_rig_calibration(calibration));
  }
  static void TearDownTestSuite() { shared().reset(); }

  static void make(const std::string& take, const std::string& rig) {
    write_file(folder() / (take + ".toml"), rig);
    const Finished made = simulate(folder() / (take + ".toml"), folder() / take, 0.4);
    ASSERT_EQ(made.status, 0) << made.out << made.err;
  }
  static std::unique_ptr<TempFolder>& shared() {
    static std::unique_ptr<TempFolder> folder;
    return folder;
  }
  static fs::path folder() { return shared()->path(); }
  static fs::path good() { return folder() / "good.json"; }

  static Finished calibrate(const std::string& take, std::vector<std::string> words) {
    words.insert(words.begin(), {"calibrate", folder() / take});
    return lockstep(words);
  }
  static Finished check(const std::string& take, std::vector<std::string> words = {}) {
    words.insert(words.end(), {"--check", "--calibration", good()});
    return calibrate(take, words);
  }
};

TEST_F(CalibrateScene, SaysThatNoCameraHasMoved) {
  const Finished text = check("later");
  EXPECT_EQ(text.status, 0) << text.out << text.err;
  EXPECT_THAT(one_line(text.out),
              AllOf(HasSubstr("no camera has moved (simulated)"), HasSubstr("left – middle")));
  const Finished said = check("later", {"--json"});
  EXPECT_EQ(said.status, 0);
  EXPECT_EQ(schema_problems(said.out, "calibration-check"), "") << said.out;
  const json parsed = json::parse(said.out);
  for (const json& camera : parsed.at("cameras")) {
    EXPECT_EQ(camera.at("verdict"), "stayed");
    EXPECT_LT(camera.at("least_shift_m").get<double>(), 0.005);
    EXPECT_EQ(camera.at("message"), "");
  }
}

TEST_F(CalibrateScene, NamesTheCameraThatHasMoved) {
  const Finished text = check("nudged");
  EXPECT_EQ(text.status, 1) << text.out << text.err;
  EXPECT_THAT(one_line(text.out),
              AllOf(HasSubstr("'middle' has moved (simulated)"),
                    HasSubstr("'middle' has moved: it stands"), HasSubstr("Calibrate the rig")));
  const Finished said = check("nudged", {"--json"});
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(schema_problems(said.out, "calibration-check"), "") << said.out;
  const json cameras = json::parse(said.out).at("cameras");
  EXPECT_EQ(named(cameras, "left").at("verdict"), "stayed");
  EXPECT_EQ(named(cameras, "right").at("verdict"), "stayed");
  const json moved = named(cameras, "middle");
  EXPECT_EQ(moved.at("verdict"), "moved");
  EXPECT_NEAR(moved.at("shift_m")[0].get<double>(), 0.004, 0.0015);
  EXPECT_NEAR(moved.at("shift_m")[1].get<double>(), 0, 0.0015);
  EXPECT_NEAR(moved.at("shift_m")[2].get<double>(), 0.004, 0.0015);
  EXPECT_NEAR(moved.at("turn_rad")[1].get<double>(), 0.2 * M_PI / 180, 0.001);
}

TEST_F(CalibrateScene, SaysOfACalibrationThatIsFarOffThatItIsNoNudge) {
  RigCalibration other = *read_rig_calibration(good());
  other.cameras[1].rig_from_depth.translation += Eigen::Vector3d(0.05, 0.1, 0.05);
  write_file(folder() / "other.json", write_rig_calibration(other));
  const Finished text = calibrate("later", {"--check", "--calibration", folder() / "other.json"});
  EXPECT_EQ(text.status, 1) << text.err;
  EXPECT_THAT(one_line(text.out), HasSubstr("that is no nudge. See that it is the calibration of"));
}

TEST_F(CalibrateScene, OfTwoCamerasItSaysOneOfTheTwo) {
  RigCalibration two = *read_rig_calibration(good());
  two.cameras.pop_back();
  write_file(folder() / "two.json", write_rig_calibration(two));
  const Finished text = calibrate("nudged", {"--check", "--calibration", folder() / "two.json"});
  EXPECT_EQ(text.status, 1) << text.err;
  EXPECT_THAT(one_line(text.out), AllOf(HasSubstr("one of 'left' and 'middle' has moved"),
                                        HasSubstr("unless it was 'left'")));
  EXPECT_THAT(one_line(text.err), HasSubstr("warning: camera 'right' is not in"));
}

TEST_F(CalibrateScene, ACameraThatTheCalibrationLacksIsNotOneThatStayed) {
  RigCalibration two = *read_rig_calibration(good());
  two.cameras.pop_back();
  write_file(folder() / "lacks.json", write_rig_calibration(two));
  const Finished text = calibrate("later", {"--check", "--calibration", folder() / "lacks.json"});
  EXPECT_EQ(text.status, 1) << text.err;
  EXPECT_THAT(one_line(text.out), AllOf(HasSubstr("of 'right' nothing is known; the others stayed"),
                                        ::testing::Not(HasSubstr("no camera has moved"))));
  EXPECT_THAT(text.out, HasSubstr("not calibrated"));
}

TEST_F(CalibrateScene, OnABareFloorItCannotTell) {
  make("floor", corner_rig("", "bare-floor"));
  const Finished text = check("floor");
  EXPECT_EQ(text.status, 1) << text.out << text.err;
  EXPECT_THAT(one_line(text.out),
              AllOf(HasSubstr("this scene cannot tell of 'left', 'middle' and 'right'"),
                    HasSubstr("A move would not show: "), HasSubstr("sideways")));
  const json cameras = json::parse(check("floor", {"--json"}).out).at("cameras");
  EXPECT_EQ(cameras[0].at("open_shifts").size(), 2u);
  EXPECT_EQ(cameras[0].at("open_turns").size(), 1u);
}

TEST_F(CalibrateScene, RefinesPosesByTheScene) {
  const RigCalibration truth = *read_rig_calibration(good());
  RigCalibration rough = truth;
  for (size_t i = 1; i < 3; ++i) {
    CalibratedCamera& camera = rough.cameras[i];
    camera.rig_from_depth.translation += Eigen::Vector3d(0.003, -0.002, 0.002);
    camera.rig_from_depth.rotation *= rotation_about(Eigen::Vector3d::UnitY(), 0.001);
    camera.covariance.diagonal().head<3>().setConstant(1e-6);
    camera.covariance.diagonal().tail<3>().setConstant(9e-6);
  }
  write_file(folder() / "rough.json", write_rig_calibration(rough));
  const std::vector<std::string> words = {"--refine", "--calibration", folder() / "rough.json",
                                          "-o", folder() / "fine.json"};
  const Finished text = calibrate("later", words);
  EXPECT_EQ(text.status, 0) << text.out << text.err;
  EXPECT_THAT(one_line(text.out), AllOf(HasSubstr("3 cameras refined"), HasSubstr("nothing")));
  EXPECT_EQ(schema_problems(read_file(folder() / "fine.json"), "calibration"), "");
  const auto fine = read_rig_calibration(folder() / "fine.json");
  ASSERT_TRUE(fine) << fine.error().message;
  const auto error_m = [&](const RigCalibration& calibration, size_t i) {
    const Eigen::Vector3d before(0, 0, 2);
    return (calibration.cameras[i].rig_from_depth * before -
            truth.cameras[i].rig_from_depth * before)
        .norm();
  };
  for (size_t i = 1; i < 3; ++i) {
    EXPECT_LT(error_m(*fine, i), error_m(rough, i) / 2);
    EXPECT_LT(fine->cameras[i].covariance.trace(), rough.cameras[i].covariance.trace() / 2);
  }
  const Finished again = calibrate("later", words);
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(one_line(again.err), HasSubstr("fine.json is there already"));
}

TEST_F(CalibrateScene, WhatIsKnownBetterThanTheSceneTellsIsNotRefined) {
  RigCalibration sharp = *read_rig_calibration(good());
  for (size_t i = 1; i < 3; ++i) {  // 0.001 degrees and 0.05 mm, as a board tells
    sharp.cameras[i].covariance.setZero();
    sharp.cameras[i].covariance.diagonal().head<3>().setConstant(3e-10);
    sharp.cameras[i].covariance.diagonal().tail<3>().setConstant(2.5e-9);
  }
  write_file(folder() / "sharp.json", write_rig_calibration(sharp));
  make("floor", corner_rig("", "bare-floor"));
  for (const auto& [take, why] : {std::pair("later", "there is nothing to refine"),
                                  std::pair("floor", "that was bumped would not show")}) {
    const Finished refused = calibrate(take, {"--refine", "--calibration", folder() / "sharp.json",
                                              "-o", folder() / "never.json"});
    EXPECT_EQ(refused.status, 2) << refused.out;
    EXPECT_THAT(one_line(refused.err), AllOf(HasSubstr(why), HasSubstr("Nothing is written.")));
    EXPECT_FALSE(fs::exists(folder() / "never.json"));
  }
}

TEST_F(CalibrateScene, DoesNotRefineACameraThatHasMoved) {
  const Finished refused =
      calibrate("nudged", {"--refine", "--calibration", good(), "-o", folder() / "never.json"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(one_line(refused.err), HasSubstr("'middle' has moved since"));
  EXPECT_FALSE(fs::exists(folder() / "never.json"));
}

TEST_F(CalibrateScene, WarnsOfARecordingThatWasCut) {
  fs::copy(folder() / "later", folder() / "cut");
  const fs::path recording = folder() / "cut/right.mkv";
  fs::resize_file(recording, fs::file_size(recording) / 2);
  EXPECT_THAT(one_line(check("cut").err),
              AllOf(HasSubstr("common to all cameras, and recorded 12: `lockstep verify"),
                    HasSubstr("says what is missing")));
}

TEST_F(CalibrateScene, IsToldBeforeTheWorkWhatCannotBeWritten) {
  const fs::path in_a_file = folder() / "later/left.mkv/new/x.json";
  const Finished refused =
      calibrate("later", {"--refine", "--calibration", folder() / "gone.json", "-o", in_a_file});
  EXPECT_EQ(refused.status, 3) << refused.err;
  EXPECT_THAT(one_line(refused.err), HasSubstr("left.mkv is a file, so"));
}

TEST_F(CalibrateScene, ABoardIsLookedForInATakeAlone) {
  for (const auto& [name, sentence] :
       {std::pair{"nosuch", "nosuch does not exist: check the name"},
        std::pair{"later/left.mkv", "left.mkv is one file, and cameras are compared with each"},
        std::pair{"",
                  "is no take: there is no take.json in it. Name the folder that `lockstep "
                  "record` made"}}) {
    const Finished refused = calibrate(name, {"--board", "board.toml"});
    EXPECT_EQ(refused.status, 2) << name;
    EXPECT_THAT(one_line(refused.err),
                AllOf(HasSubstr(sentence), ::testing::Not(HasSubstr("recordings"))));
  }
  write_file(folder() / "board.toml",
             "kind = \"charuco\"\nsquares = \"9x7\"\nsquare_mm = 80\nmarker_mm = 60\n"
             "dictionary = \"DICT_5X5_250\"\n");
  const Finished gravity =
      calibrate("later", {"--board", folder() / "board.toml", "--origin", "gravity"});
  EXPECT_EQ(gravity.status, 2) << gravity.out;
  EXPECT_THAT(one_line(gravity.err), HasSubstr("record with imu = true"));
}

TEST_F(CalibrateScene, RefusesWhatCannotBeWithASentence) {
  RigCalibration other = *read_rig_calibration(good());
  for (CalibratedCamera& camera : other.cameras) camera.serial = "9" + camera.serial.substr(1);
  write_file(folder() / "other.json", write_rig_calibration(other));
  write_file(folder() / "no.json", "{}");
  RigCalibration changed = *read_rig_calibration(good());
  changed.cameras[1].depth.model.fx_px *= 1.1;
  write_file(folder() / "changed.json", write_rig_calibration(changed));
  const std::string whole = read_file(good());
  write_file(folder() / "cut.json", whole.substr(0, whole.size() / 2));
  const std::vector<std::pair<std::vector<std::string>, std::string>> refused = {
      {{"--check"}, "has no calibration.json of its own: name the one to compare with"},
      {{"--check", "--calibration", folder() / "gone.json"}, "gone.json"},
      {{"--check", "--calibration", folder() / "no.json"}, "no.json: this is no calibration"},
      {{"--check", "--calibration", folder() / "other.json"}, "the calibration is of another rig"},
      {{"--check", "--calibration", folder() / "changed.json"},
       "the calibration contradicts itself about the depth lens of 'middle'"},
      {{"--check", "--calibration", folder() / "cut.json"}, "the file was cut short"},
      {{"--refine", "--calibration", folder() / "later", "-o", folder() / "x.json"},
       "later is a folder: name the calibration in it"},
      {{"--check", "--refine"}, "--check"},
      {{"--check", "--board", "b.toml"}, "--board"},
      {{"--check", "--origin", "floor"}, "--origin"},
      {{"--check", "-l", "3"}, "--length"},
      {{"--refine", "--good-ticks"}, "--good-ticks"},
      {{"--refine", "--fixed-intrinsics"}, "--fixed-intrinsics"},
      {{"--refine", "--calibration", good(), "-o", "x.html"}, "a calibration is JSON"},
      {{}, "name the file of the board that was shown"},
      {{"--board", "b.toml", "--calibration", good()}, "a board needs none"},
  };
  for (const auto& [words, sentence] : refused) {
    const Finished run = calibrate("later", words);
    EXPECT_EQ(run.status, 2) << sentence << run.out << run.err;
    EXPECT_THAT(one_line(run.err), HasSubstr(sentence));
  }
  const Finished fused = lockstep({"fuse", folder() / "later", "--cloud", "--to",
                                   folder() / "a.ply", "--calibration", folder() / "changed.json"});
  EXPECT_EQ(fused.status, 2);
  EXPECT_THAT(one_line(fused.err),
              HasSubstr("contradicts itself about the depth lens of 'middle'"));
  const Finished of_photographs = lockstep({"calibrate", "--check", "--intrinsics", "x"});
  EXPECT_EQ(of_photographs.status, 2);
  EXPECT_THAT(one_line(of_photographs.err), HasSubstr("--check excludes --intrinsics"));
  // What is no take has no calibration either, and that is not what is wrong with it.
  for (const char* no_take : {"gone", "calib.toml", "later/left.mkv"}) {
    const Finished run = calibrate(no_take, {"--check"});
    EXPECT_EQ(run.status, 2) << no_take;
    EXPECT_THAT(one_line(run.err), ::testing::Not(HasSubstr("calibration.json"))) << no_take;
    EXPECT_THAT(one_line(run.err), HasSubstr(no_take)) << no_take;
  }
}

}  // namespace
}  // namespace lockstep::testing

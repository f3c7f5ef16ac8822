// SPDX-License-Identifier: MIT
// `lockstep export`: takes as files of other programs, read back as those programs read them and
// compared with the truth of the virtual world.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <csignal>
#include <map>
#include <sstream>
#include <tuple>

#include "lockstep/recording/reader.h"
#include "tests/e2e/rendered_take.h"
#include "tests/e2e/simulated_take.h"
#include "tests/support/png_picture.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Export : public RenderedTake {
 protected:
  Export() : RenderedTake(0.2) {}

  Finished run(std::vector<std::string> words) {
    words.insert(words.begin(), {"export", take()});
    words.insert(words.end(), {"-o", out()});
    return lockstep(words);
  }
};

/// A camera as Open3D reads camera.json: intrinsic and extrinsic, column by column.
struct Open3dCamera {
  Eigen::Matrix3d intrinsic;
  Eigen::Matrix4d camera_from_world;

  explicit Open3dCamera(const fs::path& folder) {
    const json file = json_in(folder, "camera.json");
    const auto k = file.at("intrinsic").at("intrinsic_matrix").get<std::vector<double>>();
    const auto e = file.at("extrinsic").get<std::vector<double>>();
    intrinsic = Eigen::Map<const Eigen::Matrix3d>(k.data());
    camera_from_world = Eigen::Map<const Eigen::Matrix4d>(e.data());
    EXPECT_EQ(file.at("intrinsic"), json_in(folder, "intrinsic.json"));
  }
};

/// Camera a's depth carried into camera b's picture, where b has depth: the differences in metres
/// and of the colours, medians over all that both see.
struct Agreement {
  double depth_m = 1, color = 255;
  size_t pixels = 0;
};

Agreement agreement(const fs::path& a, const fs::path& b, const std::string& name) {
  const Open3dCamera from(a), to(b);
  const auto depth_a = read_png<uint16_t>(a / "depth" / name);
  const auto depth_b = read_png<uint16_t>(b / "depth" / name);
  const auto color_a = read_png<uint8_t>(a / "color" / name);
  const auto color_b = read_png<uint8_t>(b / "color" / name);
  const Eigen::Matrix4d to_from = to.camera_from_world * from.camera_from_world.inverse();
  std::vector<double> depths, colors;
  for (int y = 0; y < depth_a.height_px; y += 3) {
    for (int x = 0; x < depth_a.width_px; x += 3) {
      if (*depth_a.at(x, y) == 0) continue;
      const Eigen::Vector3d ray = from.intrinsic.inverse() * Eigen::Vector3d(x, y, 1);
      const Eigen::Vector4d there = to_from * (ray * *depth_a.at(x, y) / 1000).homogeneous();
      const Eigen::Vector3d seen = to.intrinsic * there.head<3>();
      const auto u = std::lround(seen.x() / seen.z()), v = std::lround(seen.y() / seen.z());
      if (u < 0 || v < 0 || u >= depth_b.width_px || v >= depth_b.height_px) continue;
      const uint16_t other = *depth_b.at(static_cast<int>(u), static_cast<int>(v));
      if (other == 0 || std::abs(other / 1000.0 - seen.z()) > 0.1) continue;  // hidden there
      depths.push_back(other / 1000.0 - seen.z());
      const uint8_t* one = color_a.at(x, y);
      const uint8_t* two = color_b.at(static_cast<int>(u), static_cast<int>(v));
      colors.push_back(
          (std::abs(one[0] - two[0]) + std::abs(one[1] - two[1]) + std::abs(one[2] - two[2])) /
          3.0);
    }
  }
  if (depths.empty()) return {};
  std::sort(depths.begin(), depths.end());
  std::sort(colors.begin(), colors.end());
  return {std::abs(depths[depths.size() / 2]), colors[colors.size() / 2], depths.size()};
}

TEST_F(Export, PngIsWhatPinholeCamerasWouldSeeFromWhereTheyAre) {
  write_true_calibration(take());
  const Finished done = run({"--to", "png"});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(one_line(done.out),
              AllOf(HasSubstr("6 ticks of 2 cameras, 24 images"), HasSubstr("calibration.json")));
  EXPECT_THAT(names_in(out()), ElementsAre("a", "b"));
  EXPECT_THAT(names_in(out() / "a"),
              ElementsAre("camera.json", "color", "depth", "intrinsic.json"));
  const std::vector<std::string> names = names_in(out() / "a" / "depth");
  ASSERT_EQ(names.size(), 6u);
  EXPECT_EQ(names.front(), "tick-000000.png");
  EXPECT_EQ(names, names_in(out() / "b" / "color"));
  // Both cameras see one room. Neither stays so when something is not taken into account: the
  // factory errors here are 8 mm of depth and 2 px.
  const Agreement both = agreement(out() / "a", out() / "b", names[2]);
  EXPECT_GT(both.pixels, 5000u);
  EXPECT_LT(both.depth_m, 0.002);
  EXPECT_LT(both.color, 8);
}

TEST_F(Export, PngWithoutACalibrationHasEachCameraInItsOwnFrame) {
  const Finished done = run({"--to", "png", "--camera", "b", "--ticks", "2..3"});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("there is no calibration.json"));
  EXPECT_THAT(names_in(out()), ElementsAre("b"));
  EXPECT_THAT(names_in(out() / "b"), ElementsAre("color", "depth", "intrinsic.json"));
  EXPECT_THAT(names_in(out() / "b" / "color"), ElementsAre("tick-000002.png", "tick-000003.png"));
}

/// The lines of a COLMAP text file without its comments, as words.
std::vector<std::vector<std::string>> colmap_lines(const fs::path& file) {
  std::istringstream lines(read_file(file));
  std::vector<std::vector<std::string>> all;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind('#', 0) == 0) continue;
    std::istringstream words(line);
    auto& each = all.emplace_back();
    for (std::string word; words >> word;) each.push_back(word);
  }
  return all;
}

/// QW QX QY QZ TX TY TZ from `first` on.
Eigen::Isometry3d colmap_pose(const std::vector<std::string>& words, size_t first) {
  std::vector<double> n;
  for (size_t i = 0; i < 7; ++i) n.push_back(std::stod(words.at(first + i)));
  Eigen::Isometry3d pose(Eigen::Quaterniond(n[0], n[1], n[2], n[3]));
  EXPECT_NEAR(Eigen::Quaterniond(n[0], n[1], n[2], n[3]).norm(), 1, 1e-12);
  pose.translation() = Eigen::Vector3d(n[4], n[5], n[6]);
  return pose;
}

TEST_F(Export, ColmapHasThePosesOfTheTruthAndThePicturesAsRecorded) {
  write_true_calibration(take());
  const Finished done = run({"--to", "colmap"});
  ASSERT_EQ(done.status, 0) << done.err;
  const RigCalibration truth = true_calibration(take());
  const auto cameras = colmap_lines(out() / "sparse" / "cameras.txt");
  ASSERT_EQ(cameras.size(), 2u);
  const auto images = colmap_lines(out() / "sparse" / "images.txt");
  ASSERT_EQ(images.size(), 24u) << "two lines for each image, the second empty";
  for (size_t i = 0; i < 2; ++i) {
    const CalibratedCamera& camera = truth.cameras[i];
    ASSERT_EQ(cameras[i].size(), 16u);
    EXPECT_EQ(cameras[i][1], "FULL_OPENCV");
    EXPECT_NEAR(std::stod(cameras[i][4]), camera.color.model.fx_px, 1e-6);
    EXPECT_NEAR(std::stod(cameras[i][6]), camera.color.model.cx_px + 0.5, 1e-6);
    EXPECT_NEAR(std::stod(cameras[i][10]), camera.color.model.p1, 1e-12);
    EXPECT_NEAR(std::stod(cameras[i][12]), camera.color.model.k[2], 1e-12);
    const auto& image = images[2 * i];
    EXPECT_EQ(image.at(8), std::to_string(i + 1));
    EXPECT_EQ(image.at(9), camera.name + "/tick-000000.jpg");
    EXPECT_TRUE(images[2 * i + 1].empty());
    const Eigen::Isometry3d color_from_world = colmap_pose(image, 1);
    const Eigen::Vector3d lens =
        camera.rig_from_depth * (camera.color_from_depth.inverse() * Eigen::Vector3d::Zero());
    EXPECT_LT((color_from_world.inverse() * Eigen::Vector3d::Zero() - lens).norm(), 1e-6);
    const Eigen::Matrix3d turn =
        camera.color_from_depth.rotation * camera.rig_from_depth.rotation.transpose();
    EXPECT_LT((color_from_world.rotation() - turn).norm(), 1e-6);
  }
  const std::string jpeg = read_file(out() / "images" / "b" / "tick-000005.jpg");
  EXPECT_NE(read_file(take() / "b.mkv").find(jpeg), std::string::npos);
}

TEST_F(Export, ColmapsRigAndFramesAgreeWithItsImages) {
  write_true_calibration(take());
  ASSERT_EQ(run({"--to", "colmap"}).status, 0);
  const auto rigs = colmap_lines(out() / "sparse" / "rigs.txt");
  ASSERT_EQ(rigs.size(), 1u);
  EXPECT_THAT(std::vector(rigs[0].begin(), rigs[0].begin() + 7),
              ElementsAre("1", "2", "CAMERA", "1", "CAMERA", "2", "1"));
  std::map<std::string, std::pair<std::string, Eigen::Isometry3d>> images;
  for (const auto& words : colmap_lines(out() / "sparse" / "images.txt")) {
    if (!words.empty()) images[words.at(0)] = {words.at(8), colmap_pose(words, 1)};
  }
  const auto frames = colmap_lines(out() / "sparse" / "frames.txt");
  ASSERT_EQ(frames.size(), 6u);
  for (const auto& frame : frames) {
    const Eigen::Isometry3d rig_from_world = colmap_pose(frame, 2);
    ASSERT_EQ(frame.at(9), "2");
    const auto& [first_camera, first] = images.at(frame.at(12));
    const auto& [second_camera, second] = images.at(frame.at(15));
    EXPECT_EQ(first_camera, "1");
    EXPECT_EQ(second_camera, "2");
    EXPECT_LT((rig_from_world.matrix() - first.matrix()).norm(), 1e-6);
    EXPECT_LT(((colmap_pose(rigs[0], 7) * rig_from_world).matrix() - second.matrix()).norm(), 1e-6);
  }
}

TEST_F(Export, ColmapsFirstPointsAreWhatTheCamerasSee) {
  write_true_calibration(take());
  ASSERT_EQ(run({"--to", "colmap", "--points", "--ticks", "1..2"}).status, 0);
  const auto points = colmap_lines(out() / "sparse" / "points3D.txt");
  EXPECT_GT(points.size(), 20'000u);
  EXPECT_LE(points.size(), 100'000u);
  size_t seen = 0;
  const auto images = colmap_lines(out() / "sparse" / "images.txt");
  const auto lens = colmap_lines(out() / "sparse" / "cameras.txt")[0];
  const Eigen::Isometry3d camera_from_world = colmap_pose(images[0], 1);
  for (size_t i = 0; i < points.size(); ++i) {
    ASSERT_EQ(points[i].size(), 8u) << "no track";
    ASSERT_EQ(points[i][0], std::to_string(i + 1));
    const Eigen::Vector3d at =
        camera_from_world *
        Eigen::Vector3d(std::stod(points[i][1]), std::stod(points[i][2]), std::stod(points[i][3]));
    const double u = std::stod(lens[4]) * at.x() / at.z() + std::stod(lens[6]);
    if (at.z() > 0 && u > 0 && u < 1280) ++seen;
  }
  EXPECT_GT(seen, points.size() / 2) << "the first of two cameras sees most of them";
}

TEST_F(Export, CtrlCLeavesOnlyWholeFiles) {
  // Long enough to be met in its middle; what is there by then differs from machine to machine.
  RunningProgram running(lockstep_program(),
                         {"export", take(), "--to", "png", "--all-ticks", "-o", out()});
  while (names_in(out() / "a" / "color").empty()) usleep(1000);
  running.signal(SIGINT);
  const Finished done = running.wait();
  if (done.status == 0) GTEST_SKIP() << "it was done before the signal came";
  EXPECT_EQ(done.status, 1) << done.err;
  EXPECT_THAT(one_line(done.err), HasSubstr("every file that was written is whole"));
  for (const char* camera : {"a", "b"}) {
    for (const char* kind : {"color", "depth"}) {
      for (const std::string& name : names_in(out() / camera / kind))
        EXPECT_EQ(fs::path(name).extension(), ".png") << "no temporary file is left";
    }
  }
}

TEST_F(Export, NothingIsOverwritten) {
  fs::create_directory(out());
  write_file(out() / "mine", "mine");
  for (const std::string to : {"png", "mcap"}) {
    const Finished refused = run({"--to", to});
    EXPECT_EQ(refused.status, 2) << to;
    EXPECT_THAT(refused.err, HasSubstr("is there already"));
  }
  EXPECT_THAT(names_in(out()), ElementsAre("mine"));
}

TEST_F(Export, WhatItIsCalledFitsWhatItIs) {
  const std::vector<std::tuple<std::string, std::string, std::string>> refused{
      {"png", "new/left.jpg", "is a folder of files, and no .jpg file: leave out the ending"},
      {"colmap", "new/a.ply", "leave out the ending"},
      {"mcap", "new/a.ply", "is an MCAP file, and no .ply file: let its name end with .mcap"}};
  for (const auto& [to, name, sentence] : refused) {
    const Finished done =
        lockstep({"export", take(), "--to", to, "--camera", "a", "-o", folder_ / name});
    EXPECT_EQ(done.status, 2) << to;
    EXPECT_THAT(one_line(done.err), HasSubstr(sentence));
    EXPECT_FALSE(fs::exists(folder_ / "new")) << to;
  }
  const Finished dotted = lockstep({"export", take(), "--to", "png", "--camera", "a", "--ticks",
                                    "0", "-o", folder_ / "left.v2"});
  EXPECT_EQ(dotted.status, 0) << dotted.err;
}

TEST_F(Export, ACalibrationOfAnotherRigIsRefused) {
  RigCalibration other = true_calibration(take());
  other.cameras[1].serial = "000000000042";
  other.cameras[1].name = "old-b";
  write_file(folder_ / "other.json", write_rig_calibration(other));
  const Finished refused = run({"--to", "colmap", "--calibration", folder_ / "other.json"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(one_line(refused.err),
              AllOf(HasSubstr("other.json is of another rig: it does not have camera 'b' with "
                              "serial number virtual-0002"),
                    HasSubstr("old-b (000000000042)"), HasSubstr("lockstep calibrate")));
  EXPECT_FALSE(fs::exists(out()));
  EXPECT_EQ(
      run({"--to", "colmap", "--calibration", folder_ / "other.json", "--camera", "a"}).status, 0);
}

TEST_F(Export, WhatCannotBeUsedHasItsSentence) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> refused{
      {{"--to", "colmap"}, "has 2 cameras and no calibration.json"},
      {{"--to", "png", "--camera", "c"}, "has no camera 'c': did you mean 'a'?"},
      {{"--to", "png", "--ticks", "3..99"}, "its ticks go from 0 to 5"},
      {{"--to", "png", "--ticks", "99"}, "has no tick 99: its ticks go from 0 to 5"},
      {{"--to", "png", "--ticks", "3-4"}, "these are no ticks"},
      {{"--to", "png", "--ticks", ""}, "these are no ticks"},
      {{"--to", "png", "--ticks", "4..2"}, "this ends before it begins: write 2..4"},
      {{"--to", "png", "--points"}, "--points belongs to --to mcap and colmap"},
      {{"--to", "png", "--calibration", folder_ / "none.json"}, "none.json"},
      {{"--to", "png", "--calibration", take()}, "is a folder: name the calibration in it"},
      {{"--to", "png", "--calibration", folder_ / "rig.toml"}, "is no calibration of a rig"},
  };
  for (const auto& [words, sentence] : refused) {
    const Finished done = run(words);
    EXPECT_EQ(done.status, 2) << sentence;
    EXPECT_THAT(one_line(done.err), HasSubstr(sentence));
    EXPECT_FALSE(fs::exists(out())) << sentence;
  }
}

TEST_F(Export, WhatIsNoTakeIsToldWhatToName) {
  fs::create_directory(folder_ / "empty");
  const std::vector<std::pair<std::string, std::string>> refused{
      {folder_ / "empty", "Name the folder that `lockstep record` made, or one recording (.mkv)"},
      {folder_ / "rig.toml", "rig.toml is a rig, and what is exported is a take or one recording"},
      {folder_ / "gone.toml", "gone.toml"},
  };
  for (const auto& [name, sentence] : refused) {
    const Finished done = lockstep({"export", name, "--to", "png", "-o", out()});
    EXPECT_EQ(done.status, 2) << name;
    EXPECT_THAT(one_line(done.err), HasSubstr(sentence));
  }
  EXPECT_FALSE(fs::exists(out()));
}

TEST_F(Export, WhatARecordingLostIsSaidWhereItsCameraIsChosen) {
  const fs::path cut = take() / "b.mkv";
  fs::resize_file(cut, fs::file_size(cut) / 2);
  const Finished warned = run({"--to", "mcap"});
  EXPECT_EQ(warned.status, 0) << warned.err;
  EXPECT_THAT(one_line(warned.out), HasSubstr("out: 6 ticks of 2 cameras")) << "a has them";
  EXPECT_THAT(one_line(warned.err),
              AllOf(HasSubstr("warning: "), HasSubstr("common to all cameras, and recorded 6"),
                    HasSubstr("says what is missing")));
  for (const bool missing : {false, true}) {
    if (missing) fs::remove(cut);
    fs::remove_all(out());
    const Finished of_a = run({"--to", "png", "--camera", "a", "--ticks", "5"});
    EXPECT_EQ(of_a.status, 0) << of_a.err;
    EXPECT_THAT(of_a.err, Not(HasSubstr("warning")));
    EXPECT_THAT(names_in(out() / "a" / "depth"), ElementsAre("tick-000005.png"));
  }
  fs::remove_all(out());
  const Finished of_b = run({"--to", "png", "--camera", "b"});
  EXPECT_EQ(of_b.status, 2);
  EXPECT_THAT(one_line(of_b.err), HasSubstr("b.mkv"));
}

TEST_F(Export, TicksOutOfStepAreLeftOutUnlessAskedFor) {
  fs::remove_all(take());
  const Finished made =
      simulate(folder_ / "rig.toml", take(), 0.2, {"--fault", "b:lose-tick:0.6:0:2"});
  ASSERT_EQ(made.status, 1) << made.out << made.err;
  const Finished some = run({"--to", "png", "--json"});
  ASSERT_EQ(some.status, 0) << some.err;
  EXPECT_EQ(schema_problems(some.out, "export"), "");
  const json told = json::parse(some.out);
  EXPECT_EQ(told.at("ticks_left_out"), 2);
  EXPECT_EQ(told.at("ticks"), 4);
  EXPECT_EQ(names_in(out() / "a" / "depth").size(), 4u);
  fs::remove_all(out());
  const Finished all = run({"--to", "png", "--all-ticks"});
  ASSERT_EQ(all.status, 0) << all.err;
  EXPECT_EQ(names_in(out() / "a" / "depth").size(), 6u);
  EXPECT_EQ(names_in(out() / "b" / "depth").size(), 4u);
}

TEST(ExportOfTiming, HasNoPictures) {
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig());
  ASSERT_EQ(simulate(folder / "rig.toml", folder / "take", 0.5).status, 0);
  for (const std::string to : {"png", "mcap", "colmap"}) {
    const fs::path out = folder / ("out." + to);
    for (int i = 0; i < 2; ++i) {  // nothing that was left behind stands in the way of another try
      const Finished refused = lockstep(
          {"export", folder / "take", "--to", to, "--camera", "left", "--ticks", "3", "-o", out});
      EXPECT_EQ(refused.status, 2) << to;
      EXPECT_THAT(one_line(refused.err), HasSubstr("left, tick 3: an image of")) << to;
      EXPECT_THAT(one_line(refused.err), HasSubstr("timing_only")) << to;
      EXPECT_FALSE(fs::exists(out)) << to;
    }
  }
}

TEST(ExportOfARecording, WorksOnTheRealCamera) {
  const TempFolder folder;
  const Finished done = lockstep(
      {"export", data_file("real-recording/recording.mkv"), "--to", "png", "-o", folder / "out"});
  ASSERT_EQ(done.status, 0) << done.err;
  const fs::path camera = folder / "out" / "recording";
  const auto depth = read_png<uint16_t>(camera / "depth" / "tick-000000.png");
  const auto color = read_png<uint8_t>(camera / "color" / "tick-000000.png");
  EXPECT_EQ(depth.width_px, 1280);
  EXPECT_EQ(color.height_px, 720);
  const auto read =
      std::count_if(depth.samples.begin(), depth.samples.end(), [](uint16_t mm) { return mm > 0; });
  EXPECT_GT(read, 300'000) << "a third of the picture";
  const json intrinsic = json_in(camera, "intrinsic.json");
  EXPECT_EQ(intrinsic.at("width"), 1280);
  EXPECT_NEAR(intrinsic.at("intrinsic_matrix")[0].get<double>(), 611.795, 0.01);
  EXPECT_NEAR(intrinsic.at("intrinsic_matrix")[7].get<double>(), 365.853, 0.01);
}

}  // namespace
}  // namespace lockstep::testing

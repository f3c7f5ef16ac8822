// SPDX-License-Identifier: MIT
// `lockstep fuse`: one scene of the views of all cameras, against the truth of the virtual world.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <fstream>

#include "lockstep/time/line_fit.h"
#include "tests/e2e/rendered_take.h"
#include "tests/e2e/simulated_take.h"
#include "tests/support/format_judges.h"
#include "tests/support/ply_file.h"
#include "tests/support/png_picture.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Fuse : public RenderedTake {
 protected:
  Fuse() : RenderedTake(0.1) {}

  void SetUp() override {
    RenderedTake::SetUp();
    fs::create_directory(out());
  }

  Finished run(std::vector<std::string> words) {
    words.insert(words.begin(), {"fuse", take()});
    return lockstep(words, {}, out());
  }
};

/// How high the rug in the middle of the room is found: it is 12 mm thick.
double rug_m(const PlyFile& ply) {
  std::vector<double> near;
  for (size_t i = 0; i < ply.vertices(); ++i) {
    const double z = ply.vertex.at("z")[i];
    const bool on_it =
        std::abs(ply.vertex.at("x")[i]) < 0.9 && std::abs(ply.vertex.at("y")[i]) < 0.7;
    if (on_it && std::abs(z) < 0.04) near.push_back(z);
  }
  EXPECT_GT(near.size(), 1000u) << "the rug is seen";
  return median(near);
}

TEST_F(Fuse, CloudsOfAllCamerasAreOneSceneInTheFrameOfTheRig) {
  write_true_calibration(take());
  const Finished done = run({"--cloud", "--to", "clouds/scene.ply"});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(one_line(done.out), AllOf(HasSubstr("clouds/scene-tick-000000.ply and so on: 3 ticks "
                                                  "of 2 cameras, 3 files"),
                                        HasSubstr("calibration.json")));
  EXPECT_THAT(
      names_in(out() / "clouds"),
      ElementsAre("scene-tick-000000.ply", "scene-tick-000001.ply", "scene-tick-000002.ply"));
  const PlyFile ply = parse_ply(read_file(out() / "clouds" / "scene-tick-000001.ply"));
  EXPECT_THAT(ply.comments, ::testing::Contains(HasSubstr("z up")));
  EXPECT_THAT(ply.comments, ::testing::Contains("camera 1: b (virtual-0002)"));
  EXPECT_NEAR(rug_m(ply), 0.012, 0.002) << "a bias of 8 mm was calibrated away";
  const auto& cameras = ply.vertex.at("camera");
  const auto of_b = static_cast<size_t>(std::count(cameras.begin(), cameras.end(), 1));
  EXPECT_GT(of_b, cameras.size() / 5);
  EXPECT_LT(of_b, cameras.size() * 4 / 5);
  EXPECT_THAT(ply.vertex.at("confidence"), Each(AllOf(::testing::Gt(0), ::testing::Le(1))));
  for (size_t i = 0; i < cameras.size(); i += 97) {
    // b is planned 167 us after a.
    ASSERT_NEAR(ply.vertex.at("instant_us")[i], cameras[i] == 1 ? 167 : 0, 60);
  }
  std::vector<double> reds = ply.vertex.at("red");
  EXPECT_GT(median(reds), 20) << "the picture is not black";
}

TEST_F(Fuse, APictureThatIsCutTakesNoPart) {
  write_true_calibration(take());
  std::string file = read_file(take() / "b.mkv");
  const size_t begin = file.find("\xFF\xD8\xFF", file.size() / 2);
  ASSERT_NE(begin, std::string::npos) << "a JPEG";
  file.replace(begin + 5000, 2, "\xFF\xD9");  // its end, too early
  std::ofstream(take() / "b.mkv", std::ios::binary) << file;
  const Finished mesh = run({"--mesh", "--to", "room.ply", "--voxel-mm", "20"});
  ASSERT_EQ(mesh.status, 0) << mesh.err;
  EXPECT_THAT(one_line(mesh.out),
              HasSubstr("1 colour image could not be decoded and took no part (b, tick "));
  const Finished fill = run({"--fill", "b", "--to", "filled"});
  ASSERT_EQ(fill.status, 0) << fill.err;
  EXPECT_THAT(one_line(fill.out), AllOf(HasSubstr("filled: 2 ticks"), HasSubstr("(b, tick ")));
  const Finished png = lockstep({"export", take(), "--to", "png", "-o", "png"}, {}, out());
  ASSERT_EQ(png.status, 0) << png.err;
  EXPECT_THAT(one_line(png.out), HasSubstr("1 colour image could not be decoded"));
  EXPECT_EQ(names_in(out() / "png/b/color").size(), 2u);
  EXPECT_EQ(names_in(out() / "png/b/depth").size(), 3u);
}

TEST_F(Fuse, ACameraOfWhichNoPictureCanBeDecodedIsNotFilled) {
  std::string file = read_file(take() / "b.mkv");
  size_t pictures = 0;
  for (size_t at = 0; (at = file.find("\xFF\xD8\xFF", at)) != std::string::npos; at += 6000) {
    if (at + 5002 > file.size()) break;
    file.replace(at + 5000, 2, "\xFF\xD9");  // its end, too early
    ++pictures;
  }
  ASSERT_GE(pictures, 3u);
  std::ofstream(take() / "b.mkv", std::ios::binary) << file;
  const Finished fill = run({"--fill", "b", "--camera", "b", "--to", "filled"});
  EXPECT_EQ(fill.status, 2) << fill.out;
  EXPECT_THAT(one_line(fill.err),
              AllOf(HasSubstr("not one could be decoded: 3 colour images failed (b, tick 0: "),
                    Not(HasSubstr("depth"))));
  EXPECT_THAT(names_in(out()), IsEmpty());
}

TEST_F(Fuse, AMeshOfAllTicksIsTheRoom) {
  write_true_calibration(take());
  const Finished done = run({"--mesh", "--to", "room.ply", "--voxel-mm", "10", "--json"});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(schema_problems(done.out, "fuse"), "");
  const json told = json::parse(done.out);
  EXPECT_EQ(told.at("target"), "room.ply");
  EXPECT_EQ(told.at("files"), 1);
  EXPECT_EQ(told.at("ticks"), 3);
  const PlyFile ply = parse_ply(read_file(out() / "room.ply"));
  EXPECT_GT(ply.faces.size(), 20'000u);
  EXPECT_NEAR(rug_m(ply), 0.012, 0.003);
  // Triangles are counterclockwise seen from the cameras: those of the floor face up.
  double up = 0;
  for (const auto& face : ply.faces) {
    const auto corner = [&](int i) {
      const auto at = static_cast<size_t>(face[static_cast<size_t>(i)]);
      return Eigen::Vector3d(ply.vertex.at("x")[at], ply.vertex.at("y")[at],
                             ply.vertex.at("z")[at]);
    };
    if (std::abs(corner(0).z()) > 0.03) continue;
    up += (corner(1) - corner(0)).cross(corner(2) - corner(0)).z() / 2;
  }
  EXPECT_GT(up, 0.5) << "square metres of floor";
}

TEST_F(Fuse, MeshesAsGlbStandUprightAndAreValid) {
  write_true_calibration(take());
  ASSERT_EQ(run({"--mesh", "--per-tick", "--to", "m/room.glb", "--voxel-mm", "20"}).status, 0);
  EXPECT_THAT(names_in(out() / "m"),
              ElementsAre("room-tick-000000.glb", "room-tick-000001.glb", "room-tick-000002.glb"));
  if (const std::string why = judges_missing(); !why.empty()) GTEST_SKIP() << why;
  const Finished validator = judge("check_gltf.js", {out() / "m" / "room-tick-000002.glb"});
  EXPECT_EQ(validator.status, 0) << validator.out << validator.err;
  EXPECT_GT(json::parse(validator.out).at("info").at("totalTriangleCount"), 1000);
}

TEST_F(Fuse, TheViewOfACameraIsFilledFromTheOthers) {
  write_true_calibration(take());
  ASSERT_EQ(run({"--fill", "a", "--to", "filled"}).status, 0);
  ASSERT_EQ(
      lockstep({"export", take(), "--to", "png", "--camera", "a", "-o", out() / "own"}).status, 0);
  EXPECT_THAT(names_in(out() / "filled"),
              ElementsAre("camera.json", "cameras.json", "color", "confidence", "depth",
                          "intrinsic.json", "source"));
  const std::string name = "tick-000002.png";
  EXPECT_EQ(read_file(out() / "filled" / "color" / name),
            read_file(out() / "own" / "a" / "color" / name));
  EXPECT_EQ(json_in(out() / "filled", "camera.json"), json_in(out() / "own" / "a", "camera.json"));
  EXPECT_EQ(json_in(out() / "filled", "cameras.json").at("cameras"), json({"a", "b"}));
  const auto own = read_png<uint16_t>(out() / "own" / "a" / "depth" / name);
  const auto depth = read_png<uint16_t>(out() / "filled" / "depth" / name);
  const auto source = read_png<uint8_t>(out() / "filled" / "source" / name);
  const auto confidence = read_png<uint8_t>(out() / "filled" / "confidence" / name);
  ASSERT_EQ(depth.samples.size(), own.samples.size());
  ASSERT_EQ(source.samples.size(), own.samples.size());
  ASSERT_EQ(source.channels, 1);
  std::vector<double> differences;
  size_t from_b = 0;
  for (size_t i = 0; i < depth.samples.size(); ++i) {
    const bool hole = depth.samples[i] == 0;
    ASSERT_EQ(hole, source.samples[i] == 255);
    ASSERT_EQ(hole, confidence.samples[i] == 0);
    if (source.samples[i] == 0 && own.samples[i] != 0)
      differences.push_back(std::abs(depth.samples[i] - own.samples[i]));
    if (source.samples[i] == 1) ++from_b;
  }
  EXPECT_GT(from_b, depth.samples.size() / 50);
  EXPECT_GT(differences.size(), depth.samples.size() / 10);
  EXPECT_LE(median(differences), 1) << "millimetres: its own readings are its own";
}

TEST_F(Fuse, ColoursOfOtherExposuresAreNotCompared) {
  const auto filled_from_b = [&](const std::string& name) {
    write_true_calibration(take());
    EXPECT_EQ(run({"--fill", "a", "--to", name}).status, 0);
    const auto source = read_png<uint8_t>(out() / name / "source" / "tick-000002.png");
    return std::count(source.samples.begin(), source.samples.end(), 1);
  };
  const auto alike = filled_from_b("alike");
  fs::remove_all(take());
  write_file(folder_ / "dark.toml",
             replaced(read_file(folder_ / "rig.toml"), R"(serial = "virtual-0002")",
                      R"(serial = "virtual-0002", exposure_us = 500)"));
  ASSERT_EQ(simulate(folder_ / "dark.toml", take(), 0.1).status, 0);
  EXPECT_GT(filled_from_b("dark"), alike) << "surfaces that look otherwise count, too";
}

TEST_F(Fuse, WhatCannotBeUsedHasItsSentence) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> refused{
      {{"--cloud", "--to", "a.ply"}, "has 2 cameras and no calibration.json"},
      {{"--mesh", "--to", "a.ply"}, "lockstep calibrate"},
      {{"--fill", "a", "--to", "a"}, "has 2 cameras and no calibration.json"},
      {{"--fill", "a", "--camera", "a", "--to", "a.ply"},
       "a.ply: what is written is a folder of files, and no .ply file: leave out the ending"},
      {{"--fill", "a", "--camera", "a", "--to", "new/a.PNG"}, "leave out the ending"},
      {{"--cloud", "--camera", "a", "--to", "new/a.png"}, "there are .ply and .glb"},
      {{"--mesh", "--camera", "a", "--to", "new/"},
       "--to new/: the name of the file is missing: call it new/scene.ply"},
      {{"--mesh", "--camera", "a", "--to", ".glb"}, "is missing: call it scene.glb"},
      {{"--to", "a.ply"}, "say one thing that is wanted: --cloud, --mesh, or --fill CAMERA"},
      {{"--cloud", "--mesh", "--to", "a.ply"}, "say one thing"},
      {{"--cloud", "--to", "a.obj"}, "there are .ply and .glb"},
      {{"--cloud", "--per-tick", "--to", "a.ply"}, "--per-tick belongs to --mesh"},
      {{"--fill", "c", "--camera", "a", "--to", "a"}, "has no such camera"},
      {{"--fill", "b", "--camera", "a", "--to", "a"},
       "--fill b: --camera leaves this camera out: choose it, too (--camera b)"},
      {{"--cloud", "--voxel-mm", "5", "--to", "a.ply"}, "--voxel-mm belongs to --mesh"},
      {{"--cloud", "--camera", "a", "--ticks", "50..", "--to", "a.ply"},
       "has no ticks 50..: its ticks go from 0 to 2"},
      {{"--mesh", "--voxel-mm", "0.1", "--camera", "a", "--to", "a.ply"}, "voxel"},
      {{"--cloud"}, "--to is required"},
  };
  for (const auto& [words, sentence] : refused) {
    const Finished done = run(words);
    EXPECT_EQ(done.status, 2) << sentence;
    EXPECT_THAT(one_line(done.err), HasSubstr(sentence));
    EXPECT_THAT(names_in(out()), IsEmpty()) << sentence;
  }
}

TEST_F(Fuse, ACalibrationOfAnotherRigIsRefused) {
  RigCalibration other = true_calibration(take());
  other.cameras[0].serial = "000000000042";
  write_file(take() / "calibration.json", write_rig_calibration(other));
  const Finished refused = run({"--cloud", "--to", "a.ply"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(one_line(refused.err), HasSubstr("is of another rig"));
  EXPECT_THAT(names_in(out()), IsEmpty());
}

TEST_F(Fuse, CamerasWithoutDepthAreNamed) {
  fs::remove_all(take());
  write_file(folder_ / "infrared.toml", replaced(rendered_rig(), "NFOV_2X2BINNED", "PASSIVE_IR"));
  ASSERT_EQ(simulate(folder_ / "infrared.toml", take(), 0.1).status, 0);
  for (const std::vector<std::string>& what :
       {std::vector<std::string>{"--cloud", "--to", "a.ply"}, {"--mesh", "--to", "a.ply"}}) {
    std::vector<std::string> words = what;
    words.insert(words.end(), {"--camera", "a"});
    const Finished refused = run(words);
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(one_line(refused.err), HasSubstr("'a' has no depth (its mode is PASSIVE_IR)"));
  }
  EXPECT_THAT(names_in(out()), IsEmpty());
}

TEST_F(Fuse, NothingIsOverwritten) {
  write_true_calibration(take());
  write_file(out() / "a-tick-000001.ply", "mine");
  const Finished refused = run({"--cloud", "--to", "a.ply"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(one_line(refused.err), HasSubstr("a-tick-000001.ply is there already"));
  EXPECT_THAT(names_in(out()), ElementsAre("a-tick-000001.ply"));
}

TEST_F(Fuse, OneCameraNeedsNoCalibration) {
  const Finished done = run({"--cloud", "--camera", "b", "--ticks", "1", "--to", "b.ply"});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(one_line(done.out), AllOf(HasSubstr("b-tick-000001.ply: 1 tick of 1 camera"),
                                        HasSubstr("in the frame of the camera")));
  const PlyFile ply = parse_ply(read_file(out() / "b-tick-000001.ply"));
  EXPECT_THAT(ply.comments, ::testing::Contains(HasSubstr("x right, y down, z forward")));
  EXPECT_THAT(ply.vertex.at("z"), Each(::testing::Gt(0)));
}

TEST_F(Fuse, TicksOutOfStepAreLeftOut) {
  fs::remove_all(take());
  const Finished made =
      simulate(folder_ / "rig.toml", take(), 0.2, {"--fault", "b:lose-tick:0.6:0:2"});
  ASSERT_EQ(made.status, 1) << made.err;
  write_true_calibration(take());
  const Finished done = run({"--cloud", "--to", "a.ply"});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(one_line(done.out), HasSubstr("2 of 6 ticks left out: a camera was missing or not in "
                                            "step there"));
  EXPECT_EQ(names_in(out()).size(), 4u);
  const Finished filled = run({"--fill", "b", "--all-ticks", "--to", "filled"});
  ASSERT_EQ(filled.status, 0) << filled.err;
  EXPECT_THAT(one_line(filled.out), HasSubstr("2 more ticks left out: 'b', whose view is filled, "
                                              "has no colour image there"));
}

/// The median red, green and blue of the vertices in a box.
Eigen::Vector3d color_within(const PlyFile& ply, const Eigen::Vector3d& least,
                             const Eigen::Vector3d& most) {
  std::vector<double> red, green, blue;
  for (size_t i = 0; i < ply.vertices(); ++i) {
    const Eigen::Array3d at(ply.vertex.at("x")[i], ply.vertex.at("y")[i], ply.vertex.at("z")[i]);
    if ((at < least.array()).any() || (at > most.array()).any()) continue;
    red.push_back(ply.vertex.at("red")[i]);
    green.push_back(ply.vertex.at("green")[i]);
    blue.push_back(ply.vertex.at("blue")[i]);
  }
  EXPECT_GT(red.size(), 5000u);
  return {median(red), median(green), median(blue)};
}

TEST(FuseOfARecording, TheRealCameraIsACloudAndAMeshInColour) {
  const TempFolder folder;
  const fs::path recording = data_file("real-recording/recording.mkv");
  ASSERT_EQ(lockstep({"fuse", recording, "--cloud", "--to", folder / "a.ply"}).status, 0);
  const PlyFile cloud = parse_ply(read_file(folder / "a-tick-000000.ply"));
  EXPECT_GT(cloud.vertices(), 200'000u);
  ASSERT_EQ(lockstep({"fuse", recording, "--mesh", "--to", folder / "mesh.ply"}).status, 0);
  const PlyFile mesh = parse_ply(read_file(folder / "mesh.ply"));
  EXPECT_GT(mesh.faces.size(), 200'000u);
  // Two things that stand before each other in no view: a bright, bluish window two metres away,
  // and the dark, reddish wall below it, 1.5 m away (docs/fusing.md shows them).
  for (const PlyFile& ply : {cloud, mesh}) {
    const Eigen::Vector3d window = color_within(ply, {0.35, -2, 1.5}, {2, -0.2, 3});
    const Eigen::Vector3d wall = color_within(ply, {0.1, 0.1, 1}, {2, 0.4, 2});
    EXPECT_GT(window.y(), 170);
    EXPECT_GT(window.z(), window.x() + 15);
    EXPECT_LT(wall.y(), 110);
    EXPECT_GT(wall.x(), wall.z() + 8);
  }
}

}  // namespace
}  // namespace lockstep::testing

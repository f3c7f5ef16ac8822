// SPDX-License-Identifier: MIT
// `lockstep fuse RIG`: what the cameras of a rig see while they run, as it is fused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <set>
#include <thread>

#include "tests/e2e/rendered_take.h"
#include "tests/e2e/simulated_take.h"
#include "tests/support/ply_file.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// The rig of a take that is calibrated. It sees the same three pictures again and again, without
/// noise of depth.
class FuseLive : public RenderedTake {
 protected:
  FuseLive() : RenderedTake(0.2, "depth_noise_scale = 0") {}

  void SetUp() override {
    RenderedTake::SetUp();
    write_true_calibration(take());
    fs::create_directory(out());
  }

  [[nodiscard]] fs::path rig() const { return folder_ / "rig.toml"; }
  [[nodiscard]] fs::path calibration() const { return take() / "calibration.json"; }
  Finished run(std::vector<std::string> words) {
    words.insert(words.begin(), {"fuse", rig()});
    return lockstep(words, {}, out());
  }
};

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<PlyFile> clouds_in(const fs::path& folder) {
  std::vector<PlyFile> clouds;
  for (const fs::path& file : files_in(folder)) clouds.push_back(parse_ply(read_file(file)));
  return clouds;
}

using Points = std::set<std::array<double, 6>>;

/// Where its points are, and their colours.
Points points_of(const PlyFile& cloud) {
  Points points;
  const auto column = [&](const char* name, size_t i) { return cloud.vertex.at(name)[i]; };
  for (size_t i = 0; i < cloud.vertices(); ++i) {
    points.insert({column("x", i), column("y", i), column("z", i), column("red", i),
                   column("green", i), column("blue", i)});
  }
  return points;
}

/// The share of the points that are the same in both, to the last bit.
double shared(const Points& a, const Points& b) {
  size_t both = 0;
  for (const auto& point : a) both += b.count(point);
  return static_cast<double>(both) / static_cast<double>(std::max(a.size(), b.size()));
}

TEST_F(FuseLive, CloudsOfACameraAreThoseOfATake) {
  const std::vector<std::string> what{"--cloud", "--camera", "b", "--calibration", calibration()};
  std::vector<std::string> of_take{"fuse", take(), "--to", out() / "t" / "s.ply"}, live = what;
  of_take.insert(of_take.end(), what.begin(), what.end());
  ASSERT_EQ(lockstep(of_take).status, 0);
  std::vector<Points> recorded;
  for (const PlyFile& cloud : clouds_in(out() / "t")) recorded.push_back(points_of(cloud));
  ASSERT_THAT(recorded, SizeIs(6));
  live.insert(live.end(), {"--to", "l/s.ply", "-l", "0.3"});
  const Finished done = run(live);
  ASSERT_THAT(done.status, AnyOf(0, 1)) << done.err;  // 1: this machine was late, says the verdict
  const std::vector<PlyFile> seen = clouds_in(out() / "l");
  ASSERT_THAT(seen, Not(IsEmpty()));
  for (const PlyFile& cloud : seen) {
    const Points points = points_of(cloud);
    double most = 0;
    for (const Points& other : recorded) most = std::max(most, shared(points, other));
    // Where infrared is weak, its noise decides what is read.
    EXPECT_GT(most, 0.95);
  }
}

TEST_F(FuseLive, AllCamerasAreOneSceneAndNothingIsRecorded) {
  const Finished done =
      run({"--cloud", "--to", "l/s.ply", "-l", "0.3", "--calibration", calibration()});
  ASSERT_THAT(done.status, AnyOf(0, 1)) << done.err;
  EXPECT_THAT(one_line(done.out),
              AllOf(HasSubstr("l/s-tick-"), HasSubstr("of 2 cameras"),
                    HasSubstr("where the cameras are: by"), HasSubstr("verdict: ")));
  ASSERT_THAT(files_in(out() / "l"), Not(IsEmpty()));
  for (const PlyFile& cloud : clouds_in(out() / "l")) {
    const auto& cameras = cloud.vertex.at("camera");
    const auto of_b = static_cast<size_t>(std::count(cameras.begin(), cameras.end(), 1));
    EXPECT_GT(of_b, cameras.size() / 5);
    EXPECT_LT(of_b, cameras.size() * 4 / 5);
    for (size_t i = 0; i < cameras.size(); i += 97) {
      // b is planned 167 us after a.
      ASSERT_NEAR(cloud.vertex.at("instant_us")[i], cameras[i] == 1 ? 167 : 0, 60);
    }
  }
  EXPECT_THAT(files_in(folder_.path()), SizeIs(3)) << "rig.toml, take and out";
}

TEST_F(FuseLive, WhatCannotBeUsedHasItsSentence) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> refused{
      {{"--cloud", "--to", "a.ply"}, "has 2 cameras and no calibration.json"},
      {{"--to", "a.ply"}, "say one thing that is wanted"},
      {{"--cloud", "--to", "a.ply", "--ticks", "0..3"}, "is a rig: say how long with --length"},
      {{"--cloud", "--to", "a.obj", "--calibration", calibration()}, "there are .ply and .glb"},
      {{"--fill", "c", "--to", "a", "--calibration", calibration()}, "has no such camera"},
      {{"--fill", "a", "--to", "a.ply", "--calibration", calibration()}, "leave out the ending"},
      {{"--cloud", "--camera", "c", "--to", "a.ply"}, "has no camera 'c'"},
      {{"--cloud", "--to", "a.ply", "--calibration", "none.json"}, "none.json"},
      {{"--cloud", "--to", "a.ply", "-l", "0"}, "a length is a number of seconds above 0"},
  };
  for (const auto& [words, sentence] : refused) {
    const Finished done = run(words);
    EXPECT_EQ(done.status, 2) << sentence;
    EXPECT_THAT(one_line(done.err), HasSubstr(sentence));
    EXPECT_THAT(files_in(out()), IsEmpty()) << sentence;
  }
  const Finished of_take = lockstep({"fuse", take(), "--cloud", "--to", "a.ply", "-l", "1"});
  EXPECT_EQ(of_take.status, 2);
  EXPECT_THAT(one_line(of_take.err), HasSubstr("--length is for a rig"));
}

TEST_F(FuseLive, ACalibrationOfAnotherRigIsRefusedBeforeAnythingIsArmed) {
  RigCalibration other = true_calibration(take());
  other.cameras[0].serial = "000000000042";
  write_file(folder_ / "other.json", write_rig_calibration(other));
  const Finished refused =
      run({"--cloud", "--to", "a.ply", "--calibration", folder_ / "other.json"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(one_line(refused.err), HasSubstr("other.json is of another rig: it does not have "
                                               "camera 'a' with serial number virtual-0001"));
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(files_in(out()), IsEmpty());
}

TEST_F(FuseLive, ACalibrationBesideTheRigFileIsTaken) {
  fs::copy_file(calibration(), folder_ / "calibration.json");
  const Finished done = run({"--mesh", "--voxel-mm", "20", "--to", "room.ply", "-l", "0.2"});
  ASSERT_THAT(done.status, AnyOf(0, 1)) << done.err;
  EXPECT_THAT(one_line(done.out),
              HasSubstr("where the cameras are: by " + (folder_ / "calibration.json").string()));
  EXPECT_GT(parse_ply(read_file(out() / "room.ply")).faces.size(), 5000u);
}

TEST_F(FuseLive, CamerasWithoutDepthOrColourAreNamed) {
  const auto refused = [&](const std::vector<std::string>& words, const std::string& sentence) {
    const Finished done = run(words);
    EXPECT_EQ(done.status, 2) << sentence;
    EXPECT_THAT(one_line(done.err), HasSubstr(sentence));
    EXPECT_THAT(files_in(out()), IsEmpty());
  };
  write_file(rig(), replaced(rendered_rig(), "NFOV_2X2BINNED", "PASSIVE_IR"));
  refused({"--cloud", "--camera", "a", "--to", "a.ply"},
          "'a' has no depth (its mode is PASSIVE_IR)");
  const std::string b = "serial = \"virtual-0002\"";
  write_file(rig(), replaced(rendered_rig(), b, b + ", color_mode = \"OFF\""));
  refused({"--fill", "b", "--calibration", calibration(), "--to", "b"},
          "--fill b: the camera has no colour to be filled");
}

TEST_F(FuseLive, FusingThatIsSlowerThanTheCamerasDropsTicksAndSaysSo) {
  // Meshes of such small voxels take many times what is between two ticks.
  const Finished done = run({"--mesh", "--per-tick", "--voxel-mm", "4", "--calibration",
                             calibration(), "--to", "m/a.ply", "-l", "1", "--json"});
  ASSERT_THAT(done.status, AnyOf(0, 1)) << done.err;
  EXPECT_EQ(schema_problems(done.out, "fuse"), "");
  const nlohmann::json told = nlohmann::json::parse(done.out);
  EXPECT_EQ(told.at("ticks"), files_in(out() / "m").size());
  const int64_t fused = told.at("ticks"), dropped = told.at("live").at("ticks_dropped");
  EXPECT_GT(fused, 0);
  EXPECT_GT(dropped, 0);
  EXPECT_EQ(fused + dropped + told.at("ticks_left_out").get<int64_t>(), 30);
  EXPECT_GT(told.at("live").at("ms_per_tick"), told.at("live").at("period_ms"));
}

TEST_F(FuseLive, CtrlCEndsItAndWhatCameIsWhole) {
  RunningProgram running(
      lockstep_program(),
      {"fuse", rig(), "--cloud", "--to", "l/s.ply", "--calibration", calibration()}, {}, out());
  while (files_in(out() / "l").empty()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  running.signal(SIGINT);
  const Finished done = running.wait();
  ASSERT_THAT(done.status, AnyOf(0, 1)) << done.err;
  const auto files = files_in(out() / "l");
  EXPECT_THAT(one_line(done.out),
              AllOf(HasSubstr(std::to_string(files.size()) + " tick"), HasSubstr("verdict: ")));
  for (const PlyFile& cloud : clouds_in(out() / "l")) EXPECT_GT(cloud.vertices(), 10'000u);
}

TEST_F(FuseLive, CtrlCBeforeTheRigIsInStepLeavesNothing) {
  const std::string loose = rendered_rig("faults = [ { camera = \"a\", kind = \"cable-loose\" } ]");
  write_file(rig(),
             replaced(replaced(loose, "source = \"a\"", "source = \"lockit\""), "cable = [ {",
                      "box = [ { name = \"lockit\", kind = \"generator\", rate_hz = 30.0, "
                      "level_v = 5.0, start = \"ask\" } ]\ncable = [ { from = \"lockit.out\", "
                      "to = \"a.in\", length_m = 3 }, {"));
  RunningProgram running(
      lockstep_program(),
      {"fuse", rig(), "--cloud", "--to", "l/s.ply", "--calibration", calibration()}, {}, out());
  for (int i = 0; i < 3000 && running.err_so_far().find("are armed") == std::string::npos; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  running.signal(SIGINT);
  const Finished stopped = running.wait();
  EXPECT_EQ(stopped.status, 1);
  EXPECT_THAT(one_line(stopped.err),
              AllOf(HasSubstr("all cameras are armed"),
                    HasSubstr("lockstep: stopped before anything was fused")));
  EXPECT_EQ(stopped.out, "");
  EXPECT_THAT(files_in(out()), IsEmpty());
}

TEST_F(FuseLive, ADiskThatIsNearlyFullIsRefusedBeforeAnythingIsArmed) {
  write_file(rig(), rendered_rig() + "take = { keep_free_gb = 1000000 }\n");
  const Finished refused = run({"--cloud", "--to", "l/s.ply", "--calibration", calibration()});
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(one_line(refused.err), HasSubstr("l/s.ply: the disk is nearly full"));
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(files_in(out()), IsEmpty());
}

/// A small disk in memory, which is made smaller rather than filled.
TEST_F(FuseLive, EndsBeforeTheDiskIsFullAndSaysWhatIsWritten) {
  const auto with_mounts = [&](const std::string& script) {
    return RunningProgram("/usr/bin/unshare",
                          {"--mount", "--map-root-user", "/bin/sh", "-c", script},
                          {"LOCKSTEP=" + lockstep_program().string(), "RIG=" + rig().string(),
                           "CALIBRATION=" + calibration().string(), "OUT=" + out().string()})
        .wait();
  };
  if (with_mounts("mount -t tmpfs none /mnt").status != 0) GTEST_SKIP() << "no mounts here";
  const Finished full = with_mounts(
      "mount -t tmpfs -o size=20g none /mnt || exit 9;"
      "\"$LOCKSTEP\" fuse \"$RIG\" --calibration \"$CALIBRATION\" --cloud --to /mnt/l/s.ply -l 60 &"
      "fuse=$!; while ! ls /mnt/l/*.ply >\"$OUT/names\" && kill -0 $fuse; do sleep 0.1; done;"
      "mount -o remount,size=400m /mnt; wait $fuse; code=$?; ls /mnt/l >\"$OUT/names\";"
      "cat /mnt/l/*.ply | wc -c >\"$OUT/bytes\"; exit $code");
  EXPECT_EQ(full.status, 3) << full.err;
  EXPECT_THAT(one_line(full.err), HasSubstr("/mnt/l/s.ply: the disk is nearly full"));
  const std::string names = read_file(out() / "names");
  const auto files = std::count(names.begin(), names.end(), '\n');
  EXPECT_THAT(one_line(full.out),
              AllOf(HasSubstr(std::to_string(files) + " tick"), HasSubstr("verdict: ")));
  EXPECT_THAT(names, Not(HasSubstr("tmp")));
  EXPECT_LT(std::stoull(read_file(out() / "bytes")), 300'000'000u) << "it left room";
}

TEST_F(FuseLive, ACameraThatIsPulledIsNamedAndItsTicksAreLeftOut) {
  write_file(rig(), rendered_rig("faults = [ { camera = \"b\", kind = \"unplug\", at_s = 1 } ]"));
  const Finished done =
      run({"--cloud", "--to", "l/s.ply", "-l", "2", "--calibration", calibration()});
  EXPECT_EQ(done.status, 3);
  EXPECT_THAT(one_line(done.err), HasSubstr("b: the camera was lost"));
  EXPECT_THAT(one_line(done.out), AllOf(HasSubstr("ticks left out"), HasSubstr("verdict: ")));
  const size_t files = files_in(out() / "l").size();
  EXPECT_GT(files, 0u);
  EXPECT_LT(files, 60u);
}

}  // namespace
}  // namespace lockstep::testing

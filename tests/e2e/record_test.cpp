// SPDX-License-Identifier: MIT
// How a take begins and ends: arming, exit codes, Ctrl-C, names and numbers, as docs/take.md
// promises.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <functional>
#include <sstream>
#include <thread>

#include "tests/e2e/simulated_take.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Record : public ::testing::Test {
 protected:
  Record() { write_file(rig_, timing_rig()); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string rig_with(const std::string& name, const std::string& from, const std::string& to) {
    write_file(path(name), replaced(timing_rig(), from, to));
    return path(name);
  }
  static void wait_for(const std::function<bool()>& there) {
    while (!there()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  TempFolder folder_;
  std::string rig_ = path("rig.toml");
};

/// Two subordinates on a generator; what stands in `world` decides whether its pulses arrive.
std::string generator_rig(const std::string& world) {
  return R"(schema = 1
rig = { name = "wall", frame_rate = 30, source = "lockit" }
all_cameras = { family = "azure-kinect", depth_mode = "NFOV_UNBINNED", color_mode = "MJPG_720P", exposure_us = 8330, gain = 128, white_balance_k = 4500, powerline_hz = 60, imu = false }
box = [ { name = "lockit", kind = "generator", rate_hz = 30.0, level_v = 5.0, start = "ask" } ]
camera = [ { name = "a", serial = "virtual-0001" }, { name = "b", serial = "virtual-0002" } ]
cable = [ { from = "lockit.out", to = "a.in", length_m = 3 }, { from = "a.out", to = "b.in", length_m = 3 } ]
world = { seed = 1, timing_only = true)" +
         world + " }\n";
}

TEST_F(Record, GivesUpOnASilentLineAfterArmingFourTimes) {
  write_file(path("wall.toml"),
             generator_rig(", faults = [ { camera = \"a\", kind = \"cable-loose\" } ]"));
  const Finished silent = simulate(path("wall.toml"), path("take"), 2);
  EXPECT_EQ(silent.status, 3);
  EXPECT_THAT(one_line(silent.err), AllOf(HasSubstr("armed 4 times and no pulse came"),
                                          HasSubstr("a: no picture came"), HasSubstr("generator")));
  const auto remarks = json_in(path("take"), "take.json")["remarks"].dump();
  EXPECT_THAT(remarks, AllOf(HasSubstr("(1 of 3)"), HasSubstr("(3 of 3)"), Not(HasSubstr("(4"))));
  EXPECT_THAT(silent.out, HasSubstr("nothing was recorded"));
}

/// The plan only warns of it on virtual cameras.
TEST_F(Record, NamesAnAutomaticExposureThatKeepsTheRigFromLocking) {
  const std::string rig = rig_with("auto.toml", "serial = \"virtual-0003\"",
                                   "serial = \"virtual-0003\", exposure_us = \"auto\"");
  const Finished apart = simulate(rig, path("take"), 2);
  EXPECT_EQ(apart.status, 3);
  EXPECT_THAT(one_line(apart.err),
              AllOf(HasSubstr("right an automatic exposure"), HasSubstr("exposure_us = 8330"),
                    Not(HasSubstr("another program"))));
}

/// On a terminal it is shown how long the cameras still keep their depth on.
TEST_F(Record, CountsDownToArmingAnewWhereATerminalShowsProgress) {
  write_file(path("wall.toml"),
             generator_rig(", faults = [ { camera = \"a\", kind = \"cable-loose\" } ]"));
  const std::string command = "timeout --foreground -s INT 4 '" + lockstep_program().string() +
                              "' record '" + path("wall.toml") + "' -o '" + path("take") + "'";
  const Finished shown = RunningProgram("/usr/bin/script", {"-qec", command, "/dev/null"}).wait();
  const size_t at_44 = shown.out.find("(44 s)");
  ASSERT_NE(at_44, std::string::npos) << shown.out << shown.err;
  EXPECT_NE(shown.out.find("(43 s)", at_44), std::string::npos) << shown.out;
  EXPECT_THAT(shown.out, HasSubstr("stopped before anything was recorded"));
}

TEST_F(Record, EndsWithTheFirstLostCameraWhereTheRigFileSaysSo) {
  const std::string rig = rig_with("stop.toml", "\"keep-going\"", "\"stop\"");
  const Finished lost = simulate(rig, path("take"), 60, {"--fault", "middle:unplug:3"});
  EXPECT_EQ(lost.status, 3);
  EXPECT_THAT(one_line(lost.err), HasSubstr("middle: the camera was lost"));
  const auto cameras = json_in(path("take"), "take.json")["cameras"];
  EXPECT_EQ(named(cameras, "middle")["end"], "lost");
  for (const char* other : {"left", "right"}) {
    EXPECT_EQ(named(cameras, other)["end"], "cut");
    EXPECT_LT(named(cameras, other)["captures"], 150);
  }
}

TEST_F(Record, AsksForTheGeneratorWhereNoTerminalShowsProgress) {
  write_file(path("wall.toml"), generator_rig(""));
  const Finished wall =
      lockstep({"record", path("wall.toml"), "-o", path("take"), "-l", "0.5", "-q"});
  EXPECT_EQ(wall.status, 0) << wall.out << wall.err;
  EXPECT_THAT(one_line(wall.err), HasSubstr("turn the generator on, or plug it in"));
}

TEST_F(Record, OfRealCamerasSaysThatThisBuildCannot) {
  const std::string rig = source_file("examples/rigs/03-corner-of-three.toml");
  const Finished real = lockstep({"record", rig, "-o", path("take"), "-l", "1"});
  EXPECT_EQ(real.status, 3);
  EXPECT_THAT(one_line(real.err),
              AllOf(HasSubstr("no door to real cameras"), HasSubstr("k4arecorder")));
  EXPECT_FALSE(fs::exists(path("take")));
  EXPECT_EQ(lockstep({"simulate", rig, "-o", path("take"), "-l", "1"}).status, 2);
}

TEST_F(Record, ThatDoesNotLockSaysWhyAndIsForced) {
  const std::vector<std::string> late{"--fault", "right:delay:0:166"};
  const Finished refused = simulate(rig_, path("one"), 2, late);
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(one_line(refused.err),
              AllOf(HasSubstr("did not lock within 10 s"), HasSubstr("right: +16"),
                    HasSubstr("likely"), HasSubstr("record again")));
  EXPECT_FALSE(fs::exists(folder_ / "one" / "right.mkv"));

  std::vector<std::string> anyway = late;
  anyway.push_back("--anyway");
  const Finished forced = simulate(rig_, path("two"), 2, anyway);
  EXPECT_EQ(forced.status, 1);
  EXPECT_THAT(forced.out, AllOf(HasSubstr("60 ticks"), HasSubstr("UNPROVED"),
                                HasSubstr("FAIL right: Colour of right comes 16")));
  EXPECT_TRUE(json_in(path("two"), "take.json")["unproved"]);
}

TEST_F(Record, OfADarkCameraIsForcedAndJudged) {
  const Finished forced =
      simulate(rig_, path("take"), 2, {"--fault", "right:cable-loose:0", "--anyway"});
  EXPECT_EQ(forced.status, 1) << forced.err;
  EXPECT_THAT(one_line(forced.out), HasSubstr("FAIL right: right recorded nothing: no pulse came "
                                              "through middle.out -> right.in"));
}

TEST_F(Record, OverABrokenPlanIsRefusedOrMarkedAndNeverGood) {
  // Its laser fires with the master's; the recordings themselves are as planned.
  const std::string rig = rig_with("meet.toml", "{ name = \"middle\",",
                                   "{ name = \"middle\", subordinate_delay_us = 0,");
  EXPECT_EQ(simulate(rig, path("one"), 1).status, 1);
  EXPECT_FALSE(fs::exists(path("one")));
  EXPECT_EQ(simulate(rig, path("two"), 1, {"--anyway"}).status, 1);
  EXPECT_TRUE(json_in(path("two"), "take.json")["unproved"]);
}

/// Cables in a circle make every camera a subordinate: nobody gives pulses, and that ends too.
TEST_F(Record, OfARigWithoutASourceEnds) {
  const std::string rig =
      rig_with("ring.toml", "cable = [", "cable = [ { from = \"right.out\", to = \"left.in\" },");
  EXPECT_EQ(simulate(rig, path("one"), 1).status, 1);
  const Finished dark = simulate(rig, path("two"), 1, {"--anyway"});
  EXPECT_EQ(dark.status, 3) << dark.err;
  EXPECT_EQ(json_in(path("two"), "take.json")["state"], "incomplete");
}

TEST_F(Record, FailureLinesFitTheColumnsAndNameDeviceSpanAndCause) {
  const Finished lost = simulate(rig_, path("take"), 5, {"--fault", "right:lose-tick:3:0:2"});
  EXPECT_EQ(lost.status, 1);
  EXPECT_THAT(lost.out, AllOf(HasSubstr("verdict: NOT in step: 1 failure"), HasSubstr("FAIL right"),
                              HasSubstr("ticks 7"), HasSubstr("likely: "), HasSubstr("do: ")));
  std::istringstream lines(replaced(lost.out + lost.err, path("take"), "take"));
  for (std::string line; std::getline(lines, line);)
    EXPECT_LE(line.size(), path("take").size() + 100) << line;
}

/// A take folder beside ours whose manifest never answers, as on a file server that hangs, holds
/// the program while it saves.
class Saving : public Record {
 protected:
  Saving() {
    fs::create_directories(folder_ / "takes" / "stuck");
    write_file(folder_ / "takes" / "stuck" / "verify.json", "{}");
    EXPECT_EQ(mkfifo((folder_ / "takes" / "stuck" / "take.json").c_str(), 0600), 0);
  }

  /// Records until lock, then presses Ctrl-C once and waits until it is being saved.
  void cut(RunningProgram& program) const {
    wait_for([&] { return fs::exists(folder_ / "takes" / "one" / "right.mkv"); });
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    program.signal(SIGINT);
    wait_for([&] {
      return program.err_so_far().find("cutting and saving") != std::string::npos &&
             json_in(folder_ / "takes" / "one", "take.json")["state"] == "complete";
    });
  }
};

TEST_F(Saving, AnswersANervousCtrlC) {
  RunningProgram program(lockstep_program(), {"record", rig_, "-o", path("takes/one")});
  cut(program);
  program.signal(SIGINT);
  wait_for([&] { return program.err_so_far().find("still saving") != std::string::npos; });
  // The file server answers: the take is finished as if nothing had been pressed.
  write_file(folder_ / "takes" / "stuck" / "take.json", "{}");
  const Finished saved = program.wait();
  EXPECT_EQ(saved.status, 0) << saved.err;
  EXPECT_THAT(one_line(saved.err), Not(HasSubstr("left at once")));
  EXPECT_THAT(saved.out, HasSubstr("in step"));
}

TEST_F(Saving, IsLeftByALaterCtrlC) {
  RunningProgram program(lockstep_program(), {"record", rig_, "-o", path("takes/one")});
  cut(program);
  std::this_thread::sleep_for(std::chrono::milliseconds(3100));
  program.signal(SIGINT);
  const Finished forced = program.wait();
  EXPECT_EQ(forced.status, 3);
  EXPECT_THAT(forced.err, HasSubstr("left at once"));
  EXPECT_EQ(lockstep({"verify", path("takes/one/left.mkv"), path("takes/one/right.mkv")}).status,
            0);
}

TEST_F(Record, StoppedBeforeLockIsNoTakeAndNoFault) {
  write_file(path("wall.toml"),
             generator_rig(", faults = [ { camera = \"a\", kind = \"cable-loose\" } ]"));
  RunningProgram program(lockstep_program(), {"record", path("wall.toml"), "-o", path("take")});
  wait_for([&] { return fs::exists(folder_ / "take" / "take.json"); });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  program.signal(SIGINT);
  const Finished stopped = program.wait();
  EXPECT_EQ(stopped.status, 1);
  EXPECT_THAT(one_line(stopped.err), HasSubstr("stopped before anything was recorded"));
  EXPECT_EQ(json_in(path("take"), "take.json")["state"], "incomplete");
}

TEST_F(Record, RefusesADiskWithoutRoomBeforeAnythingIsMade) {
  const std::string rig = rig_with("full.toml", "keep_free_gb = 2", "keep_free_gb = 999999");
  write_file(rig, replaced(read_file(rig), "timing_only = true", "timing_only = false"));
  const Finished full = lockstep({"record", rig, "-o", path("take"), "-l", "10"});
  EXPECT_EQ(full.status, 3);
  EXPECT_THAT(one_line(full.err), AllOf(HasSubstr("40 s of this rig"), HasSubstr("-o")));
  EXPECT_THAT(one_line(lockstep({"record", rig, "-o", path("take")}).err),
              HasSubstr("600 s of this rig"));
  EXPECT_FALSE(fs::exists(path("take")));
}

TEST_F(Record, LengthsAreSecondsAboveZero) {
  for (const char* length : {"0", "-5", "nan", "inf", "1e300", "8640001", "1,5", "ten", ""}) {
    for (const char* command : {"record", "simulate"}) {
      const Finished wrong = lockstep({command, rig_, "-o", path("take"), "-l", length});
      EXPECT_EQ(wrong.status, 2) << length;
      EXPECT_THAT(one_line(wrong.err), HasSubstr("a number of seconds above 0")) << length;
    }
  }
  EXPECT_FALSE(fs::exists(path("take")));
  // One tick is a take, but too short to judge.
  const Finished shortest = simulate(rig_, path("take"), 0.001);
  EXPECT_EQ(shortest.status, 1) << shortest.err;
  EXPECT_EQ(json_in(path("take"), "take.json")["common_ticks"], 1);
}

TEST_F(Record, RefusesATakeWithAnEmptyName) {
  for (const char* command : {"record", "simulate"}) {
    const Finished empty = lockstep({command, rig_, "-o", "", "-l", "1"});
    EXPECT_EQ(empty.status, 2);
    EXPECT_THAT(one_line(empty.err), HasSubstr("the take has an empty name"));
  }
  EXPECT_FALSE(fs::exists(folder_ / "takes"));
}

/// What is said to be common to all is what every camera has.
TEST_F(Record, CountsTheTicksThatAllCamerasHave) {
  const Finished lost = simulate(rig_, path("one"), 6, {"--fault", "left:unplug:3"});
  const auto report = json_in(path("one"), "verify.json");
  const std::string said = "180 ticks, " + report["common_ticks"].dump() + " of them common to 3";
  EXPECT_LT(report["common_ticks"], 100);
  EXPECT_THAT(lost.out, HasSubstr(said));
  EXPECT_THAT(lockstep({"info", path("one")}).out, HasSubstr(said));

  const Finished restarted = simulate(rig_, path("two"), 20, {"--fault", "middle:restart:5"});
  const auto manifest = json_in(path("two"), "take.json");
  int64_t lacks = 0;
  for (const auto& hole : manifest["holes"]) lacks += hole["count"].get<int64_t>();
  EXPECT_GT(lacks, 0);
  EXPECT_THAT(restarted.out, HasSubstr("600 ticks, " + std::to_string(600 - lacks) + " of them"));
}

TEST_F(Record, TakesMayHaveSpacesAndUmlautsInTheirNames) {
  const std::string take = path("mein take \xC3\xA4\xC3\xB6\xC3\xBC \xF0\x9F\x8E\xA5");
  EXPECT_EQ(simulate(rig_, take, 1).status, 0);
  EXPECT_EQ(lockstep({"verify", take}).status, 0);
  EXPECT_EQ(lockstep({"recover", take}).status, 0);
  EXPECT_THAT(lockstep({"devices", take}).out, HasSubstr("recording"));
  const std::string existing = path("there");
  fs::create_directory(existing);
  EXPECT_EQ(simulate(rig_, existing, 1).status, 2);
  EXPECT_TRUE(fs::is_empty(existing));
}

TEST_F(Record, NumbersTakesOfTheRig) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(lockstep({"simulate", rig_, "-l", "0.5"}).status, 0);
  EXPECT_EQ(lockstep({"record", rig_, "-l", "0.5"}).status, 0);
  for (const char* take : {"three-in-a-chain-001", "three-in-a-chain-002", "three-in-a-chain-003"})
    EXPECT_TRUE(fs::exists(folder_ / "takes" / take / "take.json")) << take;
}

TEST_F(Record, TheWordDemoIsTheBuiltInRigInEveryCommand) {
  write_file(path("demo"), "this is no rig");
  EXPECT_EQ(lockstep({"plan", "demo"}, {}, folder_.path()).status, 0);
  EXPECT_EQ(lockstep({"devices", "demo"}, {}, folder_.path()).status, 0);
  for (const char* command : {"plan", "devices"})
    EXPECT_EQ(lockstep({command, "./demo"}, {}, folder_.path()).status, 2) << command;
}

TEST_F(Record, TheRigOfTheEnvironmentIsListedAndWithoutOneNoCameraIsInvented) {
  const auto devices = [&](const std::vector<std::string>& environment) {
    const Finished listed = lockstep({"devices", "--json"}, environment, folder_.path());
    EXPECT_EQ(listed.status, 0) << listed.err;
    return nlohmann::json::parse(listed.out)["devices"];
  };
  EXPECT_THAT(devices({}), IsEmpty());
  EXPECT_THAT(devices({"LOCKSTEP_RIG="}), IsEmpty());
  EXPECT_EQ(devices({"LOCKSTEP_RIG=demo"}).size(), 3u);
  write_file(path("wall.toml"), generator_rig(""));
  const auto wall = devices({"LOCKSTEP_RIG=" + path("wall.toml")});
  ASSERT_EQ(wall.size(), 2u);
  EXPECT_EQ(wall[0]["name"], "a");
  EXPECT_EQ(wall[0]["kind"], "virtual");
  EXPECT_THAT(devices({"LOCKSTEP_RIG=" +
                       std::string(source_file("examples/rigs/03-corner-of-three.toml"))}),
              IsEmpty());
  EXPECT_EQ(lockstep({"devices"}, {"LOCKSTEP_RIG=nowhere.toml"}, folder_.path()).status, 2);
}

}  // namespace
}  // namespace lockstep::testing

// SPDX-License-Identifier: MIT
// Rigs of other shapes than the chain of the demo, planned and recorded from end to end; and what a
// virtual rig says of what it was asked for.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "tests/e2e/simulated_take.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Shape {
  const char* name;
  const char* prompt;  ///< what a person is asked for in real time; "" nothing
  std::string toml;
};

const std::string kCameras =
    "camera = [ { name = \"a\", serial = \"virtual-0001\" }, { name = \"b\", serial = "
    "\"virtual-0002\" }, { name = \"c\", serial = \"virtual-0003\" } ]\n"
    "world = { seed = 3, timing_only = true }\n";

const Shape kShapes[] = {
    {"FemtosOnAHub", "",
     "rig = { source = \"a\" }\nall_cameras = { family = \"femto-bolt\", exposure_us = 8300, clock "
     "= "
     "\"reset\", settle_s = 5 }\nbox = [ { name = \"hub\", kind = \"sync-hub\", level_v = 1.8 } ]\n"
     "cable = [ { from = \"a.out\", to = \"hub.in\" }, { from = \"hub.1\", to = \"b.in\" }, { from "
     "= "
     "\"hub.2\", to = \"c.in\" } ]\n" +
         kCameras},
    {"StarOnAGenerator", "turn the generator on",
     "rig = { source = \"lockit\" }\nall_cameras = { exposure_us = 8330 }\nbox = [ { name = "
     "\"lockit\", kind = \"generator\", rate_hz = 30, level_v = 5, start = \"ask\" }, { name = "
     "\"amp\", kind = \"amplifier\", level_v = 5 } ]\ncable = [ { from = \"lockit.1\", to = "
     "\"amp.in\" }, { from = \"amp.1\", to = \"a.in\" }, { from = \"amp.2\", to = \"b.in\" }, { "
     "from "
     "= \"amp.3\", to = \"c.in\" } ]\n" +
         kCameras},
};

class RigShape : public ::testing::TestWithParam<Shape> {
 protected:
  RigShape() { write_file(rig_, GetParam().toml); }

  TempFolder folder_;
  std::string rig_ = (folder_ / "rig.toml").string();
};

TEST_P(RigShape, IsPlannedAndRecordedInStep) {
  const Finished planned = lockstep({"plan", rig_});
  EXPECT_EQ(planned.status, 0) << planned.out << planned.err;

  const Finished simulated = simulate(rig_, folder_ / "simulated", 2);
  EXPECT_EQ(simulated.status, 0) << simulated.err;
  EXPECT_THAT(simulated.out,
              AllOf(HasSubstr("60 ticks common to 3 cameras"), HasSubstr("verdict: in step")));
  const Finished recorded = lockstep({"record", rig_, "-o", folder_ / "recorded", "-l", "2"});
  EXPECT_EQ(recorded.status, 0) << recorded.err;
  EXPECT_THAT(recorded.out,
              AllOf(HasSubstr("60 ticks common to 3 cameras"), HasSubstr("verdict: in step")));
  if (*GetParam().prompt != '\0') {
    EXPECT_THAT(recorded.err, HasSubstr(GetParam().prompt));
  } else {
    EXPECT_THAT(recorded.err, IsEmpty());
  }
  EXPECT_EQ(json_in(folder_ / "recorded", "verify.json")["findings"].dump(), "[]");
}

INSTANTIATE_TEST_SUITE_P(Shapes, RigShape, ::testing::ValuesIn(kShapes),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Examples, ArePlannedWithoutABrokenRule) {
  size_t count = 0;
  for (const auto& example : fs::directory_iterator(source_file("examples/rigs"))) {
    const Finished planned = lockstep({"plan", example.path()});
    EXPECT_EQ(planned.status, 0) << example.path() << planned.out << planned.err;
    ++count;
  }
  EXPECT_GE(count, 5u);
}

class WorldFaults : public ::testing::Test {
 protected:
  WorldFaults() { write_file(rig_, timing_rig()); }

  TempFolder folder_;
  std::string rig_ = (folder_ / "rig.toml").string();
};

TEST_F(WorldFaults, ThatNeverFallIntoTheTakeAreNamed) {
  for (const char* fault : {"right:lose-tick:20", "right:lose-tick:0.1", "right:lose-tick:0",
                            "right:duplicate-tick:0"}) {
    const Finished beside = simulate(rig_, folder_ / fault, 2, {"--fault", fault});
    EXPECT_EQ(beside.status, 0) << beside.err;
    EXPECT_THAT(one_line(beside.err),
                AllOf(HasSubstr(std::string("the fault ") + fault + " never falls into the take"),
                      HasSubstr("0.5 to 2.5 s of device time")));
  }
  const Finished within = simulate(rig_, folder_ / "within", 2, {"--fault", "right:lose-tick:1"});
  EXPECT_EQ(within.status, 1);
  EXPECT_THAT(within.err, Not(HasSubstr("never falls")));
}

TEST_F(WorldFaults, ThatChangeNothingAreNamed) {
  for (const char* fault :
       {"left:cable-pull:5", "left:cable-loose:0", "right:delay:5", "middle:slow-usb:1:0"}) {
    const Finished run = simulate(rig_, folder_ / fault, 2, {"--fault", fault});
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_THAT(one_line(run.err), HasSubstr("changes nothing: ")) << fault;
  }
}

TEST_F(WorldFaults, KeepToTheRangesOfTheRigFile) {
  for (const char* fault :
       {"right:lose-tick:inf", "right:lose-tick:nan", "right:delay:1:1e300", "right:delay:1:-inf",
        "right:lose-tick:1:0:2000000000", "right:lose-tick:-1", "right:lose-tick:1:0:0"}) {
    const Finished wrong = simulate(rig_, folder_ / "take", 2, {"--fault", fault});
    EXPECT_EQ(wrong.status, 2) << fault;
    EXPECT_THAT(one_line(wrong.err), HasSubstr("out of range")) << fault;
  }
  EXPECT_FALSE(fs::exists(folder_ / "take"));
}

TEST(Rendering, EndsPromptlyAndLeavesNoFileOfTheCache) {
  const TempFolder folder;
  // The longest world, so that no machine has rendered it before it is stopped.
  write_file(folder / "rig.toml",
             replaced(read_file(source_file("examples/rigs/01-chain-of-three-virtual.toml")),
                      "world = { ", "world = { period_s = 30, "));
  RunningProgram program(lockstep_program(),
                         {"simulate", folder / "rig.toml", "-o", folder / "take", "-l", "1"},
                         {"XDG_CACHE_HOME=" + (folder / "cache").string()});
  std::this_thread::sleep_for(std::chrono::milliseconds(1000));
  program.signal(SIGINT);
  const Finished stopped = program.wait();
  EXPECT_EQ(stopped.status, 1);
  EXPECT_THAT(stopped.err, HasSubstr("stopped before anything was recorded"));
  EXPECT_FALSE(fs::exists(folder / "take"));
  std::error_code none_made;
  for (const auto& file : fs::directory_iterator(folder / "cache" / "lockstep", none_made))
    EXPECT_EQ(file.path().extension(), ".world") << "only what was made whole";
}

TEST(Devices, OfARealRigAreSaidToBeOutOfReach) {
  const Finished real = lockstep({"devices", source_file("examples/rigs/03-corner-of-three.toml")});
  EXPECT_EQ(real.status, 0);
  EXPECT_THAT(one_line(real.out), AllOf(HasSubstr("none of the 3 cameras"),
                                        HasSubstr("they are real"), Not(HasSubstr("demo"))));
}

/// "a, b": dark gap, as told by plan or by verify.
std::map<std::string, double> gaps_of(const json& list, const char* gap) {
  std::map<std::string, double> gaps;
  for (const json& pair : list)
    gaps[pair.at("a").get<std::string>() + ", " + pair.at("b").get<std::string>()] = pair.at(gap);
  return gaps;
}

/// A healthy take of a chain of three, 160 us apart, with colour off where `off` says so.
void expect_planned_gaps(int fps, const std::vector<std::string>& off) {
  const TempFolder folder;
  const std::string rig = (folder / "rig.toml").string();
  const auto camera = [&](const std::string& name, int number, int delay_us) {
    const bool dark = std::find(off.begin(), off.end(), name) != off.end();
    return fmt::format("{{ name = \"{}\", serial = \"virtual-000{}\"{}{} }}", name, number,
                       delay_us > 0 ? fmt::format(", subordinate_delay_us = {}", delay_us) : "",
                       dark ? ", color_mode = \"OFF\"" : "");
  };
  write_file(rig, fmt::format("rig = {{ source = \"a\", frame_rate = {} }}\n"
                              "all_cameras = {{ exposure_us = 8330 }}\n"
                              "camera = [ {}, {}, {} ]\n"
                              "cable = [ {{ from = \"a.out\", to = \"b.in\" }}, {{ from = "
                              "\"b.out\", to = \"c.in\" }} ]\n"
                              "world = {{ seed = 9, timing_only = true }}\n",
                              fps, camera("a", 1, 0), camera("b", 2, 160), camera("c", 3, 320)));
  const auto planned =
      gaps_of(json::parse(lockstep({"plan", "--json", rig}).out).at("gaps"), "gap_us");
  const Finished made = lockstep({"simulate", rig, "-o", folder / "take", "-l", "12"});
  EXPECT_EQ(made.status, 0) << made.out << made.err;
  const auto measured =
      gaps_of(json_in(folder / "take", "verify.json").at("lasers"), "typical_gap_us");
  ASSERT_EQ(measured.size(), planned.size());
  for (const auto& pair : measured)
    EXPECT_NEAR(pair.second, planned.at(pair.first), 6) << pair.first;
}

TEST(ColorOff, LeavesTheLasersWherePlanAndVerifySee) {
  for (const int fps : {5, 15, 30}) {
    for (const auto& off : {std::vector<std::string>{"b"}, {"c"}, {"b", "c"}}) {
      SCOPED_TRACE(fmt::format("{} fps, {} off", fps, off.size()));
      expect_planned_gaps(fps, off);
    }
  }
}

}  // namespace
}  // namespace lockstep::testing

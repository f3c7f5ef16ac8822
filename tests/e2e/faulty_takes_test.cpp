// SPDX-License-Identifier: MIT
// One fault at a time, simulated and judged: each is found, on the camera that has it, where it is.
#include <gmock/gmock.h>

#include <cmath>

#include "tests/e2e/simulated_take.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

constexpr double kSeconds = 40;

struct Fault {
  std::string name;
  std::vector<std::string> arguments;  // of simulate
  int status;                          // of simulate and of verify
  std::string rule, level, device;     // of the finding that must be there
  std::string stream;
  double from_s, to_s;  // device time that the finding names, to some ticks
  double value;         // that it measures; NAN: none
  std::string says;     // in its message or cause
};
void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.arguments.back();
}

constexpr double kNone = NAN;
constexpr double kEnd = kSeconds + 0.6;  // the first frame comes half a second after the pulse
const std::string kNoOverlap =
    R"(never_overlap = [["left", "middle"], ["left", "right"], ["middle", "right"]])";
const std::string kBoth = "colour and depth";

class FaultyTakes : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultyTakes, AreFoundOnTheirCameraAndInTheirPlace) {
  const Fault& fault = GetParam();
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig());
  const fs::path take = folder / "take";
  EXPECT_EQ(simulate(folder / "rig.toml", take, kSeconds, fault.arguments).status, fault.status);
  const Finished verified = lockstep({"verify", take});
  EXPECT_EQ(verified.status, fault.status) << verified.out << verified.err;
  EXPECT_THAT(verified.out, HasSubstr(fault.device));

  const json report = json_in(take, "verify.json");
  const json finding = finding_of(report, fault.rule, fault.device);
  ASSERT_FALSE(finding.is_null()) << verified.out;
  EXPECT_EQ(finding.at("level"), fault.level);
  EXPECT_EQ(finding.at("stream"), fault.stream);
  ASSERT_FALSE(finding.at("span").is_null());
  EXPECT_NEAR(finding.at("span").at("from_us").get<double>() * 1e-6, fault.from_s, 0.3);
  EXPECT_NEAR(finding.at("span").at("to_us").get<double>() * 1e-6, fault.to_s, 0.3);
  if (!std::isnan(fault.value)) {
    EXPECT_NEAR(finding.at("value").get<double>(), fault.value, 5);
  }
  EXPECT_THAT(finding.at("message").get<std::string>() + finding.at("cause").get<std::string>(),
              HasSubstr(fault.says));
}

std::vector<std::string> with(const std::string& fault) {
  return {"--fault", fault};
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, FaultyTakes,
    ::testing::Values(
        // Such a camera never locks: after ten seconds the take is recorded in spite of it.
        Fault{"DelayMisSet",
              {"--anyway", "--fault", "middle:delay:0:150"},
              1,
              "color-offset",
              "fail",
              "middle",
              "colour",
              9.9,
              49.9,
              150,
              "mis-set"},
        Fault{"DelayChanged", with("middle:delay:20:150"), 1, "tick-offset", "fail", "middle",
              "colour", 20, kEnd, kNone, "steps by +1"},
        Fault{"DepthDelayOff", with("right:depth-delay:0:150"), 1, "depth-offset", "fail", "right",
              "depth", 0.5, kEnd, 150, "against its own colour"},
        Fault{"DepthDelayChanged", with("right:depth-delay:10:150"), 1, "depth-offset", "fail",
              "right", "depth", 0.5, kEnd, kNone, "depth delay changed there"},
        Fault{"TickLost", with("right:lose-tick:20"), 1, "lost-ticks", "fail", "right", kBoth, 20,
              20, kNone, "1 tick is lost"},
        Fault{"TicksLost", with("left:lose-tick:20:0:30"), 1, "lost-ticks", "fail", "left", kBoth,
              20, 21, kNone, "30 ticks are lost"},
        Fault{"TickDuplicated", with("middle:duplicate-tick:20"), 1, "duplicated-ticks", "fail",
              "middle", kBoth, 20, 20, kNone, "1 tick is duplicated"},
        // Its clock begins anew, a second after it went dark.
        Fault{"SubordinateRestarted", with("middle:restart:20"), 1, "clock-restart", "fail",
              "middle", "", 0.2, kSeconds - 20 - 1 + 0.6, kNone, "middle.part2.mkv"},
        // All others step against it: it is told once, of the one that changed.
        Fault{"SourceExposureChanged", with("left:exposure:20:16670"), 1, "tick-offset", "fail",
              "left", "colour", 20, kEnd, kNone, "every other camera to left steps by"},
        Fault{"ExposureChanged", with("right:exposure:20:16670"), 1, "tick-offset", "fail", "right",
              "colour", 20, kEnd, kNone, "exposure changed"}),
    [](const auto& fault) { return fault.param.name; });

// Its stamps go on as if nothing had happened; only the pace of arrival tells, after a while.
TEST(FaultyTake, WhoseCableIsPulledFailsByArrivalAndTellsWhereAndWhen) {
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig());
  EXPECT_EQ(simulate(folder / "rig.toml", folder / "take", 120, with("right:cable-pull:47")).status,
            1);
  const json report = json_in(folder / "take", "verify.json");
  EXPECT_EQ(report.at("witnesses"), json::array({"stamps"}));
  const json finding = finding_of(report, "arrival-rate", "right");
  ASSERT_FALSE(finding.is_null());
  EXPECT_EQ(finding.at("level"), "fail");
  EXPECT_EQ(finding.at("link"), "middle.out -> right.in");
  EXPECT_EQ(finding.at("behind"), json::array());
  EXPECT_NEAR(finding.at("span").at("from_us").get<double>() * 1e-6, 47, 1.5);
  EXPECT_NEAR(finding.at("span").at("to_us").get<double>() * 1e-6, 120.5, 0.2);
  EXPECT_EQ(report.at("failures"), 1);
  EXPECT_THAT(read_file(folder / "take" / "verify.html"),
              HasSubstr("line broke: middle.out -&gt; right.in"));
}

TEST(FaultyTake, WhoseCableIsPulledUpstreamHangsOnThatOneFinding) {
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig());
  EXPECT_EQ(simulate(folder / "rig.toml", folder / "take", 60, with("middle:cable-pull:23")).status,
            1);
  const json report = json_in(folder / "take", "verify.json");
  EXPECT_EQ(report.at("failures"), 1);
  const json finding = finding_of(report, "arrival-rate");
  ASSERT_FALSE(finding.is_null());
  EXPECT_EQ(finding.at("device"), "middle");
  EXPECT_EQ(finding.at("link"), "left.out -> middle.in");
  EXPECT_EQ(finding.at("behind"), json::array({"right"}));
  EXPECT_NEAR(finding.at("span").at("from_us").get<double>() * 1e-6, 23, 1.5);
}

// Its pulses pause and come anew: what runs on by itself meanwhile lost no cable.
TEST(FaultyTake, WhoseSourceRestartsNamesThatAlone) {
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig());
  EXPECT_EQ(simulate(folder / "rig.toml", folder / "take", 60, with("left:restart:20")).status, 1);
  const json report = json_in(folder / "take", "verify.json");
  EXPECT_EQ(report.at("failures"), 1);
  EXPECT_FALSE(finding_of(report, "clock-restart", "left").is_null());
  EXPECT_EQ(report.at("witnesses"), json::array({"stamps"}));
}

TEST(FaultyTake, WhoseUsbIsSlowIsInStep) {
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig());
  EXPECT_EQ(
      simulate(folder / "rig.toml", folder / "take", 60, with("right:slow-usb:20:30000")).status,
      0);
  const json report = json_in(folder / "take", "verify.json");
  EXPECT_EQ(report.at("witnesses"), json::array({"stamps", "arrival"}));
  EXPECT_EQ(report.at("findings"), json::array());
}

// Its stamps agree with the others' but for whole periods; only arrival tells.
TEST(FaultyTake, WhoseCameraRestartsBeforeTheLockDoesNotLock) {
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig());
  for (const char* fault : {"right:restart:0", "right:restart:0.4"}) {
    SCOPED_TRACE(fault);
    const Finished run = simulate(folder / "rig.toml", folder / fault, 10, with(fault));
    EXPECT_EQ(run.status, 3) << run.out << run.err;
    EXPECT_THAT(one_line(run.out + run.err), HasSubstr("right: its clock was zeroed"));
  }
  const std::vector<std::string> anyway{"--anyway", "--fault", "right:restart:0"};
  EXPECT_EQ(simulate(folder / "rig.toml", folder / "take", 10, anyway).status, 1);
  const json finding = finding_of(json_in(folder / "take", "verify.json"), "clock-zero", "right");
  ASSERT_FALSE(finding.is_null());
  EXPECT_NEAR(finding.at("value").get<double>(), 30, 1);
}

TEST(FaultyTake, WhoseLasersMeetFailsAndNamesThePair) {
  const TempFolder folder;
  const std::string rig =
      replaced(replaced(timing_rig(), "serial = \"virtual-0002\"",
                        "serial = \"virtual-0002\", subordinate_delay_us = 0"),
               "serial = \"virtual-0003\"", "serial = \"virtual-0003\", subordinate_delay_us = 0");
  write_file(folder / "rig.toml", rig);
  EXPECT_EQ(simulate(folder / "rig.toml", folder / "refused", 5).status, 1);
  EXPECT_FALSE(fs::exists(folder / "refused"));
  EXPECT_EQ(simulate(folder / "rig.toml", folder / "take", 5, {"--anyway"}).status, 1);
  const json report = json_in(folder / "take", "verify.json");
  int pairs = 0;
  for (const json& finding : report.at("findings")) {
    if (finding.at("rule") != "lasers-meet") continue;
    ++pairs;
    EXPECT_EQ(finding.at("level"), "fail");
    EXPECT_NEAR(finding.at("value").get<double>(), -125, 5);  // whole pulses
    EXPECT_GT(finding.at("span").at("count"), 0);
  }
  EXPECT_EQ(pairs, 3);
  EXPECT_FALSE(finding_of(report, "lasers-meet", "left, middle").is_null());

  // Where the rig file says that views never meet, lasers may.
  write_file(folder / "apart.toml", replaced(rig, "never_overlap = []", kNoOverlap));
  EXPECT_EQ(simulate(folder / "apart.toml", folder / "apart", 5).status, 0);
}

TEST(FaultyTake, ThatChangedSinceTheLastGoodOneIsToldByHowMuch) {
  const TempFolder folder;
  // Without overlap, since lasers that meet would fail these takes.
  write_file(folder / "rig.toml", replaced(timing_rig(), "never_overlap = []", kNoOverlap));
  const auto run = [&](const std::string& name, const std::vector<std::string>& more) {
    const Finished done = simulate(folder / "rig.toml", folder / name, 20, more);
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    return json_in(folder / name, "verify.json");
  };
  EXPECT_EQ(run("take-1", {}).at("last_good"), "");
  const json moved = run("take-2", with("middle:delay:0:30"));
  EXPECT_EQ(moved.at("last_good"), "take-1");
  EXPECT_NEAR(named(moved.at("devices"), "middle").at("color_change_us").get<double>(), 30, 5);
  EXPECT_NEAR(named(moved.at("devices"), "right").at("color_change_us").get<double>(), 0, 5);
  EXPECT_THAT(lockstep({"verify", folder / "take-2"}).out, HasSubstr("change us"));

  // Above 30 us it warns, against the take named or the newest that passed.
  const json further = run("take-3", with("middle:delay:0:75"));
  EXPECT_EQ(further.at("last_good"), "take-2");
  EXPECT_NEAR(finding_of(further, "changed", "middle").at("value").get<double>(), 45, 5);
  const Finished against =
      lockstep({"verify", "--json", folder / "take-3", "--against", folder / "take-1"});
  const json first = json::parse(against.out);
  EXPECT_NEAR(finding_of(first, "changed", "middle").at("value").get<double>(), 75, 5);
  EXPECT_EQ(finding_of(first, "changed", "middle").at("level"), "warning");
}

TEST(FaultyTake, JudgedUnderAnotherClockModelFails) {
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig("clock = \"free-running\""));
  ASSERT_EQ(simulate(folder / "rig.toml", folder / "take", 30).status, 0);
  EXPECT_EQ(lockstep({"verify", folder / "take"}).status, 0);
  const Finished forced = lockstep({"verify", folder / "take", "--clock", "disciplined"});
  EXPECT_EQ(forced.status, 1);
  EXPECT_THAT(forced.out, HasSubstr("--clock free-running"));
  // Loose files do not say; the rig file does.
  const std::vector<std::string> files{"verify", folder / "take" / "left.mkv",
                                       folder / "take" / "middle.mkv",
                                       folder / "take" / "right.mkv"};
  const auto verify = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = files;
    words.insert(words.end(), more.begin(), more.end());
    return lockstep(words).status;
  };
  EXPECT_EQ(verify({}), 1);
  EXPECT_EQ(verify({"--clock", "free-running"}), 0);
  EXPECT_EQ(verify({"--rig", folder / "rig.toml"}), 0);
}

}  // namespace
}  // namespace lockstep::testing

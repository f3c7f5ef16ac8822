// SPDX-License-Identifier: MIT
#include "lockstep/rig/plan.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "lockstep/rig/plan_text.h"
#include "lockstep/rig/rig_file.h"

namespace lockstep {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

constexpr const char* kThree = R"(camera = [
  { name = "a", serial = "virtual-0001" },
  { name = "b", serial = "virtual-0002" },
  { name = "c", serial = "virtual-0003" } ]
)";
constexpr const char* kExposure = "all_cameras = { exposure_us = 8330 }\n";
constexpr const char* kChain =
    "cable = [ { from = \"a.out\", to = \"b.in\" }, { from = \"b.out\", to = \"c.in\" } ]\n";

Plan plan_of(const std::string& toml) {
  const auto rig = parse_rig(toml, "x.toml");
  EXPECT_TRUE(rig) << rig.error().message;
  return rig ? make_plan(*rig) : Plan{};
}

std::string three(const std::string& rest) {
  return std::string(kExposure) + kThree + rest;
}

std::string real_three(const std::string& all, const std::string& rest = kChain) {
  return "all_cameras = { " + all +
         " }\ncamera = [ { name = \"a\", serial = \"000000000001\", usb_controller = \"03:00.0\" "
         "}, { name = \"b\", serial = "
         "\"000000000002\", usb_controller = \"03:00.0\" }, { name = \"c\", serial = "
         "\"000000000003\", usb_controller = \"03:00.0\" } ]\n" +
         rest;
}

struct Rule {
  const char* name;
  Severity severity;
  const char* rule;
  const char* message;  ///< part of it
  std::string toml;
};

std::string star(int outlets) {
  std::string cameras = "{ name = \"s\", serial = \"virtual-0000\" }", cables;
  for (int i = 1; i <= outlets; ++i) {
    cameras += fmt::format(", {{ name = \"c{0}\", serial = \"virtual-{0:04}\" }}", i);
    cables += fmt::format("{}{{ from = \"s.out\", to = \"c{}.in\" }}", i > 1 ? ", " : "", i);
  }
  return std::string(kExposure) + "camera = [ " + cameras + " ]\ncable = [ " + cables + " ]\n";
}

std::string long_chain(int cameras) {
  std::string list, cables;
  for (int i = 0; i < cameras; ++i) {
    list +=
        fmt::format("{}{{ name = \"c{}\", serial = \"virtual-{:04}\" }}", i > 0 ? ", " : "", i, i);
    if (i > 0)
      cables +=
          fmt::format("{}{{ from = \"c{}.out\", to = \"c{}.in\" }}", i > 1 ? ", " : "", i - 1, i);
  }
  return std::string(kExposure) + "camera = [ " + list + " ]\ncable = [ " + cables + " ]\n";
}

const std::string kSplitterStar =
    "box = [ { name = \"y\", kind = \"splitter\" } ]\ncable = [ { from = \"a.out\", to = \"y.in\", "
    "length_m = 6 }, "
    "{ from = \"y.1\", to = \"b.in\", length_m = 5 }, { from = \"y.2\", to = \"c.in\", length_m = "
    "1 } ]\n";

std::string camera_b(const std::string& fields) {
  return std::string(kExposure) +
         "camera = [ { name = \"a\", serial = \"virtual-0001\" }, { name = \"b\", serial = "
         "\"virtual-0002\", " +
         fields + " } ]\ncable = [ { from = \"a.out\", to = \"b.in\" } ]\n";
}

const Rule kRules[] = {
    {"TwoSources", Severity::error, "two-sources", "'a' and 'b' give pulses",
     "all_cameras = { exposure_us = 8330 }\ncamera = [ { name = \"a\", serial = \"virtual-0001\" "
     "}, { name = \"b\", serial = \"virtual-0002\" }, "
     "{ name = \"c\", serial = \"virtual-0003\" }, { name = \"d\", serial = \"virtual-0004\" } ]\n"
     "cable = [ { from = \"a.out\", to = \"c.in\" }, { from = \"b.out\", to = \"d.in\" } ]"},
    {"TwoCablesIntoOneJack", Severity::error, "two-sources", "2 cables end in the sync-in of 'c'",
     three("cable = [ { from = \"a.out\", to = \"c.in\" }, { from = \"b.out\", to = \"c.in\" } ]")},
    {"Cycle", Severity::error, "cycle", "(b -> c -> a -> b)",
     three("cable = [ { from = \"a.out\", to = \"b.in\" }, { from = \"b.out\", to = \"c.in\" }, { "
           "from = \"c.out\", to = \"a.in\" } ]\nrig = { source "
           "= \"b\" }")},
    {"CableToItself", Severity::error, "cycle", "(a -> a)",
     three("cable = [ { from = \"a.out\", to = \"a.in\" } ]")},
    {"Unreached", Severity::error, "unreached",
     "no pulse reaches 'c': no cable ends in its sync-in",
     three("cable = [ { from = \"a.out\", to = \"b.in\" } ]")},
    {"NoCables", Severity::error, "unreached", "no pulse reaches 'a'", three("")},
    {"PlugInTheMaster", Severity::error, "sync-in-on-master",
     "a cable from 'a' ends in its sync-in",
     three(kChain + std::string("rig = { source = \"b\" }"))},
    {"OtherSource", Severity::error, "source-mismatch",
     "'c' is to be the source, and by the cables it is 'a'",
     three("cable = [ { from = \"a.out\", to = \"b.in\" } ]\nrig = { source = \"c\" }")},
    {"PassiveStar", Severity::error, "passive-star", "'s.out' drives 3 inputs", star(3)},
    {"LongLink", Severity::warning, "long-link", "is 10 m long",
     three("cable = [ { from = \"a.out\", to = \"b.in\", length_m = 10 }, { from = \"b.out\", to = "
           "\"c.in\" } ]")},
    {"LongLinkThroughSplitter", Severity::warning, "long-link", "the link into 'b' is 11 m long",
     three(kSplitterStar)},
    {"LongChain", Severity::warning, "long-chain", "'c9' is subordinate number 9", long_chain(10)},
    {"MixedRates", Severity::error, "mixed-rates", "'b': a rate of 15 fps, and the rig has 30 fps",
     camera_b("frame_rate = 15")},
    {"MixedColor", Severity::warning, "mixed-color-modes", "MJPG_1080P",
     camera_b("color_mode = \"MJPG_1080P\"")},
    {"MixedDepth", Severity::warning, "mixed-depth-modes", "WFOV_2X2BINNED",
     camera_b("depth_mode = \"WFOV_2X2BINNED\"")},
    {"MixedMains", Severity::warning, "mixed-powerline", "50 Hz", camera_b("powerline_hz = 50")},
    {"MixedFamilies", Severity::warning, "mixed-families", "1.8 V",
     camera_b("family = \"femto-bolt\"")},
    {"MixedLevels", Severity::error, "sync-level", "'a' puts out 5 V, and the sync-in of 'b'",
     camera_b("family = \"femto-bolt\"")},
    {"UnequalExposure", Severity::warning, "unequal-exposure", "16670 us",
     camera_b("exposure_us = 16670")},
    {"AutoExposureVirtual", Severity::warning, "auto-exposure", "'b'",
     camera_b("exposure_us = \"auto\"")},
    {"AutoExposureReal", Severity::error, "auto-exposure", "'a', 'b', 'c'",
     real_three("powerline_hz = 60")},
    {"AutoExposureAllowed", Severity::warning, "auto-exposure", "'a', 'b', 'c'",
     real_three("powerline_hz = 60, allow_auto = true")},
    {"OldFirmware", Severity::warning, "old-firmware", "1.6.102",
     camera_b("color_firmware = \"1.6.102\"")},
    {"UnequalFirmware", Severity::warning, "unequal-firmware", "1.6.111",
     camera_b("color_firmware = \"1.6.111\"")},
    {"HostClock", Severity::warning, "host-clock", "'b': a clock that is set to the host's",
     camera_b("family = \"femto-bolt\", clock = \"follow-host\"")},
    {"ColorOffOnMaster", Severity::error, "color-off-on-master", "none would come",
     "all_cameras = { exposure_us = 8330, color_mode = \"OFF\" }\n" + std::string(kThree) + kChain},
    {"ColorOffOnSubordinate", Severity::warning, "color-off-on-subordinate", "'b'",
     camera_b("color_mode = \"OFF\"")},
    {"DelayBeyondPeriod", Severity::error, "delay-beyond-period", "33400 us",
     camera_b("subordinate_delay_us = 33400")},
    {"DepthDelayBeyondPeriod", Severity::error, "delay-beyond-period", "-40000 us",
     camera_b("depth_delay_us = -40000")},
    {"DelayOnTheSource", Severity::error, "delay-on-source", "the master itself",
     "all_cameras = { exposure_us = 8330, subordinate_delay_us = 167 }\n" + std::string(kThree) +
         kChain},
    {"WideUnbinnedAt30", Severity::error, "camera-cannot", "WFOV_UNBINNED runs at 15 fps at most",
     camera_b("depth_mode = \"WFOV_UNBINNED\"")},
    {"LasersMeet", Severity::error, "lasers-meet", "on together for 125.0 us",
     camera_b("subordinate_delay_us = 0")},
    {"LasersClose", Severity::warning, "laser-gap", "only 19.4 us are dark",
     camera_b("subordinate_delay_us = 145")},
    {"VendorSpacing", Severity::note, "laser-gap-tight", "30.6 us",
     camera_b("subordinate_delay_us = 160")},
    {"ExposureRaised", Severity::note, "adjusted", "8000 us becomes 8330 us",
     camera_b("exposure_us = 8000")},
    {"UsbFull", Severity::warning, "usb-load", "moves 497 MB/s",
     real_three("powerline_hz = 60, exposure_us = 8330")},
};

void PrintTo(const Rule& rule, std::ostream* out) {
  *out << rule.toml;
}

class PlanRule : public TestWithParam<Rule> {};

TEST_P(PlanRule, IsFoundWithReasonPlaceAndMend) {
  const Rule& rule = GetParam();
  const Plan plan = plan_of(rule.toml);
  EXPECT_THAT(plan.findings,
              Contains(AllOf(Field(&PlanFinding::rule, rule.rule),
                             Field(&PlanFinding::severity, rule.severity),
                             Field(&PlanFinding::message, HasSubstr(rule.message)))));
  EXPECT_THAT(plan.findings, Each(AllOf(Field(&PlanFinding::mend, Not(IsEmpty())),
                                        Field(&PlanFinding::where, HasSubstr("x.toml")))));
  const bool any_error =
      std::any_of(plan.findings.begin(), plan.findings.end(),
                  [](const PlanFinding& finding) { return finding.severity == Severity::error; });
  EXPECT_EQ(plan.has_errors(), any_error);
  EXPECT_TRUE(std::is_sorted(
      plan.findings.begin(), plan.findings.end(),
      [](const PlanFinding& a, const PlanFinding& b) { return a.severity > b.severity; }));
}

INSTANTIATE_TEST_SUITE_P(Rules, PlanRule, ValuesIn(kRules),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(PlanRule, TextFitsItsColumns) {
  std::istringstream text(plan_to_text(plan_of(GetParam().toml)));
  for (std::string line; std::getline(text, line);) EXPECT_LE(line.size(), 100u) << line;
}

std::string generator(const std::string& fields) {
  return "box = [ { name = \"g\", kind = \"generator\", " + fields +
         " } ]\ncable = [ { from = \"g.1\", to = \"a.in\" }, { from = \"a.out\", to = \"b.in\" }, "
         "{ from = \"b.out\", to = \"c.in\" } ]\n";
}

// What is wrong once is said once, where it was said.
struct Cause {
  const char* name;
  const char* rule;
  const char* where;
  const char* message;  ///< part of it
  std::string toml;
};

const Cause kCauses[] = {
    {"CircleAlone", "cycle", "x.toml:6", "circle",
     three("cable = [ { from = \"a.out\", to = \"b.in\" }, { from = \"b.out\", to = \"c.in\" }, { "
           "from = \"c.out\", to = \"a.in\" } ]\nrig = { source = \"a\" }")},
    {"CircleThatFeedsAnother", "cycle", "x.toml:6", "circle",
     three("cable = [ { from = \"a.out\", to = \"b.in\" }, { from = \"b.out\", to = \"a.in\" }, { "
           "from = \"b.out\", to = \"c.in\" } ]")},
    {"NoCableAtAll", "unreached", "x.toml:3", "no pulse reaches 'a', 'b' and 'c'", three("")},
    {"NoCableButASource", "unreached", "x.toml:3", "the rig has no cables",
     three("rig = { source = \"a\" }")},
    {"BoxWithoutInput", "unreached", "x.toml:6", "the box 'amp', nor 'a', 'b' and 'c' behind it",
     three("box = [ { name = \"amp\", kind = \"amplifier\" } ]\ncable = [ { from = \"amp.1\", to = "
           "\"a.in\" }, { from = \"amp.2\", to = \"b.in\" }, { from = \"amp.3\", to = \"c.in\" } "
           "]")},
    {"TwoPlugsInOneJack", "two-sources", "x.toml:6", "2 cables end in the sync-in of 'c'",
     three("cable = [ { from = \"a.out\", to = \"c.in\" }, { from = \"b.out\", to = \"c.in\" } ]")},
    {"PlugMeantForAnother", "two-sources", "x.toml:6", "(from 'a' and 'a')",
     three("cable = [ { from = \"a.out\", to = \"b.in\" }, { from = \"a.out\", to = \"b.in\" } ]")},
    {"ModeOfAllCameras", "camera-cannot", "x.toml:1", "'a', 'b' and 'c': azure-kinect cannot",
     "all_cameras = { exposure_us = 8330, depth_mode = \"WFOV_UNBINNED\" }\n" +
         std::string(kThree) + kChain},
    {"RateOfTheRig", "camera-cannot", "x.toml:1", "'a', 'b' and 'c': azure-kinect cannot",
     "rig = { frame_rate = 25 }\n" + three(kChain)},
    {"RateOfAllCameras", "mixed-rates", "x.toml:1", "'a', 'b' and 'c': a rate of 15 fps",
     "all_cameras = { exposure_us = 8330, frame_rate = 15 }\n" + std::string(kThree) + kChain},
    {"DelayOfAllCamerasTooLong", "delay-beyond-period", "x.toml:1", "'a', 'b' and 'c'",
     "all_cameras = { exposure_us = 8330, depth_delay_us = 40000 }\n" + std::string(kThree) +
         kChain},
    {"DelayOfALostCamera", "unreached", "x.toml:5", "no pulse reaches 'c'",
     std::string(kExposure) +
         "camera = [\n  { name = \"a\", serial = \"virtual-0001\" },\n  { name = \"b\", serial = "
         "\"virtual-0002\" },\n  { name = \"c\", serial = \"virtual-0003\", "
         "subordinate_delay_us = 160 } ]\ncable = [ { from = \"a.out\", to = \"b.in\" } ]\n"},
    {"DelayOfOneCamera", "lasers-meet", "x.toml:2", "'a' and 'b'",
     camera_b("subordinate_delay_us = 0")},
    {"GeneratorOfAnotherRate", "generator-rate", "x.toml:6", "gives 25 Hz, and the rig has 30 fps",
     three(generator("rate_hz = 25"))},
    {"GeneratorAboveTheInput", "sync-level", "x.toml:6", "puts out 12 V",
     three(generator("rate_hz = 30, level_v = 12"))},
};

void PrintTo(const Cause& cause, std::ostream* out) {
  *out << cause.toml;
}

class PlanCause : public TestWithParam<Cause> {};

TEST_P(PlanCause, IsOneErrorAtItsLine) {
  const Plan plan = plan_of(GetParam().toml);
  std::vector<PlanFinding> errors;
  std::string said;
  for (const PlanFinding& finding : plan.findings) {
    if (finding.severity != Severity::error) continue;
    errors.push_back(finding);
    said += finding.where + ": " + finding.message + "\n";
  }
  ASSERT_EQ(errors.size(), 1u) << said;
  EXPECT_EQ(errors[0].rule, GetParam().rule);
  EXPECT_EQ(errors[0].where, GetParam().where) << said;
  EXPECT_THAT(errors[0].message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(Causes, PlanCause, ValuesIn(kCauses),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Plan, MendNamesOnlyDelaysThatWereGiven) {
  const Plan plan = plan_of(camera_b("subordinate_delay_us = 0"));
  EXPECT_THAT(plan.findings[0].mend, HasSubstr("leave out the delay of 'b' so"));
}

TEST(Plan, LowLevelIsAWarning) {
  const Plan plan = plan_of(three(generator("rate_hz = 30, level_v = 3.3")));
  EXPECT_FALSE(plan.has_errors());
  EXPECT_THAT(plan.findings, Contains(Field(&PlanFinding::rule, "sync-level")));
}

TEST(Plan, LasersAreNotDrawnBeforeTheCablesHold) {
  const Plan broken = plan_of(three(""));
  EXPECT_FALSE(broken.lasers_planned());
  EXPECT_THAT(plan_to_text(broken), AllOf(HasSubstr("Lasers: not planned"), Not(HasSubstr("##"))));
  const Plan whole = plan_of(three(kChain));
  EXPECT_TRUE(whole.lasers_planned());
  EXPECT_THAT(plan_to_text(whole), HasSubstr("##"));
}

TEST(Plan, EveryPartOfTheTextBeginsAtTheMargin) {
  const std::string text = plan_to_text(plan_of(three(kChain)));
  for (const char* part : {"\nCameras", "\nLasers", "\nLoad", "\nStart order: ", "\nWiring"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(Plan, TextKeepsWholeNames) {
  const std::string name = "the-camera-above-the-door-on-the-left";
  const std::string text = plan_to_text(
      plan_of("all_cameras = { exposure_us = 8330 }\ncamera = [ { name = \"" + name +
              "\", serial = \"virtual-0001\" }, { name = \"b\", serial = \"virtual-0002\" } ]\n"
              "cable = [ { from = \"" +
              name + ".out\", to = \"b.in\" } ]"));
  EXPECT_THAT(text, AllOf(HasSubstr("\n  " + name + "\n"), Not(HasSubstr("~"))));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(Plan, DemoHoldsWithoutAFinding) {
  const auto rig = parse_rig(demo_rig_toml(), "demo");
  ASSERT_TRUE(rig) << rig.error().message;
  const Plan plan = make_plan(*rig);
  EXPECT_THAT(plan.findings, IsEmpty());
  EXPECT_TRUE(plan.is_virtual);
  EXPECT_EQ(plan.source, "left");
  EXPECT_EQ(plan.find("left")->config.wired_sync, WiredSync::master);
  EXPECT_EQ(plan.find("left")->start_order, 2) << "the master starts last";
  EXPECT_EQ(plan.find("middle")->hops, 0);
  EXPECT_EQ(plan.find("right")->hops, 1);
  EXPECT_EQ(plan.find("nobody"), nullptr);
}

TEST(Plan, OneCameraIsStandalone) {
  const Plan plan = plan_of("camera = [ { name = \"a\", serial = \"virtual-0001\" } ]");
  EXPECT_THAT(plan.findings, IsEmpty());
  EXPECT_EQ(plan.source, "");
  EXPECT_EQ(plan.cameras[0].config.wired_sync, WiredSync::standalone);
}

TEST(Plan, OneCameraHasItsOwnRate) {
  const Plan plan =
      plan_of("camera = [ { name = \"a\", serial = \"virtual-0001\", frame_rate = 15 } ]");
  EXPECT_THAT(plan.findings, IsEmpty());
  EXPECT_EQ(plan.frame_rate, FrameRate::fps15);
}

TEST(Plan, PassiveStarOfTwoIsFine) {
  const Plan plan = plan_of(star(2));
  EXPECT_FALSE(plan.has_errors());
  EXPECT_THAT(plan.wiring, Each(Field(&WiringLine::remark, HasSubstr("Y-splitter"))));
}

// Splitters in a row that two cables each join: 2^40 ways from one end to the other.
std::string doubled_splitters(const std::string& last) {
  std::string boxes, cables = "{ from = \"a.out\", to = \"y0.in\" }";
  for (int i = 0; i < 40; ++i) {
    boxes += fmt::format("{}{{ name = \"y{}\", kind = \"splitter\" }}", i > 0 ? ", " : "", i);
    const std::string next = i < 39 ? fmt::format("y{}.in", i + 1) : last;
    for (int outlet : {1, 2})
      cables += fmt::format(", {{ from = \"y{}.{}\", to = \"{}\" }}", i, outlet, next);
  }
  return three("box = [ " + boxes + " ]\ncable = [ " + cables + " ]\n");
}

TEST(Plan, DoubledCablesBetweenSplittersAreFollowedOnce) {
  const Plan row = plan_of(doubled_splitters("c.in"));
  EXPECT_THAT(row.findings, Contains(Field(&PlanFinding::rule, "two-sources")));
  EXPECT_THAT(row.findings, Not(Contains(Field(&PlanFinding::rule, "passive-star"))));
  const Plan circle = plan_of(doubled_splitters("y0.in"));
  EXPECT_THAT(circle.findings, Contains(Field(&PlanFinding::rule, "cycle")));
}

TEST(Plan, GeneratorMakesEveryCameraASubordinate) {
  const Plan plan =
      plan_of(three("rig = { source = \"g\" }\nbox = [ { name = \"g\", kind = \"generator\", "
                    "rate_hz = 30.0 }, { name = \"amp\", kind = \"amplifier\" } ]\n"
                    "cable = [ { from = \"g.pin3\", to = \"amp.in\" }, { from = \"amp.1\", to = "
                    "\"a.in\" }, { from = \"amp.2\", "
                    "to = \"b.in\" }, { from = \"amp.3\", to = \"c.in\" } ]"));
  EXPECT_FALSE(plan.has_errors());
  EXPECT_TRUE(plan.external_source);
  EXPECT_EQ(plan.source, "g");
  for (const PlannedCamera& camera : plan.cameras)
    EXPECT_EQ(camera.config.wired_sync, WiredSync::subordinate);
}

TEST(Plan, LoadIsThatOfThePayloadTable) {
  const Plan plan =
      plan_of(real_three("powerline_hz = 60, exposure_us = 8330, color_mode = \"NV12_720P\""));
  ASSERT_EQ(plan.load.lines.size(), 2u);
  EXPECT_NEAR(plan.load.lines[0].megabytes_per_s, 3 * 30 * (5310760 + 1382400) / 1e6, 1e-9);
  EXPECT_NEAR(plan.load.lines[1].megabytes_per_s, 3 * 30 * (1474560 + 1382400) / 1e6, 1e-9);
  EXPECT_EQ(plan.load.lines[0].limit_megabytes_per_s, 400);
}

TEST(Plan, WiringSaysWhatToBuyAndHowToPlugIt) {
  const Plan plan = plan_of(three(kChain));
  ASSERT_EQ(plan.wiring.size(), 2u);
  EXPECT_EQ(plan.wiring[0].from, "a Sync Out");
  EXPECT_EQ(plan.wiring[0].to, "b Sync In");
  EXPECT_THAT(plan.wiring[0].part, HasSubstr("3.5 mm male-male"));
  EXPECT_THAT(plan.wiring_notes,
              AllOf(Contains(HasSubstr("Torx")), Contains(HasSubstr("tip = signal")),
                    Contains(HasSubstr("10 m"))));
}

TEST(Plan, WiringTellsWhatTheRigFileSaysOfItsBoxes) {
  const Plan plan = plan_of(three(generator(
      "rate_hz = 30, model = \"acn-cl\", also_feeds = [\"sound: word clock\", \"lights\"]")));
  EXPECT_THAT(plan.wiring_notes, AllOf(Contains("'g': model acn-cl."),
                                       Contains("'g' also feeds sound: word clock, lights.")));
}

}  // namespace
}  // namespace lockstep

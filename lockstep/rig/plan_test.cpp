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
    {"MixedRates", Severity::error, "mixed-rates", "'b' has a rate of 15 fps, others have 30 fps",
     camera_b("frame_rate = 15")},
    {"MixedColor", Severity::warning, "mixed-color-modes", "MJPG_1080P",
     camera_b("color_mode = \"MJPG_1080P\"")},
    {"MixedDepth", Severity::warning, "mixed-depth-modes", "WFOV_2X2BINNED",
     camera_b("depth_mode = \"WFOV_2X2BINNED\"")},
    {"MixedMains", Severity::warning, "mixed-powerline", "50 Hz", camera_b("powerline_hz = 50")},
    {"MixedFamilies", Severity::warning, "mixed-families", "1.8 V",
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
  EXPECT_TRUE(rule.severity != Severity::error || plan.has_errors());
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

TEST(Plan, PassiveStarOfTwoIsFine) {
  const Plan plan = plan_of(star(2));
  EXPECT_FALSE(plan.has_errors());
  EXPECT_THAT(plan.wiring, Each(Field(&WiringLine::remark, HasSubstr("Y-splitter"))));
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

}  // namespace
}  // namespace lockstep

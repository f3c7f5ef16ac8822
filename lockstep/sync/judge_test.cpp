// SPDX-License-Identifier: MIT
#include "lockstep/sync/judge.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "tests/support/synthetic_evidence.h"

namespace lockstep {
namespace {

using testing::healthy_devices;
using testing::healthy_evidence;
using testing::judged;
using testing::make_evidence;
using testing::plan_of;
using testing::SyntheticRig;

const Finding* find(const SyncReport& report, std::string_view rule) {
  for (const Finding& finding : report.findings) {
    if (finding.rule == rule) return &finding;
  }
  return nullptr;
}

std::string failures(const SyncReport& report) {
  std::string text;
  for (const Finding& f : report.findings) {
    if (f.level == FindingLevel::fail) text += f.rule + ": " + f.message + "\n";
  }
  return text;
}

/// The one kind of failure that is wanted, on the device that has it, with a span.
void expect_only_failure(const SyncReport& report, const std::string& rule,
                         const std::string& device) {
  EXPECT_EQ(report.verdict, Verdict::not_in_step);
  const Finding* found = find(report, rule);
  ASSERT_NE(found, nullptr) << failures(report);
  EXPECT_EQ(found->level, FindingLevel::fail);
  EXPECT_EQ(found->device, device);
  EXPECT_TRUE(found->span.has_value());
  EXPECT_FALSE(found->message.empty());
  EXPECT_FALSE(found->cause.empty());
  EXPECT_FALSE(found->mend.empty());
  for (const Finding& other : report.findings) {
    if (other.level == FindingLevel::fail) {
      EXPECT_EQ(other.device, device) << other.message;
    }
  }
}

SyntheticRig short_rig() {
  SyntheticRig rig;
  rig.seconds = 20;
  return rig;
}

TEST(Judge, AHundredHealthyTakesPass) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SyntheticRig rig;
    rig.seed = seed;
    rig.seconds = 20;
    rig.jitter_us = 5 + static_cast<double>(seed % 11);
    const SyncReport report = judged(healthy_evidence(rig));
    EXPECT_EQ(report.verdict, Verdict::in_step) << "seed " << seed << "\n" << failures(report);
    for (const Finding& f : report.findings) ADD_FAILURE() << "seed " << seed << ": " << f.message;
  }
}

TEST(Judge, DelaysAsPlannedGiveNoWarningHoweverCloseTheyAre) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    SyntheticRig rig;
    rig.seed = seed;
    rig.devices = 10;
    rig.seconds = 70;
    rig.jitter_us = seed % 2 == 0 ? 5 : 10;
    rig.delay_step_us =
        156;  // realised as 14 steps: 30.6 us dark, as lockstep plan chooses for ten
    const SyncReport report = judged(healthy_evidence(rig));
    EXPECT_TRUE(report.findings.empty()) << "seed " << seed << ": " << report.findings[0].message;
  }
}

TEST(Judge, AGapThatIsTooSmallOverTheTakeWarns) {
  SyntheticRig rig;
  rig.delay_step_us = 145;  // realised as 13 steps: 19.4 us dark
  const SyncReport report = judged(healthy_evidence(rig));
  ASSERT_NE(find(report, "lasers-close"), nullptr);
  EXPECT_NEAR(*find(report, "lasers-close")->value, 19.4, 1.5);
}

TEST(Judge, TellsFromWhenToWhenLasersMeet) {
  Evidence evidence = healthy_evidence(short_rig());
  for (auto* stream : {&evidence.devices[1].color, &evidence.devices[1].depth}) {
    for (size_t i = 300; i < stream->size(); ++i) (*stream)[i] = (*stream)[i] - Micros(167);
  }
  const SyncReport report = judged(evidence);
  const Finding* meet = find(report, "lasers-meet");
  ASSERT_NE(meet, nullptr);
  EXPECT_EQ(meet->span->first_tick, 300);
  EXPECT_EQ(meet->span->count, 300);
}

TEST(Judge, NamesBothWitnessesOfAMinute) {
  EXPECT_EQ(judged(healthy_evidence({})).verdict_text(), "in step (stamps, arrival)");
  SyntheticRig silent;
  silent.arrivals = false;
  EXPECT_EQ(judged(healthy_evidence(silent)).verdict_text(), "in step (stamps only)");
}

TEST(Judge, FitsOffsetAndRateOfAMinuteToTwoMicrosecondsAndOnePpm) {
  for (const double jitter : {5.0, 10.0, 15.0}) {
    for (uint64_t seed = 1; seed <= 6; ++seed) {
      SyntheticRig rig;
      rig.seed = seed;
      rig.jitter_us = jitter;
      auto devices = healthy_devices(rig);
      devices[1].extra_color_us = 43.3;
      devices[2].extra_depth_us = -31.7;
      devices[2].stamp_ppm = 0.7;
      const SyncReport report = judged(make_evidence(rig, devices));
      EXPECT_NEAR(report.devices[1].color->offset_us, 43.3, 2)
          << "jitter " << jitter << " seed " << seed;
      EXPECT_NEAR(report.devices[2].depth->offset_us, -31.7, 2);
      EXPECT_EQ(report.devices[1].color->resolution_us, 0);
      // At mid-take, 0.7 ppm have gathered over the ticks before it.
      const double mid_s = 7 / 30.0 + rig.seconds / 2;
      EXPECT_NEAR(report.devices[2].color->offset_us, 0.7 * mid_s, 2);
      ASSERT_TRUE(report.devices[2].rate->judged);
      EXPECT_NEAR(report.devices[2].rate->ppm, 0.7, 0.3);
      EXPECT_NEAR(report.devices[1].rate->ppm, 0, 0.3);
    }
  }
}

TEST(Judge, StatesItsResolutionWhereNothingDithersTheStamps) {
  SyntheticRig rig = short_rig();
  rig.jitter_us = 0;
  const SyncReport report = judged(healthy_evidence(rig));
  EXPECT_NEAR(report.devices[1].color->resolution_us, kRegisterStepUs / 2, 1e-9);
  EXPECT_LE(std::abs(report.devices[1].color->offset_us), kRegisterStepUs);
}

TEST(Judge, NamesTheCameraWhoseDelayIsMisSet) {
  for (const double error : {150.0, -150.0}) {
    SyntheticRig rig = short_rig();
    auto devices = healthy_devices(rig);
    devices[2].extra_color_us = error;
    const SyncReport report = judged(make_evidence(rig, devices));
    expect_only_failure(report, "color-offset", "sub2");
    EXPECT_NEAR(*find(report, "color-offset")->value, error, 5);
    EXPECT_NE(find(report, "color-offset")->cause.find("mis-set"), std::string::npos);
  }
}

TEST(Judge, TellsAStepFromARate) {
  Evidence evidence = healthy_evidence(short_rig());
  for (auto* stream : {&evidence.devices[1].color, &evidence.devices[1].depth}) {
    for (size_t i = 300; i < stream->size(); ++i) (*stream)[i] = (*stream)[i] + Micros(150);
  }
  const SyncReport report = judged(evidence);
  expect_only_failure(report, "tick-offset", "sub1");
  EXPECT_NE(find(report, "tick-offset")->cause.find("at tick 300"), std::string::npos)
      << find(report, "tick-offset")->cause;
}

TEST(Judge, NamesTheSourceOnceWhenEverybodyElseIsOff) {
  SyntheticRig rig = short_rig();
  rig.devices = 4;
  auto devices = healthy_devices(rig);
  devices[0].extra_color_us = 150;
  const SyncReport report = judged(make_evidence(rig, devices));
  expect_only_failure(report, "color-offset", "master");
  EXPECT_EQ(report.count(FindingLevel::fail), 1) << failures(report);
  EXPECT_NEAR(*find(report, "color-offset")->value, 150, 5);
  EXPECT_NE(find(report, "color-offset")->mend.find("delay or exposure of master"),
            std::string::npos);
}

TEST(Judge, NamesTheSourceOnceWhenEverybodyElseSteps) {
  Evidence evidence = healthy_evidence(short_rig());
  for (auto* stream : {&evidence.devices[0].color, &evidence.devices[0].depth}) {
    for (size_t i = 300; i < stream->size(); ++i) (*stream)[i] = (*stream)[i] + Micros(250);
  }
  const SyncReport report = judged(evidence);
  expect_only_failure(report, "tick-offset", "master");
  EXPECT_EQ(report.count(FindingLevel::fail), 1) << failures(report);
  EXPECT_NE(find(report, "tick-offset")->message.find("at tick 300"), std::string::npos)
      << find(report, "tick-offset")->message;
}

// Each for itself: two that are off by different amounts have no common cause.
TEST(Judge, NamesEveryCameraThatIsOffByItsOwnAmount) {
  SyntheticRig rig = short_rig();
  auto devices = healthy_devices(rig);
  devices[1].extra_color_us = 150;
  devices[2].extra_color_us = -250;
  const SyncReport report = judged(make_evidence(rig, devices));
  std::vector<std::string> off;
  for (const Finding& f : report.findings) {
    if (f.rule == "color-offset") off.push_back(f.device);
  }
  EXPECT_EQ(off, (std::vector<std::string>{"sub1", "sub2"})) << failures(report);
}

TEST(Judge, FailsDepthThatIsOffItsOwnColour) {
  SyntheticRig rig = short_rig();
  auto devices = healthy_devices(rig);
  devices[0].extra_depth_us = 150;
  const SyncReport report = judged(make_evidence(rig, devices));
  expect_only_failure(report, "depth-offset", "master");
  EXPECT_NEAR(*find(report, "depth-offset")->value, 150, 5);
}

TEST(Judge, ListsLostTicksAsSpans) {
  Evidence evidence = healthy_evidence(short_rig());
  DeviceEvidence& sub = evidence.devices[1];
  sub.color.erase(sub.color.begin() + 100, sub.color.begin() + 103);
  sub.depth.erase(sub.depth.begin() + 100, sub.depth.begin() + 103);
  const SyncReport report = judged(evidence);
  expect_only_failure(report, "lost-ticks", "sub1");
  const Finding& lost = *find(report, "lost-ticks");
  EXPECT_EQ(lost.stream, "colour and depth");
  EXPECT_EQ(lost.span->first_tick, 100);
  EXPECT_EQ(lost.span->count, 3);
  EXPECT_NEAR(static_cast<double>(lost.span->from_us), (107) * 1e6 / 30 + 167 + 4165, 80);
}

TEST(Judge, TellsARecorderThatOwnsUpFromUsb) {
  Evidence evidence = healthy_evidence(short_rig());
  DeviceEvidence& sub = evidence.devices[1];
  sub.depth.erase(sub.depth.begin() + 50);
  EXPECT_NE(find(judged(evidence), "lost-ticks")->cause.find("depth stream"), std::string::npos);
  sub.drops.push_back({sub.color[51], 1});
  EXPECT_NE(find(judged(evidence), "lost-ticks")->cause.find("recorder"), std::string::npos);
}

TEST(Judge, ListsDuplicatedTicks) {
  Evidence evidence = healthy_evidence(short_rig());
  auto& color = evidence.devices[2].color;
  color.insert(color.begin() + 300, color[299] + Micros(33));
  const SyncReport report = judged(evidence);
  expect_only_failure(report, "duplicated-ticks", "sub2");
  EXPECT_EQ(find(report, "duplicated-ticks")->span->first_tick, 299);
  EXPECT_EQ(report.devices[2].duplicated, 1);
}

TEST(Judge, NamesARestartedCamera) {
  Evidence evidence = healthy_evidence(short_rig());
  for (auto* stream : {&evidence.devices[1].color, &evidence.devices[1].depth}) {
    const Nanos zero = (*stream)[350].since_zero();
    for (size_t i = 360; i < stream->size(); ++i) (*stream)[i] = (*stream)[i] - zero;
  }
  const SyncReport report = judged(evidence);
  expect_only_failure(report, "clock-restart", "sub1");
  EXPECT_EQ(report.common_ticks, 360);
  EXPECT_EQ(find(report, "clock-restart")->span->first_tick, 360);
}

TEST(Judge, NamesARestartThatCameAsASecondPart) {
  Evidence evidence = healthy_evidence(short_rig());
  DeviceEvidence part = evidence.devices[1];
  part.part = 2;
  part.source = "sub1.part2.mkv";
  part.part_reason = "the device was restarted";
  part.color.resize(100);
  part.depth.resize(100);
  evidence.devices.push_back(part);
  expect_only_failure(judged(evidence), "clock-restart", "sub1");
}

TEST(Judge, JudgesALongLaterPartOnTheRigsTime) {
  Evidence evidence = healthy_evidence(short_rig());
  for (DeviceEvidence& device : evidence.devices) device.rig_from_device_ns = 0;
  DeviceEvidence later = evidence.devices[1];
  evidence.devices[1].color.resize(100);
  evidence.devices[1].depth.resize(100);
  const Nanos zero(150 * 1'000'000'000LL / 30);
  for (auto* stream : {&later.color, &later.depth}) {
    stream->erase(stream->begin(), stream->begin() + 160);
    for (DeviceTime& stamp : *stream) stamp = stamp - zero;
  }
  later.arrivals.clear();
  later.part = 2;
  later.source = "sub1.part2.mkv";
  later.rig_from_device_ns = zero.count();
  evidence.devices.push_back(later);
  const SyncReport report = judged(evidence);
  expect_only_failure(report, "clock-restart", "sub1");
  EXPECT_EQ(report.count(FindingLevel::fail), 1) << failures(report);
  EXPECT_NEAR(report.devices[1].color->offset_us, 0, 5);
  EXPECT_NE(find(report, "clock-restart")->message.find("5.3 s into the take"), std::string::npos)
      << find(report, "clock-restart")->message;
}

TEST(Judge, IgnoresFramesFromBeforeTheRollBack) {
  Evidence evidence = healthy_evidence(short_rig());
  auto& color = evidence.devices[1].color;
  color.insert(color.begin(), {DeviceTime(Micros(90'000'000)), DeviceTime(Micros(90'033'333))});
  EXPECT_EQ(judged(evidence).verdict, Verdict::in_step) << failures(judged(evidence));
}

TEST(Judge, FailsLasersThatMeetOnlyWithARigFile) {
  SyntheticRig rig = short_rig();
  rig.delay_step_us = 60;
  Evidence evidence = healthy_evidence(rig);
  const SyncReport loose = judged(evidence);
  EXPECT_EQ(loose.verdict, Verdict::in_step) << failures(loose);
  ASSERT_NE(find(loose, "lasers-meet"), nullptr);
  EXPECT_EQ(find(loose, "lasers-meet")->level, FindingLevel::warning);
  evidence.plan = plan_of(evidence);
  const SyncReport planned = judged(evidence);
  EXPECT_EQ(planned.verdict, Verdict::not_in_step);
  EXPECT_EQ(find(planned, "lasers-meet")->level, FindingLevel::fail);
  EXPECT_NE(find(planned, "lasers-meet")->device.find("sub1"), std::string::npos);
  EXPECT_TRUE(find(planned, "lasers-meet")->span.has_value());
}

TEST(Judge, ForgivesLasersWhoseViewsNeverOverlap) {
  SyntheticRig rig = short_rig();
  rig.devices = 2;
  rig.delay_step_us = 60;
  Evidence evidence = healthy_evidence(rig);
  evidence.plan = plan_of(evidence);
  evidence.plan->gaps.push_back({"sub1", "master", -65, false});
  EXPECT_EQ(judged(evidence).verdict, Verdict::in_step);
}

TEST(Judge, ReportsAChangeAgainstTheLastGoodTake) {
  SyntheticRig rig = short_rig();
  const auto before =
      last_good_from_json(sync_report_to_json(judged(healthy_evidence(rig))), "take-001");
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_TRUE(before->passes);
  auto devices = healthy_devices(rig);
  devices[1].extra_color_us = 36;
  rig.seed = 2;
  const SyncReport report = judge(make_evidence(rig, devices), Gates{}, &*before);
  EXPECT_EQ(report.verdict, Verdict::in_step);
  EXPECT_NEAR(*report.devices[1].color_change_us, 36, 5);
  EXPECT_NEAR(*report.devices[2].color_change_us, 0, 5);
  ASSERT_NE(find(report, "changed"), nullptr);
  EXPECT_EQ(find(report, "changed")->device, "sub1");
  EXPECT_EQ(find(report, "changed")->level, FindingLevel::warning);
}

TEST(Judge, ArrivalConvictsACameraWithoutPulses) {
  SyntheticRig rig;
  auto devices = healthy_devices(rig);
  devices[2].pace_ppm = 20;  // its stamps are perfect
  const SyncReport report = judged(make_evidence(rig, devices));
  expect_only_failure(report, "arrival-rate", "sub2");
  EXPECT_NEAR(*find(report, "arrival-rate")->value, 20, 3);
}

TEST(Judge, AFreeClockIsReportedNotJudged) {
  SyntheticRig rig;
  rig.free_clocks = true;
  Evidence evidence = healthy_evidence(rig);
  EXPECT_EQ(judged(evidence).verdict, Verdict::not_in_step);  // an Azure clock must not do that
  for (DeviceEvidence& device : evidence.devices) device.family = Family::femto_bolt;
  for (DeviceEvidence& device : evidence.devices)
    device.config.subordinate_delay_off_master = Micros(std::llround(
        realised_delay_us(Family::azure_kinect, device.config.subordinate_delay_off_master)));
  const SyncReport report = judged(evidence);
  EXPECT_EQ(report.verdict, Verdict::in_step) << failures(report);
  EXPECT_NEAR(report.devices[1].color->offset_us, 0, 3);
  EXPECT_GT(std::max(std::abs(report.devices[1].rate->ppm), std::abs(report.devices[2].rate->ppm)),
            5);
}

TEST(Judge, CopesWithALineThatIsHalfAPerCentFast) {
  SyntheticRig rig = short_rig();
  rig.line_ppm = -5000;
  EXPECT_EQ(judged(healthy_evidence(rig)).verdict, Verdict::in_step);
}

TEST(Judge, SaysThatTheMasterWasStartedFirst) {
  Evidence evidence = healthy_evidence(short_rig());
  for (auto* stream : {&evidence.devices[1].color, &evidence.devices[1].depth}) {
    for (DeviceTime& stamp : *stream) stamp = stamp - Micros(65'000);
  }
  for (ArrivalNote& note : evidence.devices[1].arrivals) note.stamp = note.stamp - Micros(65'000);
  const SyncReport report = judged(evidence);
  expect_only_failure(report, "color-offset", "sub1");
  EXPECT_NE(find(report, "color-offset")->cause.find("started before"), std::string::npos);
}

/// A camera whose exposure is longer by 8340 us, as an automatic one is beside 8330.
Evidence unlike_exposures() {
  SyntheticRig rig = short_rig();
  rig.arrivals = false;
  auto devices = healthy_devices(rig);
  devices[1].extra_color_us = 4170;
  return make_evidence(rig, devices);
}

TEST(Judge, LeavesOpenWhetherExposuresDifferWhereTheyAreNotRecorded) {
  Evidence evidence = unlike_exposures();
  for (DeviceEvidence& device : evidence.devices) device.exposures.clear();
  const SyncReport report = judged(evidence);
  expect_only_failure(report, "color-offset", "sub1");
  const Finding& open = *find(report, "color-offset");
  EXPECT_NE(open.cause.find("started before"), std::string::npos) << open.cause;
  EXPECT_NE(open.cause.find("exposures of master and sub1 differ by about 83"), std::string::npos)
      << open.cause;
  EXPECT_NE(open.mend.find("manual exposure"), std::string::npos) << open.mend;
  EXPECT_EQ(open.cause.find("By its size the exposures"), 0U) << "8340 us are two steps apart";
}

TEST(Judge, NamesTheEarlyStartFirstWhereNoTwoExposuresLieSoFarApart) {
  SyntheticRig rig = short_rig();
  rig.arrivals = false;
  auto devices = healthy_devices(rig);
  devices[1].extra_color_us = 5400;
  Evidence evidence = make_evidence(rig, devices);
  for (DeviceEvidence& device : evidence.devices) device.exposures.clear();
  const SyncReport report = judged(evidence);
  const std::string& cause = find(report, "color-offset")->cause;
  EXPECT_EQ(cause.find("The clocks do not share their zero"), 0U) << cause;
  EXPECT_NE(cause.find("Or the exposures"), std::string::npos) << cause;
}

TEST(Judge, TellsUnlikeExposuresFromAnEarlyStartWhereTheTakeSaysThem) {
  Evidence evidence = unlike_exposures();
  evidence.plan = plan_of(evidence);
  for (DeviceEvidence& device : evidence.devices) device.exposures.clear();
  for (PlannedCamera& camera : evidence.plan->cameras) camera.config.exposure = Micros(8330);
  // Equal ones move nothing.
  const SyncReport equal = judged(evidence);
  expect_only_failure(equal, "color-offset", "sub1");
  EXPECT_EQ(find(equal, "color-offset")->cause.find("xposure"), std::string::npos);
  evidence.plan->cameras[1].config.exposure = Micros(16'670);
  const SyncReport differ = judged(evidence);
  expect_only_failure(differ, "color-offset", "sub1");
  EXPECT_NE(find(differ, "color-offset")->cause.find("16670 us, that of master"),
            std::string::npos);
  EXPECT_NE(find(differ, "color-offset")->mend.find("manual exposure"), std::string::npos);
}

/// Its clock was zeroed 50 pulses later than the master's.
Evidence zeroed_late() {
  Evidence evidence = healthy_evidence(short_rig());
  const Nanos late = Nanos(50 * 1'000'000'000LL / 30);
  for (auto* stream : {&evidence.devices[1].color, &evidence.devices[1].depth}) {
    stream->erase(stream->begin(), stream->begin() + 50);
    for (DeviceTime& stamp : *stream) stamp = stamp - late;
  }
  auto& arrivals = evidence.devices[1].arrivals;
  arrivals.erase(arrivals.begin(), arrivals.begin() + 50);
  for (ArrivalNote& note : arrivals) note.stamp = note.stamp - late;
  return evidence;
}

TEST(Judge, FindsWholePeriodsFromArrival) {
  Evidence evidence = zeroed_late();
  for (const bool in_take : {false, true}) {
    SCOPED_TRACE(in_take);
    // A take whose session thought that all clocks share one zero.
    if (in_take) {
      for (DeviceEvidence& device : evidence.devices) device.rig_from_device_ns = -1'000'000'000;
    }
    const SyncReport report = judged(evidence);
    expect_only_failure(report, "clock-zero", "sub1");
    EXPECT_EQ(*find(report, "clock-zero")->value, 50);
    EXPECT_EQ(report.common_ticks, 550);
  }
}

}  // namespace
}  // namespace lockstep

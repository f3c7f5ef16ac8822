// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>

#include "lockstep/sync/alignment.h"
#include "lockstep/sync/judge.h"
#include "tests/support/synthetic_evidence.h"

namespace lockstep {
namespace {

using testing::healthy_devices;
using testing::healthy_evidence;
using testing::judged;
using testing::make_evidence;
using testing::plan_of;
using testing::SyntheticRig;

SyntheticRig brief_rig() {
  SyntheticRig rig;
  rig.seconds = 5;
  return rig;
}

bool has(const SyncReport& report, std::string_view rule) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [&](const Finding& f) { return f.rule == rule; });
}

TEST(JudgeSets, OneCameraHasNoSyncVerdictButItsTicksAreChecked) {
  Evidence evidence = healthy_evidence(brief_rig());
  evidence.devices.resize(1);
  EXPECT_EQ(judged(evidence).verdict, Verdict::standalone);
  EXPECT_TRUE(judged(evidence).passes());
  auto& color = evidence.devices[0].color;
  color.erase(color.begin() + 30);
  EXPECT_TRUE(has(judged(evidence), "lost-ticks"));
  EXPECT_FALSE(judged(evidence).passes());
}

TEST(JudgeSets, FilesOfDifferentTakesAreRefused) {
  const Evidence healthy = healthy_evidence(brief_rig());
  const auto verdict_with = [&](auto bend) {
    Evidence evidence = healthy;
    bend(evidence.devices);
    const SyncReport report = judged(evidence);
    EXPECT_FALSE(report.passes());
    return report.verdict;
  };
  using Devices = std::vector<DeviceEvidence>;
  EXPECT_EQ(verdict_with([](Devices& d) { d[1].config.frame_rate = FrameRate::fps15; }),
            Verdict::not_one_take);
  EXPECT_EQ(verdict_with([](Devices& d) { d[1].serial = d[2].serial; }), Verdict::not_one_take);
  EXPECT_EQ(verdict_with([](Devices& d) { d[1].config.wired_sync = WiredSync::master; }),
            Verdict::not_one_take);
  EXPECT_EQ(verdict_with([](Devices& d) { d[1].is_virtual = true; }), Verdict::not_one_take);
  EXPECT_EQ(verdict_with([](Devices& d) {
              d[0].date_utc_ns = 1'000'000'000;
              d[1].date_utc_ns = 86'400'000'000'000;
            }),
            Verdict::not_one_take);
  // So far apart that whole nanoseconds do not hold it.
  EXPECT_EQ(verdict_with([](Devices& d) {
              d[0].date_utc_ns = std::numeric_limits<int64_t>::min();
              d[1].date_utc_ns = std::numeric_limits<int64_t>::max();
            }),
            Verdict::not_one_take);
  EXPECT_EQ(verdict_with([](Devices& d) {
              d[1].arrivals.clear();
              for (auto* stream : {&d[1].color, &d[1].depth})
                for (DeviceTime& stamp : *stream) stamp = stamp + std::chrono::minutes(5);
            }),
            Verdict::not_one_take);
}

TEST(JudgeSets, WithoutAWiredSyncTagItIsNotWired) {
  Evidence evidence = healthy_evidence(brief_rig());
  evidence.devices[2].has_wired_sync_tag = false;
  EXPECT_EQ(judged(evidence).verdict, Verdict::not_wired);
  EXPECT_EQ(judged(evidence).verdict_text(), "not wired");
  evidence.devices[2].has_wired_sync_tag = true;
  evidence.devices[2].config.wired_sync = WiredSync::standalone;
  EXPECT_EQ(judged(evidence).verdict, Verdict::not_wired);
}

TEST(JudgeSets, AFileIsMatchedToItsCameraByNameOnlyWithoutASerial) {
  const Evidence evidence = healthy_evidence(brief_rig());
  const Plan plan = plan_of(evidence);
  DeviceEvidence device = evidence.devices[1];
  device.name = evidence.devices[2].name;
  EXPECT_EQ(planned_for(plan, device), &plan.cameras[1]);
  device.serial = "of-nobody";
  EXPECT_EQ(planned_for(plan, device), nullptr);
  device.serial.clear();
  EXPECT_EQ(planned_for(plan, device), &plan.cameras[2]);
}

TEST(JudgeSets, AClockIsAsThePlanDeclaresUnlessTheGatesSayOtherwise) {
  const Evidence evidence = healthy_evidence(brief_rig());
  Plan plan = plan_of(evidence);
  const DeviceEvidence& device = evidence.devices[1];
  EXPECT_TRUE(is_disciplined(device, nullptr, ClockAssumption::as_declared));
  plan.cameras[1].clock_disciplined = false;
  EXPECT_FALSE(is_disciplined(device, &plan, ClockAssumption::as_declared));
  EXPECT_TRUE(is_disciplined(device, &plan, ClockAssumption::disciplined));
  EXPECT_FALSE(is_disciplined(device, nullptr, ClockAssumption::free_running));
}

TEST(JudgeSets, ACameraOfTheRigWithoutARecordingFails) {
  Evidence evidence = healthy_evidence(brief_rig());
  evidence.plan = plan_of(evidence);
  evidence.devices.pop_back();
  EXPECT_TRUE(has(judged(evidence), "camera-missing"));
  EXPECT_EQ(judged(evidence).verdict, Verdict::not_in_step);
}

TEST(JudgeSets, ARecordingThatTheTakeLostFailsByItsFile) {
  Evidence evidence = healthy_evidence(brief_rig());
  evidence.plan = plan_of(evidence);
  const std::string camera = evidence.devices[1].name;
  evidence.lost.push_back({camera, camera + ".part2.mkv", 2, "", 1800});
  const SyncReport part = judged(evidence);
  EXPECT_EQ(part.verdict, Verdict::not_in_step);
  EXPECT_EQ(part.count(FindingLevel::fail), 1);
  EXPECT_EQ(part.findings[0].rule, "recording-missing");
  EXPECT_NE(part.findings[0].message.find(camera + ".part2.mkv is missing"), std::string::npos);

  evidence.devices.erase(evidence.devices.begin() + 1);
  evidence.lost[0] = {camera, camera + ".mkv", 1, "it is empty", 1800};
  const SyncReport unusable = judged(evidence);
  EXPECT_EQ(unusable.count(FindingLevel::fail), 1);
  EXPECT_EQ(unusable.findings[0].rule, "recording-unusable");
  EXPECT_NE(unusable.findings[0].message.find("counted 1800 captures"), std::string::npos);
}

TEST(JudgeSets, RecordingsSwappedInsideATakeFailAndBlameNoOtherCamera) {
  Evidence evidence = healthy_evidence(brief_rig());
  evidence.plan = plan_of(evidence);
  for (DeviceEvidence& device : evidence.devices) device.take_serial = device.serial;
  EXPECT_TRUE(judged(evidence).passes());
  DeviceEvidence &b = evidence.devices[1], &c = evidence.devices[2];
  std::swap(b.take_serial, c.take_serial);
  std::swap(b.name, c.name);
  const SyncReport report = judged(evidence);
  EXPECT_EQ(report.verdict, Verdict::not_in_step);
  EXPECT_EQ(report.count(FindingLevel::fail), 2);
  for (const Finding& f : report.findings) {
    EXPECT_TRUE(f.level != FindingLevel::fail || f.rule == "misplaced-recording") << f.rule;
  }
  for (const std::string& said : {b.source, b.serial, b.name, b.take_serial, c.name})
    EXPECT_NE(report.findings[0].message.find(said), std::string::npos) << said;
}

TEST(JudgeSets, ARecordingOfAnotherRigFails) {
  Evidence evidence = healthy_evidence(brief_rig());
  evidence.plan = plan_of(evidence);
  evidence.plan->cameras.pop_back();
  EXPECT_TRUE(has(judged(evidence), "not-in-rig"));
}

TEST(JudgeSets, ACameraWithoutImagesFailsAndTheOthersAreJudged) {
  Evidence evidence = healthy_evidence(brief_rig());
  evidence.devices[1].color.clear();
  evidence.devices[1].depth.clear();
  const SyncReport report = judged(evidence);
  EXPECT_EQ(report.verdict, Verdict::not_in_step);
  EXPECT_TRUE(has(report, "recorded-nothing"));
  EXPECT_EQ(report.count(FindingLevel::fail), 1);
  EXPECT_EQ(report.common_ticks, 150);
  ASSERT_EQ(report.devices.size(), 3u);
  EXPECT_EQ(report.devices[2].name, "sub1");
}

TEST(JudgeSets, FewerThanThreeCommonTicksAreTooShortToJudge) {
  Evidence evidence = healthy_evidence(brief_rig());
  for (auto* stream : {&evidence.devices[1].color, &evidence.devices[1].depth}) stream->resize(2);
  const SyncReport report = judged(evidence);
  EXPECT_FALSE(report.passes());
  EXPECT_EQ(report.verdict_text(), "too short to judge");
  evidence = healthy_evidence(brief_rig());
  for (auto* stream : {&evidence.devices[1].color, &evidence.devices[1].depth}) stream->resize(3);
  EXPECT_EQ(judged(evidence).verdict, Verdict::in_step);
}

TEST(JudgeSets, RecordingsOfTwoTakesAreToldByTheirIds) {
  Evidence evidence = healthy_evidence(brief_rig());
  for (DeviceEvidence& device : evidence.devices) device.take_id = "a";
  EXPECT_EQ(judged(evidence).verdict, Verdict::in_step);
  evidence.devices[2].take_id = "b";
  EXPECT_EQ(judged(evidence).verdict, Verdict::not_one_take);
  EXPECT_TRUE(has(judged(evidence), "mixed-takes"));
  evidence.devices[2].take_id.clear();
  EXPECT_EQ(judged(evidence).verdict, Verdict::in_step);
}

TEST(JudgeSets, ATakeThatIsUnprovedOrIncompleteSaysSo) {
  Evidence evidence = healthy_evidence(brief_rig());
  evidence.unproved = evidence.incomplete = true;
  evidence.unfinished = evidence.left_behind = true;
  const SyncReport report = judged(evidence);
  EXPECT_EQ(report.verdict, Verdict::in_step);
  for (const char* rule :
       {"take-unproved", "take-incomplete", "take-unfinished", "take-left-behind"})
    EXPECT_TRUE(has(report, rule)) << rule;
}

TEST(JudgeSets, AutomaticExposureIsSaidEvenWhereItDidNotMove) {
  Evidence evidence = healthy_evidence(brief_rig());
  evidence.plan = plan_of(evidence);
  for (PlannedCamera& camera : evidence.plan->cameras) camera.config.exposure = Micros(8330);
  EXPECT_FALSE(has(judged(evidence), "exposure-automatic"));
  evidence.plan->cameras[1].config.exposure.reset();
  EXPECT_TRUE(has(judged(evidence), "exposure-automatic"));
}

TEST(JudgeSets, ALostCameraTellsItsLastTick) {
  Evidence evidence = healthy_evidence(brief_rig());
  for (auto* stream : {&evidence.devices[0].color, &evidence.devices[0].depth}) stream->resize(60);
  evidence.devices[0].lost_because = "it was unplugged.";
  const SyncReport report = judged(evidence);
  const auto lost = std::find_if(report.findings.begin(), report.findings.end(),
                                 [](const Finding& f) { return f.rule == "camera-lost"; });
  ASSERT_NE(lost, report.findings.end());
  EXPECT_EQ(lost->span->first_tick, 59);
  EXPECT_EQ(lost->message.find(".."), std::string::npos);
  EXPECT_NE(lost->message.find("gave the pulses"), std::string::npos) << lost->message;
  EXPECT_FALSE(lost->cause.empty());
}

TEST(JudgeSets, UnequalExposuresAreJudgedByTheReadingThatFits) {
  SyntheticRig rig = brief_rig();
  for (const double share : {0.5, 0.0, -0.5, -1.0}) {
    auto devices = healthy_devices(rig);
    const double longer = 16'670 - 8'330;
    devices[1].extra_color_us = share * longer;
    Evidence evidence = make_evidence(rig, devices);
    evidence.devices[1].exposures = {{DeviceTime{}, Micros(16'670)}};
    const SyncReport report = judged(evidence);
    EXPECT_EQ(report.verdict, Verdict::in_step) << share;
    EXPECT_TRUE(has(report, "exposure-differs"));
    EXPECT_NEAR(report.devices[1].color->offset_us, 0, 5);
  }
}

TEST(JudgeSets, TheMeaningOfAStampDoesNotChangeAVerdict) {
  SyntheticRig rig = brief_rig();
  for (const double extra : {0.0, 150.0}) {
    auto devices = healthy_devices(rig);
    devices[1].extra_color_us = extra;
    const Evidence center = make_evidence(rig, devices);
    Evidence start = center;  // start of frame: half an exposure earlier, on all alike
    for (DeviceEvidence& device : start.devices) {
      for (auto* stream : {&device.color, &device.depth})
        for (DeviceTime& stamp : *stream) stamp = stamp - Micros(4165);
    }
    const SyncReport a = judged(center), b = judged(start);
    EXPECT_EQ(a.verdict, b.verdict);
    EXPECT_NEAR(a.devices[1].color->offset_us, b.devices[1].color->offset_us, 0.01);
  }
}

TEST(JudgeSets, AGeneratorRigIsJudgedAgainstTheMiddleCamera) {
  SyntheticRig rig = brief_rig();
  rig.devices = 4;
  auto devices = healthy_devices(rig);
  devices[0].role = WiredSync::subordinate;
  EXPECT_EQ(judged(make_evidence(rig, devices)).verdict, Verdict::in_step);
  devices[3].extra_color_us = 150;
  const SyncReport report = judged(make_evidence(rig, devices));
  EXPECT_EQ(report.verdict, Verdict::not_in_step);
  for (const Finding& f : report.findings) EXPECT_EQ(f.device, "sub3") << f.message;
}

TEST(JudgeSets, NoDeviceAtAllIsNothingToJudge) {
  EXPECT_EQ(judged({}).verdict, Verdict::nothing_to_judge);
  EXPECT_FALSE(judged({}).passes());
}

RC_GTEST_PROP(JudgeSetsProperty, TheOrderOfTheFilesDoesNotMatter, ()) {
  SyntheticRig rig = brief_rig();
  rig.seconds = 2;
  rig.seed = *rc::gen::inRange<uint64_t>(1, 1000);
  rig.devices = *rc::gen::inRange(2, 6);
  auto devices = healthy_devices(rig);
  devices[0].role = *rc::gen::arbitrary<bool>() ? WiredSync::master : WiredSync::subordinate;
  devices[1].extra_color_us = *rc::gen::element(0.0, 150.0);
  Evidence evidence = make_evidence(rig, devices);
  const SyncReport first = judged(evidence);
  const auto turn = *rc::gen::inRange<size_t>(0, evidence.devices.size());
  std::rotate(evidence.devices.begin(), evidence.devices.begin() + static_cast<ptrdiff_t>(turn),
              evidence.devices.end());
  const SyncReport second = judged(evidence);
  RC_ASSERT(first.verdict == second.verdict);
  RC_ASSERT(first.findings.size() == second.findings.size());
  RC_ASSERT(first.reference == second.reference);
  for (const DeviceReport& device : first.devices) {
    const auto same = std::find_if(second.devices.begin(), second.devices.end(),
                                   [&](const DeviceReport& d) { return d.name == device.name; });
    RC_ASSERT(same != second.devices.end());
    if (device.color) RC_ASSERT(device.color->offset_us == same->color->offset_us);
  }
}

RC_GTEST_PROP(JudgeSetsProperty, AnyStampsAtAllGiveAReport, ()) {
  Evidence evidence;
  const auto stamps = rc::gen::container<std::vector<int64_t>>(rc::gen::oneOf(
      rc::gen::inRange<int64_t>(0, 2'000'000), rc::gen::inRange<int64_t>(0, 4'000'000'000'000)));
  for (int i = 0; i < *rc::gen::inRange(1, 4); ++i) {
    DeviceEvidence device;
    device.name = "camera" + std::to_string(i);
    device.config.wired_sync = i == 0 ? WiredSync::master : WiredSync::subordinate;
    for (const int64_t us : *stamps) device.color.push_back(DeviceTime(Micros(us)));
    for (const int64_t us : *stamps) device.depth.push_back(DeviceTime(Micros(us)));
    evidence.devices.push_back(device);
  }
  const SyncReport report = judged(evidence);
  RC_ASSERT(!report.verdict_text().empty());
  RC_ASSERT(!sync_report_to_json(report).empty());
}

// A rig file of another shoot: every setting in which it differs is named, and none where none
// does.
TEST(JudgeSets, NamesEverySettingThatIsNotAsPlanned) {
  Evidence evidence = healthy_evidence(brief_rig());
  for (DeviceEvidence& device : evidence.devices)
    device.config.color_resolution = ColorResolution::p720;
  evidence.plan = plan_of(evidence);
  for (PlannedCamera& camera : evidence.plan->cameras) camera.config.exposure = Micros(8330);
  const auto told = [&] {
    std::string all;
    for (const Finding& f : judged(evidence).findings) {
      if (f.rule == "not-as-planned" && f.device == "sub1") all += f.message + "\n";
    }
    return all;
  };
  EXPECT_EQ(told(), "");
  CameraConfig& planned = evidence.plan->cameras[1].config;
  planned.frame_rate = FrameRate::fps15;
  planned.depth_mode = DepthMode::wfov_2x2binned;
  planned.color_resolution = ColorResolution::p1080;
  planned.exposure = Micros(16'670);
  const std::string all = told();
  for (const char* wanted :
       {"30 fps, rig \"synthetic\" plans 15 fps", "plans WFOV_2X2BINNED",
        "MJPG_720P, rig \"synthetic\" plans MJPG_1080P", "8330 us, rig \"synthetic\" plans"}) {
    EXPECT_NE(all.find(wanted), std::string::npos) << wanted << " in\n" << all;
  }
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
// What is wrong only for a part of a take, and seldom enough to hide in its averages.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "lockstep/sync/judge.h"
#include "tests/support/synthetic_evidence.h"

namespace lockstep {
namespace {

using testing::healthy_devices;
using testing::healthy_evidence;
using testing::judged;
using testing::make_evidence;
using testing::SyntheticRig;

const Finding* failure(const SyncReport& report) {
  for (const Finding& finding : report.findings) {
    if (finding.level == FindingLevel::fail) return &finding;
  }
  return nullptr;
}

void add_us(std::vector<DeviceTime>& stamps, size_t from, size_t to, int64_t us) {
  for (size_t i = from; i < std::min(to, stamps.size()); ++i) stamps[i] = stamps[i] + Micros(us);
}

TEST(JudgePartsOfTakes, FindsADelayThatIsOffForAFewSecondsAtAnyRate) {
  for (const int fps : {5, 15, 30}) {
    SyntheticRig rig;
    rig.fps = fps;
    for (const int to_s : {51, 60}) {
      const auto from = static_cast<size_t>(45 * fps), to = static_cast<size_t>(to_s * fps);
      Evidence evidence = healthy_evidence(rig);
      add_us(evidence.devices[1].color, from, to, 150);
      add_us(evidence.devices[1].depth, from, to, 150);
      const SyncReport report = judged(evidence);
      const Finding* found = failure(report);
      ASSERT_NE(found, nullptr) << fps << " fps, to " << to_s << " s";
      EXPECT_EQ(found->device, "sub1");
      EXPECT_GE(found->span->first_tick, static_cast<int64_t>(from) - 2 * fps);
      EXPECT_LT(found->span->first_tick, static_cast<int64_t>(to));
    }
  }
}

TEST(JudgePartsOfTakes, FindsDepthThatLeavesItsOwnColour) {
  for (const int64_t us : {160, 900, 16'000}) {
    Evidence evidence = healthy_evidence({});
    add_us(evidence.devices[2].depth, 1740, 1800, us);
    const SyncReport report = judged(evidence);
    const Finding* found = failure(report);
    ASSERT_NE(found, nullptr) << us;
    EXPECT_EQ(found->rule, "depth-offset");
    EXPECT_EQ(found->device, "sub2");
    EXPECT_NEAR(*found->value, static_cast<double>(us), 10);
    EXPECT_GE(found->span->first_tick, 1700);
  }
}

TEST(JudgePartsOfTakes, FindsACableThatIsPulledLateInALongTake) {
  SyntheticRig rig;
  rig.seconds = 1800;
  rig.devices = 2;
  auto devices = healthy_devices(rig);
  devices[1].pace_ppm = -25;
  devices[1].pace_from_s = 1740;
  const SyncReport report = judged(make_evidence(rig, devices));
  const Finding* found = failure(report);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->rule, "arrival-rate");
  EXPECT_EQ(found->device, "sub1");
  EXPECT_NEAR(static_cast<double>(found->span->first_tick), 1740.0 * 30, 10 * 30);
}

// A take is cut on one tick, so whoever ends before lost what the others have.
TEST(JudgePartsOfTakes, ACameraThatFallsSilentFailsATakeAndWarnsOfLooseFiles) {
  for (const bool take : {true, false}) {
    for (const bool only_depth : {true, false}) {
      Evidence evidence = healthy_evidence({});
      evidence.cut_on_one_tick = take;
      if (!only_depth) evidence.devices[0].color.resize(600);
      evidence.devices[0].depth.resize(600);
      const SyncReport report = judged(evidence);
      EXPECT_EQ(report.passes(), !take);
      const auto& rule = take ? "lost-ticks" : "ended-early";
      const auto told = std::find_if(report.findings.begin(), report.findings.end(),
                                     [&](const Finding& f) { return f.rule == rule; });
      ASSERT_NE(told, report.findings.end());
      EXPECT_EQ(told->device, "master");
      EXPECT_EQ(told->stream, only_depth ? "depth" : "colour");
    }
  }
}

TEST(JudgePartsOfTakes, OneTickAtTheEndIsLostToATake) {
  Evidence evidence = healthy_evidence({});
  evidence.cut_on_one_tick = true;
  EXPECT_TRUE(judged(evidence).passes());
  evidence.devices[1].color.pop_back();
  evidence.devices[1].depth.pop_back();
  const SyncReport report = judged(evidence);
  ASSERT_NE(failure(report), nullptr);
  EXPECT_EQ(failure(report)->rule, "lost-ticks");
  EXPECT_EQ(failure(report)->span->count, 1);
}

/// Five windows of arrivals make a line by chance.
TEST(JudgePartsOfTakes, AreNoneInFourSeconds) {
  SyntheticRig rig;
  rig.seed = 687'893;
  rig.fps = 15;
  rig.seconds = 4;
  rig.jitter_us = 0;
  const SyncReport report = judged(healthy_evidence(rig));
  EXPECT_EQ(failure(report), nullptr) << failure(report)->message;
}

RC_GTEST_PROP(JudgePartsOfTakes, LeaveHealthyOnesAlone, ()) {
  SyntheticRig rig;
  rig.seed = *rc::gen::inRange<uint64_t>(1, 1'000'000);
  rig.fps = *rc::gen::element(5, 15, 30);
  rig.seconds = *rc::gen::element(4.0, 20.0, 60.0, 300.0);
  rig.jitter_us = *rc::gen::element(0.0, 5.0, 15.0);
  Evidence evidence = healthy_evidence(rig);
  evidence.cut_on_one_tick = true;
  const SyncReport report = judged(evidence);
  RC_ASSERT(failure(report) == nullptr);
}

}  // namespace
}  // namespace lockstep

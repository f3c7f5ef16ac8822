// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>

#include "lockstep/sync/judge.h"
#include "tests/support/synthetic_evidence.h"

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::healthy_devices;
using ::testing::IsEmpty;
using testing::judged;
using testing::make_evidence;
using testing::plan_of;
using testing::SyntheticDevice;
using testing::SyntheticRig;

WiringLine cable(const std::string& from, const std::string& to) {
  return {from + " Sync Out", to + " Sync In", "3.5 mm cable", "", from, to};
}

/// master -> sub1 -> sub2 -> sub3.
Evidence chain_of(const SyntheticRig& rig, const std::vector<SyntheticDevice>& devices) {
  Evidence evidence = make_evidence(rig, devices);
  evidence.plan = plan_of(evidence);
  for (size_t i = 1; i < devices.size(); ++i)
    evidence.plan->wiring.push_back(cable(devices[i - 1].name, devices[i].name));
  return evidence;
}

SyntheticRig four() {
  SyntheticRig rig;
  rig.devices = 4;
  return rig;
}

std::vector<Finding> failures(const SyncReport& report) {
  std::vector<Finding> found;
  std::copy_if(report.findings.begin(), report.findings.end(), std::back_inserter(found),
               [](const Finding& f) { return f.level == FindingLevel::fail; });
  return found;
}

std::vector<Finding> of_arrival(const SyncReport& report) {
  std::vector<Finding> found;
  std::copy_if(report.findings.begin(), report.findings.end(), std::back_inserter(found),
               [](const Finding& f) { return f.rule == "arrival-rate"; });
  return found;
}

void expect_from(const Finding& finding, double from_s) {
  ASSERT_TRUE(finding.span);
  EXPECT_NEAR(static_cast<double>(finding.span->first_tick) / 30, from_s, 1.5) << finding.message;
}

TEST(BrokenLine, IsOneFindingThatNamesTheCableAndTheInstant) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SyntheticRig rig = four();
    rig.seed = seed;
    auto devices = healthy_devices(rig);
    const double paces[] = {0, 0, 22, -17};  // each by its own crystal
    for (size_t i : {2, 3}) {
      devices[i].pace_ppm = paces[i];
      devices[i].pace_from_s = 23;
    }
    const SyncReport report = judged(chain_of(rig, devices));
    const auto found = failures(report);
    ASSERT_EQ(found.size(), 1u) << "seed " << seed;
    EXPECT_EQ(found[0].rule, "arrival-rate");
    EXPECT_EQ(found[0].device, "sub2");
    EXPECT_EQ(found[0].link, "sub1.out -> sub2.in");
    EXPECT_THAT(found[0].behind, ElementsAre("sub3"));
    EXPECT_THAT(found[0].message, HasSubstr("broke at sub1.out -> sub2.in"));
    EXPECT_THAT(found[0].mend, HasSubstr("from sub1 Sync Out to sub2 Sync In"));
    EXPECT_THAT(found[0].mend, HasSubstr("from master Sync Out to sub1 Sync In"));
    expect_from(found[0], 23);
    EXPECT_EQ(found[0].span->first_tick + found[0].span->count, 1800);
    EXPECT_NEAR(*found[0].value, 22, 3);
    EXPECT_THAT(report.witnesses, ElementsAre("stamps"));
  }
}

TEST(BrokenLine, IsTheSourcesWhenEverybodyIsOffIt) {
  auto devices = healthy_devices(four());
  for (size_t i = 1; i < 4; ++i) devices[i].pace_ppm = 10.0 * static_cast<double>(i) - 25;
  const auto found = failures(judged(chain_of(four(), devices)));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].link, "master.out -> sub1.in");
  EXPECT_EQ(found[0].device, "sub1");
  EXPECT_THAT(found[0].behind, ElementsAre("sub2", "sub3"));
  EXPECT_EQ(found[0].span->first_tick, 0);
}

TEST(BrokenLine, IsFoundBeforeACameraWhoseCrystalIsNearlyRight) {
  auto devices = healthy_devices(four());
  devices[2].pace_ppm = 3;  // would not fail by itself
  devices[3].pace_ppm = 25;
  const auto found = failures(judged(chain_of(four(), devices)));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].link, "sub1.out -> sub2.in");
  EXPECT_EQ(found[0].device, "sub2");
}

// Its crystal is so near to the line's pace that arrival does not tell: then the break may be
// there.
TEST(BrokenLine, IsThereOrBeforeItWhereACrystalLeavesThatOpen) {
  auto devices = healthy_devices(four());
  devices[1].pace_ppm = 0.8;
  devices[2].pace_ppm = 25;
  devices[3].pace_ppm = -17;
  const auto found = failures(judged(chain_of(four(), devices)));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].link, "sub1.out -> sub2.in");
  EXPECT_THAT(found[0].message, HasSubstr("or before it at master.out -> sub1.in"));
  EXPECT_THAT(found[0].mend, HasSubstr("cable from master Sync Out to sub1 Sync In"));
}

// Too little to convict, too much for chance: arrival does not vouch for such a take.
TEST(BrokenLine, ThatANearlyRightCrystalHidesIsAWarning) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SyntheticRig rig = four();
    rig.seed = seed;
    auto devices = healthy_devices(rig);
    devices[3].pace_ppm = seed % 2 == 0 ? 2.5 : -2.5;
    const SyncReport report = judged(chain_of(rig, devices));
    const auto warns = of_arrival(report);
    ASSERT_EQ(warns.size(), 1u) << "seed " << seed;
    const Finding& found = warns[0];
    EXPECT_EQ(found.level, FindingLevel::warning);
    EXPECT_EQ(found.device, "sub3");
    EXPECT_EQ(found.link, "sub2.out -> sub3.in");
    EXPECT_EQ(*found.gate, 1);
    EXPECT_NEAR(*found.value, devices[3].pace_ppm, 1);
    EXPECT_EQ(report.verdict_text(), "in step (stamps only)");
  }
}

// A source that began anew gave no pulses for a while: what ran on by itself lost no cable.
TEST(BrokenLine, IsNotToldOfASourceThatBeganAnew) {
  auto devices = healthy_devices(four());
  for (size_t i = 1; i < 4; ++i) devices[i].pace_ppm = 10.0 * static_cast<double>(i) - 25;
  Evidence evidence = chain_of(four(), devices);
  DeviceEvidence first = evidence.devices[0];
  first.color.resize(60);
  first.depth.resize(60);
  evidence.devices[0].part = 2;
  evidence.devices[0].source = "master.part2.mkv";
  evidence.devices.insert(evidence.devices.begin(), first);
  const SyncReport report = judge(evidence, Gates{}, nullptr);
  const auto found = failures(report);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].rule, "clock-restart");
  ASSERT_EQ(report.witness_notes.size(), 1u);
  EXPECT_THAT(report.witness_notes[0], HasSubstr("master, the source, began anew"));
}

// Whatever is behind a camera without pulses has none either, even if its crystal hides it.
TEST(BrokenLine, IsOneFindingWithCamerasWhoseCrystalHidesIt) {
  SyntheticRig rig = four();
  rig.devices = 6;
  auto devices = healthy_devices(rig);
  const double paces[] = {0, 12, 0, -25, 18, 0};
  for (size_t i = 1; i < 6; ++i) {
    devices[i].pace_ppm = paces[i];
    devices[i].pace_from_s = 20;
  }
  const auto found = failures(judged(chain_of(rig, devices)));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].link, "master.out -> sub1.in");
  EXPECT_THAT(found[0].behind, ElementsAre("sub2", "sub3", "sub4", "sub5"));
}

TEST(BrokenLine, BeforeABoxIsTheBoxs) {
  auto devices = healthy_devices(four());
  devices[2].pace_ppm = 22;
  devices[3].pace_ppm = -17;
  Evidence evidence = make_evidence(four(), devices);
  evidence.plan = plan_of(evidence);
  evidence.plan->wiring = {{"master Sync Out", "amp in", "", "", "master", "amp"},
                           {"amp 1", "sub1 Sync In", "", "", "amp", "sub1"},
                           {"amp 2", "split in", "", "", "amp", "split"},
                           {"split 1", "sub2 Sync In", "", "", "split", "sub2"},
                           {"split 2", "sub3 Sync In", "", "", "split", "sub3"}};
  const auto found = failures(judge(evidence, Gates{}, nullptr));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].link, "amp.2 -> split.in");
  EXPECT_EQ(found[0].device, "sub2");
  EXPECT_THAT(found[0].behind, ElementsAre("sub3"));
}

TEST(BrokenLine, AtTwoInstantsIsTwoFindings) {
  auto devices = healthy_devices(four());
  devices[3].pace_ppm = 25;
  devices[3].pace_from_s = 15;
  devices[2].pace_ppm = -25;
  devices[2].pace_from_s = 40;
  const auto found = failures(judged(chain_of(four(), devices)));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].link, "sub1.out -> sub2.in");
  expect_from(found[0], 40);
  EXPECT_EQ(found[1].link, "sub2.out -> sub3.in");
  expect_from(found[1], 15);
}

TEST(BrokenLine, ThatWasMendedEndsThere) {
  auto devices = healthy_devices(four());
  devices[3].pace_ppm = 25;
  devices[3].pace_to_s = 30;
  const auto found = failures(judged(chain_of(four(), devices)));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].span->first_tick, 0);
  EXPECT_NEAR(static_cast<double>(found[0].span->count) / 30, 30, 1.5);
}

TEST(BrokenLine, WithoutARigFileNamesEveryCamera) {
  auto devices = healthy_devices(four());
  devices[2].pace_ppm = 22;
  devices[3].pace_ppm = -17;
  const auto found = failures(judge(make_evidence(four(), devices), Gates{}, nullptr));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].device, "sub2");
  EXPECT_EQ(found[1].device, "sub3");
  EXPECT_THAT(found[0].link, IsEmpty());
}

// A generator drives the line: whichever camera stands for it may be the one that is off.
TEST(BrokenLine, OfTheCameraThatStandsForTheLineIsItsOwn) {
  auto devices = healthy_devices(four());
  devices[0].role = WiredSync::subordinate;
  Evidence evidence = make_evidence(four(), devices);
  const std::string reference = judge(evidence, Gates{}, nullptr).reference;
  for (SyntheticDevice& device : devices) {
    if (device.name == reference) device.pace_ppm = 20;
  }
  const SyncReport report = judge(make_evidence(four(), devices), Gates{}, nullptr);
  ASSERT_EQ(report.reference, reference);
  const auto found = failures(report);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].device, reference);
  EXPECT_NEAR(*found[0].value, 20, 3);
}

TEST(BrokenLine, OfTheCameraThatStandsForTheLineNamesItsCable) {
  auto devices = healthy_devices(four());
  devices[0].role = WiredSync::subordinate;
  const auto on_a_generator = [&] {
    Evidence evidence = make_evidence(four(), devices);
    evidence.plan = plan_of(evidence);
    evidence.plan->rig_name.clear();
    for (const SyntheticDevice& device : devices)
      evidence.plan->wiring.push_back(
          {"amp " + device.name, device.name + " Sync In", "", "", "amp", device.name});
    return evidence;
  };
  const std::string reference = judge(on_a_generator(), Gates{}, nullptr).reference;
  for (SyntheticDevice& device : devices) {
    if (device.name == reference) device.pace_ppm = 20;
  }
  const SyncReport report = judge(on_a_generator(), Gates{}, nullptr);
  EXPECT_EQ(report.expected_from, "the rig file");
  const auto found = failures(report);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].device, reference);
  EXPECT_THAT(found[0].message, HasSubstr("The line broke at " + found[0].link + ": frames of"));
  EXPECT_THAT(found[0].link, HasSubstr(reference + ".in"));
}

TEST(BrokenLine, ThatNeverCarriedAPulseIsOneFindingForAllBehindIt) {
  auto devices = healthy_devices(four());
  Evidence evidence = chain_of(four(), devices);
  for (size_t i : {2, 3}) {
    evidence.devices[i].color.clear();
    evidence.devices[i].depth.clear();
  }
  const auto found = failures(judge(evidence, Gates{}, nullptr));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].rule, "recorded-nothing");
  EXPECT_EQ(found[0].device, "sub2");
  EXPECT_EQ(found[0].link, "sub1.out -> sub2.in");
  EXPECT_THAT(found[0].behind, ElementsAre("sub3"));
}

// What jumps is latency. However late and uneven a USB delivers, that is no crystal.
TEST(SlowUsb, IsNotTakenForALineThatBroke) {
  for (const double latency_us : {3'000.0, 30'000.0, 300'000.0}) {
    for (const double from_s : {0.0, 11.0, 31.0, 57.0}) {
      auto devices = healthy_devices(four());
      devices[2].latency_us = latency_us;
      devices[2].latency_from_s = from_s;
      const SyncReport report = judge(make_evidence(four(), devices), Gates{}, nullptr);
      EXPECT_EQ(report.verdict_text(), "in step (stamps, arrival)")
          << latency_us << " us from " << from_s
          << " s: " << (report.findings.empty() ? "" : report.findings[0].message);
      EXPECT_TRUE(report.devices[2].arrival->judged);
    }
  }
}

// A delay that was changed steps in the stamps, and arrivals follow them.
TEST(ChangedDelay, IsNotTakenForALineThatBroke) {
  for (const double us : {250.0, 150.0, -150.0, -250.0}) {
    for (const size_t from : {300u, 600u, 1100u, 1500u}) {
      Evidence evidence = chain_of(four(), healthy_devices(four()));
      DeviceEvidence& device = evidence.devices[2];
      const Nanos step = nanos_from_us(us);
      for (size_t i = from; i < device.color.size(); ++i) {
        device.color[i] = device.color[i] + step;
        device.depth[i] = device.depth[i] + step;
        device.arrivals[i] = {device.arrivals[i].stamp + step, device.arrivals[i].arrival + step};
      }
      const SyncReport report = judge(evidence, Gates{}, nullptr);
      for (const Finding& f : of_arrival(report)) ADD_FAILURE() << us << ": " << f.message;
      EXPECT_NEAR(report.devices[2].arrival->ppm, 0, 1) << us << " us from tick " << from;
    }
  }
}

TEST(SlowUsb, OfTheSourceIsNotTakenForALineThatBroke) {
  auto devices = healthy_devices(four());
  devices[0].latency_us = 20'000;
  devices[0].latency_from_s = 25;
  EXPECT_EQ(judge(make_evidence(four(), devices), Gates{}, nullptr).verdict_text(),
            "in step (stamps, arrival)");
}

TEST(SlowUsb, ThatIsUnevenSaysItsResolutionAndDoesNotFail) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SyntheticRig rig = four();
    rig.seed = seed;
    rig.arrival_jitter_us = 20'000;
    const SyncReport report = judge(testing::healthy_evidence(rig), Gates{}, nullptr);
    EXPECT_TRUE(report.passes()) << report.findings[0].message;
    EXPECT_EQ(report.verdict_text(), "in step (stamps only)") << "seed " << seed;
    ASSERT_FALSE(report.witness_notes.empty());
    EXPECT_THAT(report.witness_notes[0], HasSubstr("ppm"));
  }
}

TEST(SlowUsb, DoesNotHideABrokenLine) {
  auto devices = healthy_devices(four());
  devices[3].latency_us = 30'000;
  devices[3].latency_from_s = 12;
  devices[3].pace_ppm = 25;
  devices[3].pace_from_s = 30;
  const auto found = failures(judged(chain_of(four(), devices)));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].link, "sub2.out -> sub3.in");
  expect_from(found[0], 30);
}

/// The part of a clock map's offset that is less than a frame.
double phase_us(const DeviceReport& device) {
  return std::remainder(device.clock_map->offset_us, frame_period_us(30));
}

TEST(ClockMap, IsFittedOnEveryCameraFromTickZeroOn) {
  auto devices = healthy_devices(four());
  devices[1].extra_color_us = 40;
  devices[2].stamp_ppm = 2;
  const SyncReport report = judge(make_evidence(four(), devices), Gates{}, nullptr);
  for (const DeviceReport& device : report.devices) {
    ASSERT_TRUE(device.clock_map) << device.name;
    EXPECT_NEAR(device.clock_map->rms_us, 8, 3);
    EXPECT_LT(device.clock_map->offset_se_us, 1);
  }
  const double level_us = phase_us(report.devices[0]);  // half the exposure
  EXPECT_NEAR(level_us, 4165, 8);
  EXPECT_NEAR(phase_us(report.devices[1]) - level_us, 40, 2);
  EXPECT_NEAR(report.devices[2].clock_map->rate_ppm, 2, 0.3);
  for (const DeviceReport& device : report.devices) {
    const double mid_s =
        std::chrono::duration<double>(device.clock_map->mid.time_since_epoch()).count();
    EXPECT_NEAR(mid_s, report.common_s / 2, 1) << device.name;
  }
}

TEST(ClockMap, IsOnTheRigTimeThatTheTakePlacedItsRecordingsOn) {
  Evidence evidence = make_evidence(four(), healthy_devices(four()));
  constexpr int64_t kFrames = 300;
  for (DeviceEvidence& device : evidence.devices) device.rig_from_device_ns = 0;
  const SyncReport from_zero = judge(evidence, Gates{}, nullptr);
  for (DeviceEvidence& device : evidence.devices) device.rig_from_device_ns = -kFrames * 33'333'333;
  const SyncReport later = judge(evidence, Gates{}, nullptr);
  for (size_t i = 0; i < evidence.devices.size(); ++i) {
    const ClockMap &a = *from_zero.devices[i].clock_map, &b = *later.devices[i].clock_map;
    EXPECT_NEAR(static_cast<double>((a.mid - b.mid).count()), kFrames * 1e9 / 30, 2);
    EXPECT_NEAR(a.offset_us + kFrames * frame_period_us(30), b.offset_us, 0.01);
  }
}

}  // namespace
}  // namespace lockstep

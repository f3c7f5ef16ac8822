// SPDX-License-Identifier: MIT
// What a session hands to a sink while it runs, with files and without.
#include <gmock/gmock.h>

#include <algorithm>

#include "lockstep/rig/rig_file.h"
#include "lockstep/session/run_session.h"
#include "lockstep/sync/judge.h"
#include "lockstep/take/set_reader.h"
#include "lockstep/take/verify_take.h"
#include "lockstep/virtual/virtual_rig.h"
#include "tests/support/files.h"
#include "tests/support/keeping_sink.h"

namespace lockstep {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::KeepingSink;
using testing::TempFolder;

/// The demo rig without pictures, out of real time.
class HandingOn : public ::testing::Test {
 protected:
  void add_fault(const std::string& camera, FaultKind kind, double at_s, int64_t count = 1) {
    faults_.push_back({.camera = camera, .kind = kind, .at_s = at_s, .count = count});
  }

  SessionOutcome run(double length_s, bool recorded) {
    Rig rig = *parse_rig(demo_rig_toml(), "demo");
    rig.world->timing_only = true;
    rig.world->faults = faults_;
    SessionSetup setup;
    setup.manifest.plan = make_plan(rig);
    setup.manifest.is_virtual = true;
    if (recorded) setup.folder = take_ = *make_take_folder({}, "demo", folder_ / "take");
    setup.sink = &sink_;
    setup.file.any_image_size = true;
    setup.coordinator.ticks = static_cast<int64_t>(length_s * 30);
    VirtualRigOptions options;
    options.pace = VirtualRigOptions::Pace::as_fast_as_possible;
    auto source = VirtualRig::create(rig, setup.manifest.plan, options);
    EXPECT_TRUE(source) << source.error().message;
    return run_session(setup, **source, (*source)->clock(), {.driving = Driving::stepped});
  }

  TempFolder folder_;
  std::filesystem::path take_;
  std::vector<WorldFault> faults_;
  KeepingSink sink_;
};

TEST_F(HandingOn, GivesTheSetsThatTheTakeHolds) {
  add_fault("right", FaultKind::lose_tick, 1.5, 2);
  const SessionOutcome outcome = run(3, true);
  EXPECT_FALSE(outcome.failure) << outcome.failure->message;
  EXPECT_FALSE(outcome.evidence) << "the files tell";
  auto reader = SetReader::open(take_);
  ASSERT_TRUE(reader) << reader.error().message;
  ASSERT_EQ(sink_.sets.size(), static_cast<size_t>((*reader)->tick_count()));
  int64_t holes = 0;
  for (const CaptureSet& live : sink_.sets) {
    const auto read = (*reader)->next();
    ASSERT_TRUE(read && *read);
    const CaptureSet& set = **read;
    ASSERT_EQ(live.tick.index, set.tick.index);
    ASSERT_EQ(live.slots.size(), set.slots.size());
    for (size_t i = 0; i < set.slots.size(); ++i) {
      const CaptureSlot &a = live.slots[i], &b = set.slots[i];
      ASSERT_EQ(a.capture == nullptr, b.capture == nullptr) << set.tick.index;
      ASSERT_EQ(a.in_step, b.in_step) << set.tick.index;
      if (a.capture == nullptr) {
        ++holes;
        EXPECT_EQ(a.cause, b.cause);
        continue;
      }
      EXPECT_EQ(a.capture->stamp(), b.capture->stamp()) << set.tick.index;
    }
  }
  EXPECT_EQ(holes, 2);
  ASSERT_EQ(sink_.headers.size(), 3u);
  EXPECT_EQ(sink_.headers[0].serial, (*reader)->manifest().cameras[0].serial);
  EXPECT_NE(sink_.headers[0].calibration_json, "");
}

TEST_F(HandingOn, WithoutAFolderNothingIsWrittenAndTheJudgeIsToldTheSame) {
  add_fault("right", FaultKind::lose_tick, 1.5, 2);
  ASSERT_FALSE(run(3, true).failure);
  const auto recorded = verify_take(take_, {});
  ASSERT_TRUE(recorded) << recorded.error().message;
  std::vector<int64_t> ticks;
  for (const CaptureSet& set : std::exchange(sink_.sets, {})) ticks.push_back(set.tick.index);

  const SessionOutcome outcome = run(3, false);
  for (const char* file : {"take.json", "left.mkv"}) EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_FALSE(outcome.failure);
  EXPECT_TRUE(outcome.recorded);
  EXPECT_EQ(outcome.manifest.common_ticks, 90);
  EXPECT_EQ(outcome.manifest.cameras[0].captures, 90u);
  ASSERT_EQ(outcome.manifest.holes.size(), 1u);
  EXPECT_EQ(outcome.manifest.holes[0].camera, "right");
  ASSERT_EQ(sink_.sets.size(), ticks.size());
  for (size_t i = 0; i < ticks.size(); ++i) EXPECT_EQ(sink_.sets[i].tick.index, ticks[i]);
  ASSERT_TRUE(outcome.evidence);
  const SyncReport live = judge(*outcome.evidence, {}, nullptr);
  EXPECT_EQ(live.verdict_text(), recorded->report.verdict_text());
  EXPECT_EQ(live.common_ticks, recorded->report.common_ticks);
  EXPECT_EQ(live.findings.size(), recorded->report.findings.size());
  ASSERT_EQ(live.devices.size(), recorded->report.devices.size());
  for (size_t i = 0; i < live.devices.size(); ++i) {
    const DeviceReport &a = live.devices[i], &b = recorded->report.devices[i];
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.lost, b.lost);
    EXPECT_EQ(a.color.has_value(), b.color.has_value());
    if (a.color && b.color) {
      EXPECT_NEAR(a.color->offset_us, b.color->offset_us, 1);
    }
    EXPECT_EQ(a.arrival.has_value(), b.arrival.has_value());
  }
}

TEST_F(HandingOn, APulledCameraIsAHoleInEverySetAfterItAndNamed) {
  add_fault("middle", FaultKind::unplug, 2);
  const SessionOutcome outcome = run(4, false);
  ASSERT_TRUE(outcome.failure);
  EXPECT_THAT(outcome.alarms, Contains(HasSubstr("middle: the camera was lost")));
  ASSERT_EQ(sink_.sets.size(), 120u);
  EXPECT_NE(sink_.sets.front().slots[1].capture, nullptr);
  const CaptureSet& last = sink_.sets.back();
  EXPECT_EQ(last.slots[1].capture, nullptr);
  EXPECT_EQ(last.slots[1].cause, HoleCause::device_lost);
  EXPECT_TRUE(last.slots[0].in_step);
  EXPECT_TRUE(last.slots[2].in_step);
  EXPECT_FALSE(judge(*outcome.evidence, {}, nullptr).passes());
}

TEST_F(HandingOn, AClockThatStepsIsAPartOfItsOwnForTheJudge) {
  add_fault("right", FaultKind::restart, 2);
  const SessionOutcome outcome = run(6, false);
  ASSERT_TRUE(outcome.evidence);
  std::vector<int> parts;
  for (const DeviceEvidence& device : outcome.evidence->devices) {
    if (device.name == "right") parts.push_back(device.part);
  }
  EXPECT_THAT(parts, ElementsAre(1, 2));
  EXPECT_EQ(outcome.evidence->devices.back().part_reason, "the device clock stepped");
}

TEST_F(HandingOn, ARefusalEndsTheSessionBeforeAnythingIsArmed) {
  sink_.refusal = Error{Errc::unusable_input, "it is of another rig"};
  const SessionOutcome outcome = run(3, false);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->message, "it is of another rig");
  EXPECT_EQ(outcome.failure->code, Errc::unusable_input);
  EXPECT_FALSE(outcome.recorded);
  EXPECT_TRUE(sink_.sets.empty());
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
// Takes that the session made, read back: as capture sets by tick, and recovered.
#include <gmock/gmock.h>

#include "lockstep/rig/rig_file.h"
#include "lockstep/session/run_session.h"
#include "lockstep/take/recover.h"
#include "lockstep/take/set_reader.h"
#include "lockstep/virtual/virtual_rig.h"
#include "tests/support/files.h"

namespace lockstep {
namespace {

using testing::TempFolder;

class TakeReading : public ::testing::Test {
 protected:
  void record(double length_s, const std::vector<WorldFault>& faults = {}) {
    Rig rig = *parse_rig(demo_rig_toml(), "demo");
    rig.world->timing_only = true;
    rig.world->faults = faults;
    SessionSetup setup;
    setup.manifest.plan = make_plan(rig);
    setup.folder = take_ = *make_take_folder({}, "demo", folder_ / "take");
    setup.file.any_image_size = true;
    setup.coordinator.ticks = static_cast<int64_t>(length_s * 30);
    VirtualRigOptions options;
    options.pace = VirtualRigOptions::Pace::as_fast_as_possible;
    auto source = VirtualRig::create(rig, setup.manifest.plan, options);
    ASSERT_TRUE(source) << source.error().message;
    run_session(setup, **source, (*source)->clock(), {.driving = Driving::stepped});
  }

  static WorldFault fault(const std::string& camera, FaultKind kind, double at_s, int64_t count) {
    WorldFault made;
    made.camera = camera;
    made.kind = kind;
    made.at_s = at_s;
    made.count = count;
    return made;
  }

  TempFolder folder_;
  std::filesystem::path take_;
};

TEST_F(TakeReading, GivesEveryTickOfEveryCamera) {
  record(2);
  auto reader = SetReader::open(take_);
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ((*reader)->tick_count(), 60);
  for (int64_t tick = 0; tick < 60; ++tick) {
    const auto set = (*reader)->next();
    ASSERT_TRUE(set) << set.error().message;
    ASSERT_TRUE(*set) << tick;
    EXPECT_EQ((*set)->tick.index, tick);
    for (const CaptureSlot& slot : (*set)->slots) {
      ASSERT_NE(slot.capture, nullptr) << tick;
      EXPECT_TRUE(slot.in_step) << tick;
    }
  }
  EXPECT_FALSE(*(*reader)->next());
}

TEST_F(TakeReading, ShowsHolesAndGoesOnAfterThem) {
  record(3, {fault("right", FaultKind::lose_tick, 2, 2)});
  auto reader = SetReader::open(take_);
  ASSERT_TRUE(reader) << reader.error().message;
  const TakeHole hole = (*reader)->manifest().holes.at(0);
  (*reader)->seek(hole.first_tick - 1);
  for (int64_t tick = hole.first_tick - 1; tick <= hole.first_tick + 2; ++tick) {
    const auto set = (*reader)->next();
    ASSERT_TRUE(set && *set);
    const bool missing = tick >= hole.first_tick && tick < hole.first_tick + 2;
    EXPECT_EQ((*set)->slots[2].capture == nullptr, missing) << tick;
    EXPECT_NE((*set)->slots[0].capture, nullptr) << tick;
    if (missing) {
      EXPECT_EQ((*set)->slots[2].cause, HoleCause::not_delivered);
    } else {
      EXPECT_TRUE((*set)->slots[2].in_step);
    }
  }
}

TEST_F(TakeReading, SeeksToTheTicksThatReadingThroughGives) {
  record(2);
  auto through = SetReader::open(take_);
  auto sought = SetReader::open(take_);
  ASSERT_TRUE(through && sought);
  std::vector<DeviceTime> stamps;
  while (true) {
    const auto set = (*through)->next();
    ASSERT_TRUE(set);
    if (!*set) break;
    stamps.push_back((*set)->slots[1].capture->stamp());
  }
  for (const int64_t tick : {59, 0, 17, 16, 58, 3}) {
    (*sought)->seek(tick);
    const auto set = (*sought)->next();
    ASSERT_TRUE(set && *set);
    EXPECT_EQ((*set)->slots[1].capture->stamp(), stamps.at(static_cast<size_t>(tick)));
  }
}

TEST_F(TakeReading, FindsTheTicksAgainAfterACrash) {
  record(2);
  auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest);
  // What the crash of the recorder leaves: a manifest that is still recording, and a torn file.
  manifest->state = TakeState::recording;
  manifest->common_ticks.reset();
  for (TakeCamera& camera : manifest->cameras) camera.parts[0].rig_from_device_ns.reset();
  ASSERT_TRUE(write_manifest(take_, *manifest));
  std::filesystem::resize_file(take_ / "left.mkv",
                               std::filesystem::file_size(take_ / "left.mkv") / 2);

  const auto recovered = recover_take(take_);
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_TRUE(recovered->problems.empty());
  const auto after = read_manifest(take_);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->state, TakeState::incomplete);
  EXPECT_EQ(after->cameras[0].parts[0].file, "left.recovered.mkv");
  EXPECT_EQ(after->cameras[0].parts[0].recovered_from, "left.mkv");
  EXPECT_TRUE(std::filesystem::exists(take_ / "left.mkv"));
  EXPECT_GT(after->common_ticks, 10);
  EXPECT_LT(after->common_ticks, 60);

  auto reader = SetReader::open(take_);
  ASSERT_TRUE(reader);
  const auto set = (*reader)->next();
  ASSERT_TRUE(set && *set);
  for (const CaptureSlot& slot : (*set)->slots) EXPECT_TRUE(slot.in_step);

  const auto again = recover_take(take_);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->done.empty());
}

}  // namespace
}  // namespace lockstep

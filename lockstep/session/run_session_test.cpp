// SPDX-License-Identifier: MIT
// Whole sessions on the timing-only virtual rig, out of real time.
#include "lockstep/session/run_session.h"

#include <gmock/gmock.h>

#include <thread>

#include "lockstep/recording/reader.h"
#include "lockstep/rig/rig_file.h"
#include "lockstep/take/recover.h"
#include "lockstep/virtual/virtual_rig.h"
#include "tests/support/files.h"

namespace lockstep {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TempFolder;

/// The demo rig without pictures, and one take of it.
class RunSession : public ::testing::Test {
 protected:
  RunSession() : rig_(*parse_rig(demo_rig_toml(), "demo")) { rig_.world->timing_only = true; }

  void add_fault(const std::string& camera, FaultKind kind, double at_s, int64_t count = 1) {
    WorldFault fault;
    fault.camera = camera;
    fault.kind = kind;
    fault.at_s = at_s;
    fault.count = count;
    rig_.world->faults.push_back(fault);
  }

  SessionOutcome record(double length_s, Driving driving = Driving::stepped) {
    const Plan plan = make_plan(rig_);
    VirtualRigOptions options;
    options.pace = driving == Driving::threads ? VirtualRigOptions::Pace::real_time
                                               : VirtualRigOptions::Pace::as_fast_as_possible;
    options.cache_folder = folder_ / "cache";
    auto rig = VirtualRig::create(rig_, plan, options);
    EXPECT_TRUE(rig) << rig.error().message;
    take_ = *make_take_folder({}, "demo", folder_ / "take");
    setup_.folder = take_;
    setup_.manifest.plan = plan;
    setup_.manifest.is_virtual = true;
    setup_.file.any_image_size = true;
    setup_.coordinator.ticks = static_cast<int64_t>(length_s * 30);
    setup_.coordinator.if_camera_lost = rig_.take.if_camera_lost;
    RunOptions run;
    run.driving = driving;
    return run_session(setup_, **rig, (*rig)->clock(), run);
  }

  std::vector<DeviceTime> color_stamps(const std::string& file) {
    auto reader = RecordingReader::open(take_ / file);
    EXPECT_TRUE(reader) << reader.error().message;
    if (!reader) return {};
    auto stamps = (*reader)->scan();
    EXPECT_TRUE(stamps);
    std::vector<DeviceTime> result;
    for (const auto& entry : stamps->color) result.push_back(entry.stamp);
    return result;
  }

  TempFolder folder_;
  Rig rig_;
  SessionSetup setup_;
  std::filesystem::path take_;
};

TEST_F(RunSession, RecordsTheSameTicksOnEveryCamera) {
  const SessionOutcome outcome = record(2);
  EXPECT_FALSE(outcome.failure) << outcome.failure->message;
  EXPECT_TRUE(outcome.locked);
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->state, TakeState::complete);
  EXPECT_EQ(manifest->common_ticks, 60);
  EXPECT_TRUE(manifest->holes.empty());
  for (const TakeCamera& camera : manifest->cameras) {
    EXPECT_EQ(camera.captures, 60u) << camera.name;
    EXPECT_EQ(camera.end.how, EndOfCamera::length_reached);
    EXPECT_EQ(color_stamps(camera.parts.at(0).file).size(), 60u);
    EXPECT_TRUE(camera.parts[0].rig_from_device_ns);
  }
}

TEST_F(RunSession, DatesItsRecordingsByTheWallClock) {
  using std::chrono::year;
  setup_.wall_clock = [] {
    return std::chrono::sys_days{year{2026} / 3 / 1} + std::chrono::hours(12);
  };
  EXPECT_FALSE(record(0.5).failure);
  const auto reader = RecordingReader::open(take_ / "left.mkv");
  ASSERT_TRUE(reader) << reader.error().message;
  const auto since_2001 =
      std::chrono::sys_days{year{2026} / 3 / 1} - std::chrono::sys_days{year{2001} / 1 / 1};
  EXPECT_EQ((*reader)->info().header.date_utc_ns,
            std::chrono::nanoseconds(since_2001 + std::chrono::hours(12)).count());
}

TEST_F(RunSession, MarksLostTicksAsHoles) {
  add_fault("right", FaultKind::lose_tick, 2, 3);
  const SessionOutcome outcome = record(3);
  EXPECT_FALSE(outcome.failure);
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest);
  ASSERT_EQ(manifest->holes.size(), 1u);
  EXPECT_EQ(manifest->holes[0].camera, "right");
  EXPECT_EQ(manifest->holes[0].count, 3);
}

TEST_F(RunSession, GoesOnWithoutALostCameraAndSaysSo) {
  add_fault("middle", FaultKind::unplug, 2);
  const SessionOutcome outcome = record(4);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->code, Errc::device_lost);
  EXPECT_THAT(outcome.failure->message, HasSubstr("middle"));
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->state, TakeState::incomplete);
  EXPECT_EQ(manifest->cameras[0].captures, 120u);
  EXPECT_LT(manifest->cameras[1].captures, 120u);
  EXPECT_EQ(manifest->cameras[1].end.how, EndOfCamera::lost);
  ASSERT_EQ(manifest->holes.size(), 1u);
  EXPECT_EQ(manifest->holes[0].first_tick + manifest->holes[0].count, 120);
}

TEST_F(RunSession, EndsWhenACameraIsLostIfTheRigSaysSo) {
  add_fault("middle", FaultKind::unplug, 2);
  rig_.take.if_camera_lost = IfCameraLost::stop;
  EXPECT_TRUE(record(60).failure);
  EXPECT_LT(read_manifest(take_)->cameras[0].captures, 120u);
}

TEST_F(RunSession, BeginsTheNextPartWhenAClockSteps) {
  add_fault("right", FaultKind::restart, 2);
  const SessionOutcome outcome = record(6);
  EXPECT_THAT(outcome.alarms, Contains(HasSubstr("right")));
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest);
  ASSERT_EQ(manifest->cameras[2].parts.size(), 2u);
  EXPECT_EQ(manifest->cameras[2].parts[1].file, "right.part2.mkv");
  const auto first = color_stamps("right.mkv");
  const auto second = color_stamps("right.part2.mkv");
  ASSERT_FALSE(first.empty());
  ASSERT_FALSE(second.empty());
  EXPECT_LT(second.front(), first.back());
}

/// A disk of which `free_bytes` are free until the take begins, and that loses a tenth of a minute
/// of the rig's data with every look at it.
TEST_F(RunSession, WarnsAtTenMinutesOfDiskAndCutsAtThirtySeconds) {
  const double bytes_per_s = planned_bytes_per_s(make_plan(rig_));
  setup_.keep_free_gb = 1;
  double left_s = 630;
  double seen_at_cut_s = 0;
  setup_.free_bytes = [&]() -> std::optional<uint64_t> {
    seen_at_cut_s = left_s;
    const double free = 1e9 + left_s * bytes_per_s;
    left_s -= 6;
    return static_cast<uint64_t>(free);
  };
  const SessionOutcome outcome = record(3600);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->code, Errc::no_space);
  EXPECT_LT(seen_at_cut_s, 30);
  EXPECT_GE(seen_at_cut_s, 24);
  EXPECT_THAT(outcome.alarms, Contains(HasSubstr("room for 10 more minutes")));
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->state, TakeState::incomplete);
  // One look a second, from 630 s down to below 30 s.
  EXPECT_NEAR(static_cast<double>(*manifest->common_ticks), 101 * 30, 60);
  EXPECT_EQ(color_stamps("left.mkv").size(), manifest->cameras[0].captures);
  ASSERT_TRUE(manifest->cut_short);
  EXPECT_EQ(manifest->cut_short->of_s, 3600);
  EXPECT_DOUBLE_EQ(manifest->cut_short->at_s, static_cast<double>(*manifest->common_ticks) / 30);
}

TEST_F(RunSession, DoesNotWarnOfADiskThatHasRoomForTheLength) {
  setup_.free_bytes = [this]() -> std::optional<uint64_t> {
    return static_cast<uint64_t>(2e9 + 120 * planned_bytes_per_s(make_plan(rig_)));
  };
  const SessionOutcome outcome = record(5);
  EXPECT_FALSE(outcome.failure);
  EXPECT_TRUE(outcome.alarms.empty());
}

/// A writer for which every capture takes longer than a frame.
class SlowDiskWriter : public RecordingWriter {
 public:
  explicit SlowDiskWriter(std::unique_ptr<RecordingWriter> disk) : disk_(std::move(disk)) {}
  Result<void> write(const Capture& capture) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    return disk_->write(capture);
  }
  Result<void> write_imu(const ImuSample& sample) override { return disk_->write_imu(sample); }
  Result<void> finish() override { return disk_->finish(); }
  [[nodiscard]] RecordingWriterStats stats() const override { return disk_->stats(); }

 private:
  std::unique_ptr<RecordingWriter> disk_;
};

TEST_F(RunSession, ToASlowDiskDropsWholeCapturesAndSaysWhich) {
  setup_.queue_s = 5e-5;  // tiny pictures: some captures fill it
  setup_.make_writer =
      [](const std::filesystem::path& path, const RecordingHeader& header,
         const RecordingWriterOptions& options) -> Result<std::unique_ptr<RecordingWriter>> {
    auto made = RecordingWriter::create(path, header, options);
    if (!made || path.stem() != "right") return made;
    return std::unique_ptr<RecordingWriter>(std::make_unique<SlowDiskWriter>(*std::move(made)));
  };
  const SessionOutcome outcome = record(2, Driving::threads);
  EXPECT_FALSE(outcome.failure) << outcome.failure->message;
  EXPECT_THAT(outcome.alarms, Contains(HasSubstr("right: the disk does not keep up")));
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest);
  const TakeCamera& right = manifest->cameras[2];
  EXPECT_GT(right.dropped, 0u);
  EXPECT_EQ(right.captures + right.dropped, 60u);
  EXPECT_EQ(color_stamps("right.mkv").size(), right.captures);
  int64_t missing = 0;
  for (const TakeHole& hole : manifest->holes) {
    EXPECT_EQ(hole.camera, "right");
    EXPECT_EQ(hole.kind, HoleCause::dropped_by_recorder);
    EXPECT_THAT(hole.cause, HasSubstr("dropped"));
    missing += hole.count;
  }
  // What was dropped at either end is no hole in the common range, but ends it.
  ASSERT_TRUE(manifest->common_ticks);
  EXPECT_EQ(missing, *manifest->common_ticks - static_cast<int64_t>(right.captures));
  EXPECT_EQ(manifest->cameras[0].captures, 60u);
  const auto recovered = recover_take(take_);
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_THAT(recovered->problems, IsEmpty());
}

TEST_F(RunSession, SaysWhichCameraGetsNoPulses) {
  add_fault("right", FaultKind::cable_loose, 0);
  const SessionOutcome outcome = record(1);
  ASSERT_TRUE(outcome.failure);
  EXPECT_FALSE(outcome.recorded);
  EXPECT_THAT(outcome.failure->message, HasSubstr("right"));
  EXPECT_EQ(read_manifest(take_)->state, TakeState::incomplete);
}

}  // namespace
}  // namespace lockstep

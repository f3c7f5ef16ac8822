// SPDX-License-Identifier: MIT
// Sessions in which something fails, or the user stops: they end, and the take says the truth.
#include <gmock/gmock.h>

#include <stdexcept>

#include "lockstep/recording/reader.h"
#include "lockstep/rig/rig_file.h"
#include "lockstep/session/run_session.h"
#include "lockstep/take/recover.h"
#include "lockstep/take/tick_index.h"
#include "lockstep/virtual/virtual_rig.h"
#include "tests/support/files.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;
using testing::read_file;
using ::testing::StartsWith;
using testing::TempFolder;
using testing::write_file;

using Writer = std::unique_ptr<RecordingWriter>;

/// A writer to which things happen at its nth capture.
class TroubledWriter : public RecordingWriter {
 public:
  using Trouble = std::function<Result<void>(int nth)>;
  TroubledWriter(Writer disk, Trouble trouble)
      : disk_(std::move(disk)), trouble_(std::move(trouble)) {}
  Result<void> write(const Capture& capture) override {
    if (auto fine = trouble_(written_++); !fine) return fine;
    return disk_->write(capture);
  }
  Result<void> write_imu(const ImuSample& sample) override { return disk_->write_imu(sample); }
  Result<void> finish() override { return disk_->finish(); }
  [[nodiscard]] RecordingWriterStats stats() const override { return disk_->stats(); }

 private:
  Writer disk_;
  Trouble trouble_;
  int written_ = 0;
};

/// The demo rig without pictures, out of real time.
class FailingSession : public ::testing::Test {
 protected:
  FailingSession() : rig_(*parse_rig(demo_rig_toml(), "demo")) {
    rig_.world->timing_only = true;
    setup_.file.any_image_size = true;
    take_ = *make_take_folder({}, "demo", folder_ / "take");
  }

  /// Lets `trouble` meet the captures of `camera`.
  void trouble(const std::string& camera, TroubledWriter::Trouble trouble) {
    setup_.make_writer = [=](const std::filesystem::path& path, const RecordingHeader& header,
                             const RecordingWriterOptions& options) -> Result<Writer> {
      auto made = RecordingWriter::create(path, header, options);
      if (!made || path.stem() != camera) return made;
      return Writer(std::make_unique<TroubledWriter>(*std::move(made), trouble));
    };
  }

  SessionOutcome record(std::optional<double> length_s) {
    const Plan plan = make_plan(rig_);
    VirtualRigOptions options;
    options.pace = VirtualRigOptions::Pace::as_fast_as_possible;
    options.cache_folder = folder_ / "cache";
    auto rig = VirtualRig::create(rig_, plan, options);
    EXPECT_TRUE(rig) << rig.error().message;
    setup_.folder = take_;
    setup_.manifest.plan = plan;
    if (length_s) setup_.coordinator.ticks = static_cast<int64_t>(*length_s * 30);
    run_.driving = Driving::stepped;
    const HostTime begin = (*rig)->clock().now();
    // Nothing here takes longer: a session that does not end is a failure, and must not hang.
    run_.observe = [&, then = run_.observe](const Session& session, HostTime now) {
      if (now - begin > std::chrono::minutes(2)) throw std::runtime_error("it does not end");
      if (then) then(session, now);
    };
    run_.interrupted = interrupt_.get_token();
    return run_session(setup_, **rig, (*rig)->clock(), run_);
  }

  /// What the files hold must be what the manifest says; a torn cluster may hold one capture more.
  void expect_books_as_files() {
    const auto manifest = read_manifest(take_);
    ASSERT_TRUE(manifest) << manifest.error().message;
    const auto ticks = index_ticks(take_, *manifest);
    ASSERT_TRUE(ticks) << ticks.error().message;
    EXPECT_EQ(manifest->common_ticks, ticks->common_ticks);
    for (size_t i = 0; i < ticks->cameras.size(); ++i) {
      EXPECT_EQ(manifest->cameras[i].captures, ticks->cameras[i].captures)
          << manifest->cameras[i].name;
    }
  }

  TempFolder folder_;
  Rig rig_;
  SessionSetup setup_;
  RunOptions run_;
  std::stop_source interrupt_;
  std::filesystem::path take_;
};

TEST_F(FailingSession, EndsWhenAFileCannotBeMade) {
  write_file(take_ / "middle.mkv", "somebody else's");
  const SessionOutcome outcome = record(std::nullopt);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->code, Errc::already_exists);
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->state, TakeState::incomplete);
  EXPECT_EQ(manifest->cameras[1].end.how, EndOfCamera::disk);
  EXPECT_TRUE(manifest->cameras[1].parts.empty());
  for (const TakeCamera& camera : manifest->cameras) EXPECT_EQ(camera.captures, 0u) << camera.name;
  EXPECT_EQ(read_file(take_ / "middle.mkv"), "somebody else's");
}

TEST_F(FailingSession, EndsWhenTheManifestCannotBeReplaced) {
  const std::filesystem::path away = folder_ / "away";
  trouble("left", [this, away](int nth) -> Result<void> {
    if (nth == 0) std::filesystem::rename(take_, away);
    return {};
  });
  const SessionOutcome outcome = record(std::nullopt);
  ASSERT_TRUE(outcome.failure);
  EXPECT_THAT(outcome.failure->message, HasSubstr(kManifestFile));
}

TEST_F(FailingSession, BooksOnlyWhatReachedTheDiskThatFailed) {
  trouble("right", [](int nth) -> Result<void> {
    if (nth >= 50) return Error{Errc::no_space, "right.mkv: the disk is full"};
    return {};
  });
  const SessionOutcome outcome = record(std::nullopt);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->code, Errc::no_space);
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->common_ticks, 50);
  EXPECT_EQ(manifest->cut_short, (CutShort{.at_s = 50 / 30.0}));
  EXPECT_EQ(manifest->cameras[2].end,
            (CameraEnd{EndOfCamera::disk, "right.mkv: the disk is full"}));
  EXPECT_EQ(manifest->cameras[0].end.how, EndOfCamera::cut);
  expect_books_as_files();
}

TEST_F(FailingSession, ListsNoPartThatCouldNotBeMade) {
  WorldFault restart;
  restart.camera = "right";
  restart.kind = FaultKind::restart;
  restart.at_s = 2;
  rig_.world->faults.push_back(restart);
  write_file(take_ / "right.part2.mkv", "somebody else's");
  const SessionOutcome outcome = record(6);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->code, Errc::already_exists);
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest);
  ASSERT_EQ(manifest->cameras[2].parts.size(), 1u);
  EXPECT_EQ(manifest->cameras[2].end.how, EndOfCamera::disk);
  ASSERT_TRUE(manifest->cut_short);
  EXPECT_EQ(manifest->cut_short->of_s, 6);
  EXPECT_EQ(read_file(take_ / "right.part2.mkv"), "somebody else's");
  const auto recovered = recover_take(take_);
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_TRUE(recovered->done.empty());
  EXPECT_TRUE(recovered->problems.empty());
  expect_books_as_files();
}

TEST_F(FailingSession, GoesOnOverACaptureThatCannotBeRecorded) {
  trouble("right", [](int nth) -> Result<void> {
    if (nth == 20 || nth == 21) return Error{Errc::invalid_argument, "an empty picture"};
    return {};
  });
  const SessionOutcome outcome = record(2);
  EXPECT_FALSE(outcome.failure) << outcome.failure->message;
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest);
  ASSERT_EQ(manifest->holes.size(), 1u);
  EXPECT_EQ(manifest->holes[0].camera, "right");
  EXPECT_EQ(manifest->holes[0].first_tick, 20);
  EXPECT_EQ(manifest->holes[0].count, 2);
  EXPECT_EQ(manifest->holes[0].kind, HoleCause::refused_by_recorder);
  EXPECT_EQ(manifest->holes[0].cause, "refused: an empty picture");
  EXPECT_EQ(manifest->common_ticks, 60);
  expect_books_as_files();
}

TEST_F(FailingSession, EndsTheCommonRangeWithTheLastCaptureThatIsInTheFile) {
  trouble("right", [](int nth) -> Result<void> {
    if (nth == 0 || nth >= 58) return Error{Errc::invalid_argument, "an empty picture"};
    return {};
  });
  EXPECT_FALSE(record(2).failure);
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->common_ticks, 57);
  EXPECT_TRUE(manifest->holes.empty());
  expect_books_as_files();
  const auto recovered = recover_take(take_);
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_TRUE(recovered->problems.empty()) << recovered->problems[0];
}

TEST_F(FailingSession, TakesCtrlCForACutThatLeavesTheTakeComplete) {
  run_.observe = [this](const Session& session, HostTime) {
    if (session.ticks_recorded() >= 30) interrupt_.request_stop();
  };
  EXPECT_FALSE(record(std::nullopt).failure);
  EXPECT_EQ(read_manifest(take_)->state, TakeState::complete);
}

/// One camera alone, driven by hand.
PlannedCamera lone_camera(const std::string& name) {
  PlannedCamera camera;
  camera.name = name;
  return camera;
}

TEST(EndingCoordinator, LeavesATakeThatIsStoppingAsItIs) {
  Plan plan;
  plan.cameras = {lone_camera("only")};
  const auto at = [](int ms) { return HostTime(std::chrono::milliseconds(ms)); };
  Coordinator coordinator(plan, {.record_unlocked = true});
  coordinator.begin(at(0));
  coordinator.on_report(0, StartedReport{}, at(1));
  coordinator.on_time(at(10'100));
  ASSERT_EQ(coordinator.phase(), Coordinator::Phase::recording);
  coordinator.on_report(0, RecordedReport{EndOfCamera::length_reached}, at(11'000));
  ASSERT_EQ(coordinator.phase(), Coordinator::Phase::stopping);
  EXPECT_TRUE(coordinator.end(at(11'001), std::nullopt).empty());
  EXPECT_FALSE(coordinator.outcome().failure);
  coordinator.on_report(0, StoppedReport{}, at(11'002));
  coordinator.end(at(11'003), std::nullopt);
  EXPECT_FALSE(coordinator.outcome().failure);
}

TEST(EndingCoordinator, GivesUpACameraThatDoesNotAnswerTheCut) {
  Plan plan;
  plan.cameras = {lone_camera("a"), lone_camera("b")};
  const auto at = [](int ms) { return HostTime(std::chrono::milliseconds(ms)); };
  Coordinator coordinator(plan, {.record_unlocked = true});
  coordinator.begin(at(0));
  coordinator.on_report(0, StartedReport{}, at(1));
  coordinator.on_report(1, StartedReport{}, at(2));
  coordinator.on_time(at(10'100));
  EXPECT_EQ(coordinator.end(at(11'000), std::nullopt).size(), 2u);
  coordinator.on_report(0, RecordedReport{EndOfCamera::cut}, at(11'001));
  EXPECT_TRUE(coordinator.on_time(at(12'000)).empty());
  EXPECT_EQ(coordinator.on_time(at(17'000)).size(), 2u);
  ASSERT_TRUE(coordinator.outcome().failure);
  EXPECT_THAT(coordinator.outcome().failure->message, StartsWith("b: "));
}

TEST(EndingCoordinator, GivesUpACameraThatNeverStarts) {
  Plan plan;
  plan.cameras = {lone_camera("only")};
  Coordinator coordinator(plan, {});
  coordinator.begin(HostTime{});
  coordinator.on_time(HostTime(std::chrono::seconds(179)));
  EXPECT_FALSE(coordinator.outcome().failure);
  coordinator.on_time(HostTime(std::chrono::seconds(180)));
  ASSERT_TRUE(coordinator.outcome().failure);
  EXPECT_THAT(coordinator.outcome().failure->message,
              HasSubstr("only: it did not finish starting"));
}

TEST(EndingParticipant, AnswersACutBeforeItEverRecorded) {
  Participant participant(lone_camera("only"), 0);
  for (const bool started : {false, true}) {
    if (started) participant.on_order(StartOrder{}, HostTime{});
    const auto actions = participant.on_order(CutOrder{}, HostTime{});
    ASSERT_EQ(actions.size(), 2u);
    EXPECT_TRUE(std::holds_alternative<RecordedReport>(std::get<Report>(actions[1])));
  }
}

TEST_F(FailingSession, RecordsUnlockedWhenAskedAndKeepsTheLength) {
  WorldFault loose;
  loose.camera = "right";
  loose.kind = FaultKind::cable_loose;
  rig_.world->faults.push_back(loose);
  setup_.coordinator.record_unlocked = true;
  const SessionOutcome outcome = record(2);
  EXPECT_FALSE(outcome.locked);
  EXPECT_TRUE(outcome.recorded);
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest);
  EXPECT_TRUE(manifest->unproved);
  EXPECT_EQ(manifest->cameras[0].captures, 60u);
  EXPECT_EQ(manifest->cameras[0].end.how, EndOfCamera::length_reached);
  EXPECT_EQ(manifest->cameras[2].captures, 0u);
  EXPECT_FALSE(manifest->common_ticks);
  expect_books_as_files();
  const auto recovered = recover_take(take_);
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_TRUE(recovered->problems.empty()) << recovered->problems[0];
}

}  // namespace
}  // namespace lockstep

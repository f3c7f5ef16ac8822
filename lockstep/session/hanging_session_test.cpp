// SPDX-License-Identifier: MIT
// Calls into a device or a disk that do not return: the session ends all the same, and saves.
#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>

#include "lockstep/rig/rig_file.h"
#include "lockstep/session/run_session.h"
#include "lockstep/take/tick_index.h"
#include "lockstep/virtual/virtual_rig.h"
#include "tests/support/files.h"
#include "tests/support/keeping_sink.h"

namespace lockstep {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::TempFolder;

/// Holds whoever comes until it is opened, and knows when the last has gone.
class Gate {
 public:
  void enter() {
    std::unique_lock lock(mutex_);
    change_.wait(lock, [this] { return open_; });
  }
  void add_guest() {
    const std::lock_guard lock(mutex_);
    ++guests_;
  }
  void guest_left() {
    const std::lock_guard lock(mutex_);
    --guests_;
    change_.notify_all();
  }
  void open_and_wait_for_guests() {
    std::unique_lock lock(mutex_);
    open_ = true;
    change_.notify_all();
    change_.wait(lock, [this] { return guests_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable change_;
  bool open_ = false;
  int guests_ = 0;
};

struct Hang {
  int after_captures = -1;  ///< reads hang from then on
  bool in_stop = false;
  bool in_open = false;
};

class HangingDevice : public Device {
 public:
  HangingDevice(std::unique_ptr<Device> device, Hang hang, std::shared_ptr<Gate> gate)
      : Device(device->info()), device_(std::move(device)), hang_(hang), gate_(std::move(gate)) {
    gate_->add_guest();
  }
  ~HangingDevice() override {
    stop();
    device_.reset();
    gate_->guest_left();
  }

 private:
  Result<std::string> do_calibration_json() override { return device_->calibration_json(); }
  Result<SyncJacks> do_read_jacks() override { return device_->read_jacks(); }
  Result<void> do_start(const CameraConfig& config) override { return device_->start(config); }
  void do_stop() override {
    if (hang_.in_stop) gate_->enter();
    device_->stop();
  }
  Result<std::variant<CapturePtr, ReadEnd>> do_next_capture(Nanos timeout) override {
    if (hang_.after_captures >= 0 && captures_ >= hang_.after_captures) gate_->enter();
    auto read = device_->next_capture(timeout);
    if (read && std::holds_alternative<CapturePtr>(*read)) ++captures_;
    return read;
  }
  Result<std::vector<ImuSample>> do_take_imu() override { return device_->take_imu(); }

  std::unique_ptr<Device> device_;
  Hang hang_;
  std::shared_ptr<Gate> gate_;
  int captures_ = 0;
};

class HangingSource : public DeviceSource {
 public:
  HangingSource(DeviceSource& source, std::map<std::string, Hang> hangs, std::shared_ptr<Gate> gate)
      : source_(source), hangs_(std::move(hangs)), gate_(std::move(gate)) {}
  Result<std::vector<DeviceInfo>> list() override { return source_.list(); }
  Result<std::unique_ptr<Device>> open(std::string_view serial) override {
    const Hang hang = hangs_[std::string(serial)];
    gate_->add_guest();
    if (hang.in_open) gate_->enter();
    auto device = source_.open(serial);
    if (device)
      device =
          std::unique_ptr<Device>(std::make_unique<HangingDevice>(*std::move(device), hang, gate_));
    gate_->guest_left();
    return device;
  }

 private:
  DeviceSource& source_;
  std::map<std::string, Hang> hangs_;
  std::shared_ptr<Gate> gate_;
};

/// Its finish() does not return while the gate is shut.
class HangingWriter : public RecordingWriter {
 public:
  HangingWriter(std::unique_ptr<RecordingWriter> disk, std::shared_ptr<Gate> gate)
      : disk_(std::move(disk)), gate_(std::move(gate)) {
    gate_->add_guest();
  }
  ~HangingWriter() override {
    disk_.reset();
    gate_->guest_left();
  }
  Result<void> write(const Capture& capture) override { return disk_->write(capture); }
  Result<void> write_imu(const ImuSample& sample) override { return disk_->write_imu(sample); }
  Result<void> finish() override {
    gate_->enter();
    return disk_->finish();
  }
  [[nodiscard]] RecordingWriterStats stats() const override { return disk_->stats(); }

 private:
  std::unique_ptr<RecordingWriter> disk_;
  std::shared_ptr<Gate> gate_;
};

/// The demo rig in real time, without pictures.
class HangingSession : public ::testing::Test {
 protected:
  HangingSession() {
    Rig rig = *parse_rig(demo_rig_toml(), "demo");
    rig.world->timing_only = true;
    setup_.manifest.plan = make_plan(rig);
    setup_.file.any_image_size = true;
    setup_.folder = take_ = *make_take_folder({}, "demo", folder_ / "take");
    VirtualRigOptions options;
    options.pace = VirtualRigOptions::Pace::real_time;
    options.cache_folder = folder_ / "cache";
    rig_ = *VirtualRig::create(rig, setup_.manifest.plan, options);
  }
  ~HangingSession() override { gate_->open_and_wait_for_guests(); }

  SessionOutcome record(double length_s, const std::map<std::string, Hang>& hangs = {}) {
    setup_.coordinator.ticks = static_cast<int64_t>(length_s * 30);
    source_ = std::make_unique<HangingSource>(*rig_, hangs, gate_);
    RunOptions options;
    options.hangs_after = std::chrono::seconds(1);
    options.opens_within = std::chrono::seconds(1);
    return run_session(setup_, *source_, rig_->clock(), options);
  }

  TempFolder folder_;
  std::filesystem::path take_;
  SessionSetup setup_;
  std::shared_ptr<VirtualRig> rig_;
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  std::unique_ptr<HangingSource> source_;
};

/// The demo rig's serials are virtual-0001 (left), -0002 (middle) and -0003 (right).
TEST_F(HangingSession, SavesTheTakeWhenOneCameraHangsInAReadAndAnotherInItsStop) {
  const SessionOutcome outcome =
      record(3, {{"virtual-0003", {.after_captures = 40}}, {"virtual-0002", {.in_stop = true}}});
  EXPECT_TRUE(outcome.device_hangs);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->code, Errc::device_lost);
  EXPECT_THAT(outcome.failure->message, HasSubstr("right: the camera was lost: it hangs"));
  EXPECT_THAT(outcome.alarms, Contains(HasSubstr("middle: the camera was lost: it did not stop")));
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->state, TakeState::incomplete);
  EXPECT_EQ(manifest->common_ticks, 90);
  for (const int whole : {0, 1}) {
    EXPECT_EQ(manifest->cameras[whole].captures, 90u);
    EXPECT_EQ(manifest->cameras[whole].end.how, EndOfCamera::length_reached);
  }
  EXPECT_EQ(manifest->cameras[0].end.detail, "");
  EXPECT_EQ(to_text(manifest->cameras[1].end), "length reached: then it hung in its stop");
  EXPECT_EQ(manifest->cameras[2].end.how, EndOfCamera::lost);
  EXPECT_THAT(manifest->cameras[2].end.detail, HasSubstr("it hangs"));
  EXPECT_GT(manifest->cameras[2].captures, 0u);
  const auto ticks = index_ticks(take_, *manifest);
  ASSERT_TRUE(ticks) << ticks.error().message;
  for (size_t i = 0; i < 3; ++i)
    EXPECT_EQ(ticks->cameras[i].captures, manifest->cameras[i].captures);
}

TEST_F(HangingSession, HandsOnTheOthersWhenACameraHangs) {
  testing::KeepingSink sink;
  setup_.sink = &sink;
  setup_.folder.clear();
  const SessionOutcome outcome = record(3, {{"virtual-0003", {.after_captures = 40}}});
  EXPECT_TRUE(outcome.device_hangs);
  ASSERT_TRUE(outcome.failure);
  EXPECT_THAT(outcome.failure->message, HasSubstr("right: the camera was lost: it hangs"));
  ASSERT_EQ(sink.sets.size(), 90u);
  EXPECT_NE(sink.sets.front().slots[2].capture, nullptr);
  const CaptureSet& last = sink.sets.back();
  EXPECT_NE(last.slots[0].capture, nullptr);
  EXPECT_EQ(last.slots[2].capture, nullptr);
  EXPECT_EQ(last.slots[2].cause, HoleCause::device_lost);
}

TEST_F(HangingSession, GivesTheTakeUpWhenACameraHangsInItsOpening) {
  const SessionOutcome outcome = record(3, {{"virtual-0002", {.in_open = true}}});
  EXPECT_TRUE(outcome.device_hangs);
  EXPECT_FALSE(outcome.recorded);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->code, Errc::device_lost);
  EXPECT_THAT(outcome.failure->message, HasSubstr("middle: camera virtual-0002 hangs"));
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->state, TakeState::incomplete);
  EXPECT_THAT(manifest->remarks, Contains(outcome.failure->message));
}

TEST_F(HangingSession, LeavesADiskAloneThatHangsInItsLastFlush) {
  setup_.flush_within_s = 0.3;
  setup_.make_writer =
      [this](const std::filesystem::path& path, const RecordingHeader& header,
             const RecordingWriterOptions& options) -> Result<std::unique_ptr<RecordingWriter>> {
    auto made = RecordingWriter::create(path, header, options);
    if (!made || path.stem() != "right") return made;
    return std::unique_ptr<RecordingWriter>(
        std::make_unique<HangingWriter>(*std::move(made), gate_));
  };
  const SessionOutcome outcome = record(2);
  EXPECT_TRUE(outcome.disk_hangs);
  ASSERT_TRUE(outcome.failure);
  EXPECT_THAT(outcome.failure->message, HasSubstr("right: the disk did not take the end"));
  const auto manifest = read_manifest(take_);
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->state, TakeState::incomplete);
  EXPECT_EQ(manifest->cameras[0].captures, 60u);
  EXPECT_EQ(manifest->cameras[2].end.how, EndOfCamera::disk);
  // What waits for the reordering, at most 0.2 s and the cluster that is being filled, is not sure.
  EXPECT_GE(manifest->cameras[2].captures, 20u);
  EXPECT_LT(manifest->cameras[2].captures, 60u);
  ASSERT_TRUE(manifest->cut_short);
  EXPECT_EQ(manifest->cut_short->of_s, 2);
  EXPECT_LT(manifest->cut_short->at_s, 2);
  const auto ticks = index_ticks(take_, *manifest);
  ASSERT_TRUE(ticks) << ticks.error().message;
  EXPECT_GE(ticks->cameras[2].captures, manifest->cameras[2].captures);
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
// Who waits for whom, in this process and in several (which share a file).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "lockstep/playback/playback.h"
#include "tests/support/small_take.h"

namespace lockstep {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using testing::SmallTake;
using testing::ticks;

/// A take of 30 ticks from 100 ms on, camera 0 the master, as two processes play it.
class PlayingTime : public ::testing::Test {
 protected:
  PlayingTime() {
    take_.add_part(kMaster, ticks(0, 29), 100'000, true);
    take_.add_part(kSubordinate, ticks(0, 29), 100'000, true);
    take_.save();
  }

  std::unique_ptr<PlaybackSource> process() const {
    PlaybackOptions options;
    options.shared_file = take_.folder() / "memory";
    return *PlaybackSource::open_path(take_.folder(), options);
  }
  static std::unique_ptr<Device> open(PlaybackSource& source, size_t camera) {
    return *source.open((*source.list())[camera].serial);
  }
  static void start(PlaybackSource& source, Device& device, size_t camera) {
    ASSERT_TRUE(device.start(source.recorded()[camera].camera));
  }
  /// Stamp of the next capture, -1 when it does not come in time or there is none left.
  static int64_t next(Device& device, Nanos timeout = seconds(5)) {
    const auto read = device.next_capture(timeout);
    const auto* capture = read ? std::get_if<CapturePtr>(&*read) : nullptr;
    return capture == nullptr ? -1 : (*capture)->stamp().us();
  }

  static constexpr size_t kMaster = 0, kSubordinate = 1;
  static constexpr int64_t kFirstUs = 100'000;
  static constexpr int64_t kDelayUs = static_cast<int64_t>(SmallTake::kDelayUs);
  SmallTake take_;
};

TEST_F(PlayingTime, BeginsWithTheMasterForThoseWhoWaitForIt) {
  const auto here = process(), there = process();
  const auto subordinate = open(*here, kSubordinate);
  start(*here, *subordinate, kSubordinate);
  EXPECT_EQ(next(*subordinate, milliseconds(50)), -1);
  const auto master = open(*there, kMaster);
  start(*there, *master, kMaster);
  EXPECT_EQ(next(*subordinate), kFirstUs + kDelayUs);
  EXPECT_EQ(next(*master), kFirstUs);
}

TEST_F(PlayingTime, IsJoinedWhereItIs) {
  const auto source = process();
  const auto master = open(*source, kMaster), subordinate = open(*source, kSubordinate);
  start(*source, *master, kMaster);
  std::this_thread::sleep_for(milliseconds(300));
  start(*source, *subordinate, kSubordinate);
  EXPECT_GE(next(*subordinate), kFirstUs + 300'000);
  EXPECT_EQ(next(*master), kFirstUs) << "it was there from the beginning";
}

TEST_F(PlayingTime, BeginsAnewWhenAllHaveStopped) {
  const auto source = process();
  const auto master = open(*source, kMaster), subordinate = open(*source, kSubordinate);
  start(*source, *subordinate, kSubordinate);
  start(*source, *master, kMaster);
  for (int i = 0; i < 5; ++i) EXPECT_GT(next(*master), 0);
  master->stop();
  start(*source, *master, kMaster);
  EXPECT_GT(next(*master), kFirstUs + 60'000) << "the subordinate played on";
  master->stop();
  subordinate->stop();
  start(*source, *master, kMaster);
  EXPECT_EQ(next(*master), kFirstUs);
}

TEST_F(PlayingTime, BeginsAnewWhenEverythingWasPlayed) {
  const auto source = process();
  const auto master = open(*source, kMaster), subordinate = open(*source, kSubordinate);
  start(*source, *subordinate, kSubordinate);
  start(*source, *master, kMaster);
  while (next(*subordinate) != -1) {
  }
  master->stop();
  start(*source, *master, kMaster);
  EXPECT_EQ(next(*master), kFirstUs);
}

TEST_F(PlayingTime, OfSubordinatesAloneBeginsWithAnyOfThem) {
  const auto source = *PlaybackSource::open_path(take_.folder() / "b.mkv", {});
  const auto device = open(*source, 0);
  start(*source, *device, 0);
  EXPECT_EQ(next(*device), kFirstUs + kDelayUs);
}

TEST_F(PlayingTime, EndsWithAMasterWhoseProcessWasKilled) {
  const auto here = process();
  const auto subordinate = open(*here, kSubordinate);
  const pid_t child = fork();
  if (child == 0) {
    const auto source = process();
    const auto master = open(*source, kMaster);
    start(*source, *master, kMaster);
    _exit(next(*master) == kFirstUs ? 0 : 1);  // without a word to anybody
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  start(*here, *subordinate, kSubordinate);
  EXPECT_EQ(next(*subordinate, milliseconds(100)), -1) << "nobody gives pulses";
}

TEST_F(PlayingTime, OfOneCaptureGivesItAndEnds) {
  // The only recording of a real camera here: one capture.
  const auto source =
      *PlaybackSource::open_path(testing::data_file("real-recording/recording.mkv"), {});
  const auto device = open(*source, 0);
  for (int round = 0; round < 2; ++round) {
    start(*source, *device, 0);
    EXPECT_GT(next(*device), 0);
    EXPECT_EQ(next(*device), -1);
    device->stop();
  }
}

TEST_F(PlayingTime, ACameraIsHeldByOneProcess) {
  const auto here = process(), there = process();
  const std::string serial = (*here->list())[kMaster].serial;
  auto held = here->open(serial);
  ASSERT_TRUE(held);
  EXPECT_EQ(there->open(serial).error().code, Errc::busy);
  EXPECT_EQ(here->open(serial).error().code, Errc::busy);
  held->reset();
  EXPECT_TRUE(there->open(serial));
}

TEST_F(PlayingTime, KeepsColourSettingsOfClosedCameras) {
  const auto here = process(), there = process();
  const std::string serial = (*here->list())[kSubordinate].serial;
  ASSERT_TRUE(here->set_color_control(serial, 2, {77, 1, 0}));
  EXPECT_EQ((*there->color_controls(serial))[2].value, 77);
  EXPECT_EQ(here->color_controls("nobody").error().code, Errc::not_found);
  EXPECT_EQ(here->set_color_control("nobody", 2, {}).error().code, Errc::not_found);
}

TEST_F(PlayingTime, AnotherDelayIsNotPlayed) {
  const auto source = process();
  const auto device = open(*source, kSubordinate);
  CameraConfig config = source->recorded()[kSubordinate].camera;
  config.subordinate_delay_off_master += Micros(1);
  const auto started = device->start(config);
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("the delay off the master is"));
}

}  // namespace
}  // namespace lockstep

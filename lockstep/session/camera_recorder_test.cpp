// SPDX-License-Identifier: MIT
#include "lockstep/session/camera_recorder.h"

#include <gmock/gmock.h>

#include <semaphore>

#include "tests/support/files.h"

namespace lockstep {
namespace {

using testing::TempFolder;

CapturePtr capture(size_t bytes) {
  auto made = std::make_shared<Capture>();
  auto storage = std::make_shared<std::vector<std::byte>>(bytes);
  made->color.emplace();
  made->color->bytes = ImageBytes(storage, *storage);
  return made;
}

/// A disk that takes the next capture only when it is let.
struct SlowDisk {
  std::counting_semaphore<1000> let{0};
  std::atomic<int> written{0};
  std::atomic<int> files{0};
  int fail_at = -1;  ///< index of the capture that the disk refuses
  bool counts_what_it_refuses = false;
};

class SlowWriter : public RecordingWriter {
 public:
  explicit SlowWriter(SlowDisk& disk) : disk_(disk) {}
  Result<void> write(const Capture&) override {
    disk_.let.acquire();
    if (disk_.written == disk_.fail_at) {
      if (disk_.counts_what_it_refuses) ++stats_.captures;
      return Error{Errc::no_space, "the disk is full"};
    }
    ++disk_.written;
    ++stats_.captures;
    return {};
  }
  Result<void> write_imu(const ImuSample&) override { return {}; }
  Result<void> finish() override { return {}; }
  [[nodiscard]] RecordingWriterStats stats() const override { return stats_; }

 private:
  SlowDisk& disk_;
  RecordingWriterStats stats_;
};

CameraRecorder::Options slow(SlowDisk& disk, bool threaded) {
  CameraRecorder::Options options;
  options.threaded = threaded;
  options.queue_bytes = 4'000;
  options.make_writer =
      [&disk](const std::filesystem::path&, const RecordingHeader&,
              const RecordingWriterOptions&) -> Result<std::unique_ptr<RecordingWriter>> {
    ++disk.files;
    return std::unique_ptr<RecordingWriter>(std::make_unique<SlowWriter>(disk));
  };
  return options;
}

TEST(CameraRecorder, DropsWholeCapturesWhenTheDiskIsSlowAndLosesNoneItTook) {
  SlowDisk disk;
  CameraRecorder recorder("/nowhere", "left", {}, slow(disk, true));
  ASSERT_TRUE(recorder.open());
  int taken = 0;
  int dropped = 0;
  for (int i = 0; i < 50; ++i) ++(recorder.write(capture(1'000)) ? taken : dropped);
  // The queue's four, and at most one that the thread holds already.
  EXPECT_GE(taken, 4);
  EXPECT_LE(taken, 5);
  EXPECT_EQ(taken + dropped, 50);

  disk.let.release(50);
  recorder.close();
  while (!recorder.finished()) std::this_thread::yield();
  EXPECT_EQ(disk.written, taken);
  EXPECT_EQ(recorder.stats().captures, static_cast<uint64_t>(taken));
  EXPECT_FALSE(recorder.failure());
}

TEST(CameraRecorder, KeepsTheFirstFailureAndGoesOnWithoutWriting) {
  SlowDisk disk;
  disk.fail_at = 2;
  disk.let.release(100);
  CameraRecorder recorder("/nowhere", "left", {}, slow(disk, false));
  ASSERT_TRUE(recorder.open());
  for (int i = 0; i < 10; ++i) recorder.write(capture(10));
  recorder.close();
  EXPECT_TRUE(recorder.finished());
  EXPECT_EQ(disk.written, 2);
  ASSERT_TRUE(recorder.failure());
  EXPECT_EQ(recorder.failure()->code, Errc::no_space);
}

TEST(CameraRecorder, CountsNoCaptureThatTheDiskRefused) {
  for (const bool counted : {false, true}) {
    SlowDisk disk;
    disk.fail_at = 2;
    disk.counts_what_it_refuses = counted;
    disk.let.release(100);
    CameraRecorder recorder("/nowhere", "left", {}, slow(disk, true));
    ASSERT_TRUE(recorder.open());
    for (int tick = 0; tick < 4; ++tick) recorder.write(capture(1'000), tick);
    recorder.close();
    while (!recorder.finished()) std::this_thread::yield();
    EXPECT_EQ(recorder.stats().captures, 2u) << counted;
  }
}

TEST(CameraRecorder, CountsOverItsParts) {
  SlowDisk disk;
  disk.let.release(100);
  CameraRecorder recorder("/nowhere", "left", {}, slow(disk, true));
  ASSERT_TRUE(recorder.open());
  recorder.write(capture(10));
  recorder.begin_part();
  recorder.write(capture(10));
  recorder.close();
  while (!recorder.finished()) std::this_thread::yield();
  EXPECT_EQ(disk.files, 2);
  EXPECT_EQ(recorder.stats().captures, 2u);
}

TEST(CameraRecorder, CountsTheSamplesThatFindNoRoomAndBeginsThePartAllTheSame) {
  SlowDisk disk;
  CameraRecorder recorder("/nowhere", "left", {}, slow(disk, true));
  ASSERT_TRUE(recorder.open());
  // Each is more than the queue holds: two are taken once the thread waits with the first.
  for (int taken = 0; taken < 2;) taken += recorder.write(capture(5'000)) ? 1 : 0;
  recorder.write_imu(std::vector<ImuSample>(7));
  EXPECT_EQ(recorder.imu_dropped(), 7u);
  recorder.begin_part();
  disk.let.release(10);
  recorder.close();
  while (!recorder.finished()) std::this_thread::yield();
  EXPECT_EQ(disk.files, 2);
}

TEST(CameraRecorder, TellsFromWhichTickOnNothingReachedTheDisk) {
  SlowDisk disk;
  disk.fail_at = 2;
  CameraRecorder recorder("/nowhere", "left", {}, slow(disk, true));
  ASSERT_TRUE(recorder.open());
  for (int tick = 100; tick < 104; ++tick) recorder.write(capture(1'000), tick);
  disk.let.release(10);
  recorder.close();
  while (!recorder.finished()) std::this_thread::yield();
  EXPECT_EQ(recorder.lost_from_tick(), 102);
}

TEST(CameraRecorder, FailsAtOnceWhereItCannotWrite) {
  CameraRecorder recorder("/nowhere/at/all", "left", {}, {});
  EXPECT_FALSE(recorder.open());
  EXPECT_TRUE(recorder.failure());
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include "lockstep/recording/streams.h"
#include "tests/support/files.h"
#include "tests/support/recording_fixture.h"

// A writer with a thread of its own, on disks that are slow or full.

namespace lockstep {
namespace {

using namespace testing;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Not;

/// A disk in memory that takes no cluster as long as it is stopped, and none at all when full.
class Disk {
 public:
  void stop() { set(stopped_, true); }
  void go_on() { set(stopped_, false); }
  void fill_up() { set(full_, true); }
  [[nodiscard]] std::string content() const {
    const std::lock_guard lock(mutex_);
    return content_;
  }

  Result<void> write_at(uint64_t offset, std::span<const mkv::ByteView> pieces) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !stopped_; });
    if (full_) return Error{Errc::no_space, "no space left for a.mkv"};
    for (const mkv::ByteView& piece : pieces) {
      content_.resize(std::max(content_.size(), static_cast<size_t>(offset) + piece.size()));
      std::memcpy(content_.data() + offset, piece.data(), piece.size());
      offset += piece.size();
    }
    return {};
  }

 private:
  void set(bool& what, bool value) {
    const std::lock_guard lock(mutex_);
    what = value;
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string content_;
  bool stopped_ = false;
  bool full_ = false;
};

class DiskSink final : public mkv::ByteSink {
 public:
  explicit DiskSink(Disk& disk) : disk_(disk) {}
  Result<void> write_at(uint64_t offset, std::span<const mkv::ByteView> pieces) override {
    return disk_.write_at(offset, pieces);
  }
  Result<void> sync() override { return {}; }
  Result<void> truncate(uint64_t) override { return {}; }

 private:
  Disk& disk_;
};

std::function<void()> start_thread(std::function<void()> work) {
  const auto thread = std::make_shared<std::thread>(std::move(work));
  return [thread] { thread->join(); };
}

RecordingWriterOptions in_background() {
  RecordingWriterOptions options;
  options.background = start_thread;
  return options;
}

std::unique_ptr<RecordingWriter> writer_on(Disk& disk, const RecordingWriterOptions& options) {
  auto writer = create_recording_on(std::make_unique<DiskSink>(disk), small_header(), options);
  EXPECT_TRUE(writer);
  return std::move(*writer);
}

std::string payloads_of(const std::string& file) {
  std::string all;
  for (const mkv::Cluster& cluster : clusters_of(file)) {
    for (const mkv::BlockRef& block : cluster.blocks)
      all += std::to_string(block.time) + file.substr(block.offset, block.size);
  }
  return all;
}

TEST(BackgroundWriter, WritesWhatAWriterWithoutAThreadWrites) {
  Disk of_own_thread, of_callers;
  for (const bool background : {false, true}) {
    RecordingWriterOptions options;
    if (background) options.background = start_thread;
    const auto writer = writer_on(background ? of_own_thread : of_callers, options);
    ASSERT_TRUE(feed(*writer, 60, 1'000'000));
    ASSERT_TRUE(writer->finish());
    const RecordingWriterStats stats = writer->stats();
    EXPECT_EQ(stats.captures, 60U);
    EXPECT_EQ(stats.bytes, (background ? of_own_thread : of_callers).content().size());
    EXPECT_GE(stats.written_until->us(), 1'000'000 + 59 * 100'000 / 3);
  }
  EXPECT_EQ(payloads_of(of_own_thread.content()), payloads_of(of_callers.content()));
}

TEST(BackgroundWriter, DoesNotLetItsCallerWaitForTheDiskAndTellsOfASlowOne) {
  Disk disk;
  std::vector<Nanos> told;
  RecordingWriterOptions options = in_background();
  options.disk_too_slow = [&](Nanos behind) { told.push_back(behind); };
  const auto writer = writer_on(disk, options);
  const size_t head = disk.content().size();
  disk.stop();
  ASSERT_TRUE(feed(*writer, 50, 1'000'000));  // within two seconds
  EXPECT_THAT(told, IsEmpty());
  ASSERT_TRUE(feed(*writer, 100, 2'700'000));
  EXPECT_THAT(told, Not(IsEmpty()));
  EXPECT_THAT(told, Each(Gt(Nanos(2'000'000'000))));
  EXPECT_EQ(disk.content().size(), head);
  EXPECT_EQ(writer->stats().bytes, head);
  disk.go_on();
  ASSERT_TRUE(writer->finish());
  const std::string file = disk.content();
  auto reader = open_recording_on(mkv::memory_source(mkv::as_bytes(file)), "a.mkv");
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->scan()->color.size(), 150U);
  EXPECT_THAT((*reader)->info().damage, IsEmpty());
}

TEST(BackgroundWriter, CallsNoDiskSlowForWhatTheEndHandsItAtOnce) {
  Disk disk;
  std::vector<Nanos> told;
  RecordingWriterOptions options = in_background();
  options.reorder_window = std::chrono::seconds(4);
  options.disk_too_slow = [&](Nanos behind) { told.push_back(behind); };
  const auto writer = writer_on(disk, options);
  disk.stop();
  ASSERT_TRUE(feed(*writer, 100, 1'000'000));  // more than three seconds, none of them due yet
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    disk.go_on();
  });
  EXPECT_TRUE(writer->finish());
  later.join();
  EXPECT_THAT(told, IsEmpty());
}

TEST(BackgroundWriter, WaitsForADiskThatIsFarBehindInsteadOfTakingAllMemory) {
  Disk disk;
  const auto writer = writer_on(disk, in_background());
  disk.stop();
  constexpr int kCaptures = 450;  // 15 s
  std::atomic<int> taken{0};
  std::thread feeder([&] {
    for (; taken < kCaptures; ++taken) {
      if (!writer->write(capture_at(1'000'000 + taken * int64_t{100'000} / 3))) return;
    }
  });
  // Until it comes no further.
  int before = -1;
  while (taken > before) {
    before = taken;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  EXPECT_LT(taken, 300);  // 8 s, and what waits for its cluster
  disk.go_on();
  feeder.join();
  EXPECT_EQ(taken, kCaptures);
  EXPECT_TRUE(writer->finish());
}

TEST(BackgroundWriter, TellsTheErrorOfTheDiskToEveryCallAfterIt) {
  Disk disk;
  const auto writer = writer_on(disk, in_background());
  ASSERT_TRUE(feed(*writer, 30, 1'000'000));
  disk.fill_up();
  // The clusters of these are not written before they are taken; the thread comes to it in time.
  int64_t first_us = 2'000'000;
  Result<void> fed;
  for (int i = 0; i < 1000 && fed; ++i, first_us += 33'333) {
    fed = writer->write(capture_at(first_us));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().code, Errc::no_space);
  EXPECT_EQ(writer->write(capture_at(first_us)).error().code, Errc::no_space);
  EXPECT_EQ(writer->write_imu(imu_at(first_us)).error().code, Errc::no_space);
  EXPECT_EQ(writer->finish().error().code, Errc::no_space);
}

TEST(BackgroundWriter, FlushesWhatItHasTaken) {
  Disk disk;
  auto writer = create_tracks_on(std::make_unique<DiskSink>(disk), small_header(), in_background());
  ASSERT_TRUE(writer);
  for (const int64_t first_us : {1'000'000, 5'000'000}) {
    ASSERT_TRUE(feed(**writer, 20, first_us));
    ASSERT_TRUE((*writer)->flush());
    const std::string file = disk.content();
    auto reader = open_recording_on(mkv::memory_source(mkv::as_bytes(file)), "a.mkv");
    ASSERT_TRUE(reader);
    EXPECT_EQ((*reader)->scan()->color.size(), first_us == 1'000'000 ? 20U : 40U);
    EXPECT_TRUE((*reader)->info().closed_cleanly);
  }
}

/// Behind a flush the grid of clusters begins anew: a datum that is older than the end of the
/// cluster that was written last comes too late, and no other.
TEST(BackgroundWriter, CountsItsClustersFromTheFlush) {
  Disk disk;
  RecordingWriterOptions options = in_background();
  options.refuse_late = true;
  options.reorder_window = Nanos(0);
  auto writer = create_tracks_on(std::make_unique<DiskSink>(disk), small_header(), options);
  ASSERT_TRUE(writer);
  const auto put = [&](int64_t us) {
    const auto data = noise(10, 1);
    return static_cast<bool>(
        (*writer)->write_block("COLOR", DeviceTime(Micros(us)), ImageBytes(data, *data)));
  };
  std::vector<bool> taken = {put(1'000'000)};
  ASSERT_TRUE((*writer)->flush());
  for (const int64_t us : {1'000'000, 1'000'001, 1'032'001, 1'032'000, 1'032'001})
    taken.push_back(put(us));
  EXPECT_THAT(taken, ElementsAre(true, false, true, true, false, true));
}

}  // namespace
}  // namespace lockstep

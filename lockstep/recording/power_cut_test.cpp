// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <random>

#include "lockstep/recording/recover.h"
#include "lockstep/recording/streams.h"
#include "tests/support/files.h"
#include "tests/support/independent_reader.h"
#include "tests/support/recording_fixture.h"

// What a power cut keeps (docs/recording-format.md, "Crash safety").

namespace lockstep {
namespace {

using namespace testing;

constexpr size_t kPage = 4096;
constexpr int64_t kFirstUs = 1'000'000;
/// Defaults of the writer: it flushes every second, waits 0.2 s for late data, and a cluster of
/// 32 ms is written, and counts as flushed, only when it is over.
constexpr int64_t kMostLostUs = 1'000'000 + 200'000 + 2 * 32'000;

/// A disk with a cache: `kept` is what it certainly holds when its power goes.
struct CachedDisk {
  std::string written;
  std::string kept;
  std::function<void()> before_each_change = [] {};
};

class CachedSink final : public mkv::ByteSink {
 public:
  explicit CachedSink(CachedDisk& disk) : disk_(disk) {}
  Result<void> write_at(uint64_t offset, std::span<const mkv::ByteView> pieces) override {
    disk_.before_each_change();
    for (const mkv::ByteView& piece : pieces) {
      const auto end = static_cast<size_t>(offset) + piece.size();
      disk_.written.resize(std::max(disk_.written.size(), end));
      std::memcpy(disk_.written.data() + offset, piece.data(), piece.size());
      offset += piece.size();
    }
    return {};
  }
  Result<void> sync() override {
    disk_.before_each_change();
    disk_.kept = disk_.written;
    return {};
  }
  Result<void> truncate(uint64_t size) override {
    disk_.before_each_change();
    disk_.written.resize(static_cast<size_t>(size));
    return {};
  }

 private:
  CachedDisk& disk_;
};

Image tiny(PixelFormat format, int64_t stamp_us) {
  return image_of(format, {8, 4}, stamp_us, noise(64, static_cast<uint32_t>(stamp_us)));
}

/// Records `captures` captures and calls `at_each_change(newest stamp given to the writer)`.
void record(CachedDisk& disk, BlockTimes times, int captures,
            const std::function<void(int64_t)>& at_each_change) {
  RecordingWriterOptions options;
  options.block_times = times;
  options.any_image_size = true;
  int64_t newest_us = kFirstUs;
  auto writer = create_recording_on(std::make_unique<CachedSink>(disk), small_header(), options);
  ASSERT_TRUE(writer);
  disk.before_each_change = [&] { at_each_change(newest_us); };
  int64_t imu_us = kFirstUs;
  for (int i = 0; i < captures; ++i) {
    const int64_t stamp_us = kFirstUs + i * int64_t{100'000} / 3;
    for (; imu_us <= stamp_us; imu_us += 611) {
      newest_us = std::max(newest_us, imu_us);
      ASSERT_TRUE((*writer)->write_imu(imu_at(imu_us)));
    }
    newest_us = stamp_us;
    Capture capture;
    capture.color = tiny(PixelFormat::mjpg, stamp_us);
    capture.depth = tiny(PixelFormat::depth16, stamp_us - 160);
    capture.ir = tiny(PixelFormat::ir16, stamp_us - 160);
    ASSERT_TRUE((*writer)->write(capture));
  }
  ASSERT_TRUE((*writer)->finish());
  disk.before_each_change = [] {};
  at_each_change(newest_us);
}

/// Captures that have to be there when the power goes while the newest stamp is `newest_us`.
size_t safe_captures(int64_t newest_us) {
  size_t count = 0;
  for (int64_t i = 0; kFirstUs + i * 100'000 / 3 <= newest_us - kMostLostUs; ++i) ++count;
  return count;
}

/// Stamps of colour in what a power cut left; every safe one is there, in order.
void expect_safe(const std::string& file, int64_t newest_us) {
  const size_t safe = safe_captures(newest_us);
  if (safe == 0) return;
  auto reader = open_recording_on(mkv::memory_source(mkv::as_bytes(file)), "cut");
  ASSERT_TRUE(reader) << reader.error().message;
  const auto stamps = (*reader)->scan();
  ASSERT_TRUE(stamps);
  ASSERT_GE(stamps->color.size(), safe) << "of " << newest_us;
  ASSERT_GE(stamps->depth.size(), safe);
  ASSERT_GE(stamps->notes.size(), safe);
  for (size_t i = 0; i < safe; ++i) {
    ASSERT_EQ(stamps->color[i].stamp.us(), kFirstUs + static_cast<int64_t>(i) * 100'000 / 3);
  }
}

class PowerCut : public ::testing::TestWithParam<BlockTimes> {};

TEST_P(PowerCut, KeepsAllThatIsOlderThanTheLastFlushAndTheWindow) {
  CachedDisk disk;
  size_t cuts = 0;
  std::string checked;
  record(disk, GetParam(), 150, [&](int64_t newest_us) {
    expect_safe(disk.kept, newest_us);
    ++cuts;
    if (disk.kept == checked) return;
    checked = disk.kept;
    const auto walk = walk_independently(checked);
    EXPECT_EQ(walk.error, "");
    EXPECT_GE(walk.blocks_of_track(1), safe_captures(newest_us));
  });
  EXPECT_GT(cuts, 150U);
  EXPECT_EQ(walk_independently(disk.kept).blocks_of_track(1), 150U);
}

/// The disk may also have kept any of the pages that came after the flush; the others are zeros, or
/// as they were.
std::string with_some_later_pages(const CachedDisk& disk, std::minstd_rand& random) {
  const size_t longest = std::max(disk.kept.size(), disk.written.size());
  const size_t size = disk.kept.size() + random() % (longest - disk.kept.size() + 1);
  std::string left = disk.kept;
  left.resize(size);
  const uint32_t share = random() % 5;
  for (size_t page = 0; page < std::min(size, disk.written.size()); page += kPage) {
    if (random() % 4 >= share) continue;
    const size_t count = std::min({kPage, size - page, disk.written.size() - page});
    left.replace(page, count, disk.written, page, count);
  }
  return left;
}

TEST_P(PowerCut, PagesThatTheDiskWroteOutOfOrderHideNothingOld) {
  const bool nightly = std::getenv("LOCKSTEP_NIGHTLY") != nullptr;
  std::minstd_rand random(815);
  size_t damaged = 0;
  for (int round = 0; round < (nightly ? 300 : 8); ++round) {
    CachedDisk disk;
    record(disk, GetParam(), 100, [&](int64_t newest_us) {
      const std::string left = with_some_later_pages(disk, random);
      expect_safe(left, newest_us);
      auto reader = open_recording_on(mkv::memory_source(mkv::as_bytes(left)), "cut");
      if (reader && (*reader)->scan() && (*reader)->info().damage.size() > 1) ++damaged;
    });
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(damaged, 400U) << "the model leaves hardly any hole";
}

TEST_P(PowerCut, RecoveringLeavesOutWhatHasAHole) {
  const TempFolder folder;
  std::minstd_rand random(99);
  CachedDisk disk;
  int left_out = 0;
  int cuts = 0;
  record(disk, GetParam(), 100, [&](int64_t newest_us) {
    if (safe_captures(newest_us) == 0 || ++cuts % 8 != 0) return;
    write_file(folder / "cut.mkv", with_some_later_pages(disk, random));
    std::filesystem::remove(folder / "whole.mkv");
    const auto recovered = recover_recording(folder / "cut.mkv", folder / "whole.mkv");
    ASSERT_TRUE(recovered) << recovered.error().message;
    left_out += recovered->notes.size() > 1 ? 1 : 0;
    const std::string whole = read_file(folder / "whole.mkv");
    expect_safe(whole, newest_us);
    auto reader = RecordingReader::open(folder / "whole.mkv");
    ASSERT_TRUE(reader && (*reader)->scan());
    EXPECT_TRUE((*reader)->info().closed_cleanly && (*reader)->info().damage.empty());
    EXPECT_EQ(walk_independently(whole).error, "");
  });
  EXPECT_GT(left_out, 0);
}

INSTANTIATE_TEST_SUITE_P(BlockTimes, PowerCut,
                         ::testing::Values(BlockTimes::absolute, BlockTimes::relative));

}  // namespace
}  // namespace lockstep

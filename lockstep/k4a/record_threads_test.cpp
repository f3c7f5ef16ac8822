// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <k4a/k4a.h>
#include <k4arecord/playback.h>
#include <k4arecord/record.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <functional>
#include <thread>
#include <vector>

#include "tests/support/k4a_playback.h"
#include "tests/support/k4a_record.h"

// One recording that several threads write to, as a program with a thread for each kind of data.

namespace {

using lockstep::testing::K4aRecord;
using lockstep::testing::kDone;
using lockstep::testing::next;
using lockstep::testing::next_imu;
using lockstep::testing::OpenPlayback;

constexpr uint64_t kFirstUs = 5'000'000;

class K4aRecordThreads : public K4aRecord {
 protected:
  void SetUp() override {
    create();
    ASSERT_EQ(k4a_record_add_imu_track(record), kDone);
    const k4a_record_subtitle_settings_t often{true};
    ASSERT_EQ(k4a_record_add_custom_subtitle_track(record, "LOG", "S_LOG", nullptr, 0, &often),
              kDone);
    ASSERT_EQ(k4a_record_write_header(record), kDone);
  }

  k4a_result_t write_line(uint64_t us) {
    uint8_t line[] = "a line";
    return k4a_record_write_custom_track_data(record, "LOG", us, line, sizeof line);
  }

  /// What each kind of data does for the `second`-th second of the recording.
  void write_captures(uint64_t second) {
    for (uint64_t i = second * 30; i < second * 30 + 30; ++i)
      note(captures, kFirstUs + i * 33'333, [&](uint64_t us) { return write_at(us); });
  }
  void write_samples(uint64_t second) {
    for (uint64_t i = second * 500; i < second * 500 + 500; ++i)
      note(samples, kFirstUs + i * 2000, [&](uint64_t us) { return write_imu(us); });
  }
  void write_lines(uint64_t second) {
    for (uint64_t i = second * 100; i < second * 100 + 100; ++i)
      note(lines, kFirstUs + i * 10'000, [&](uint64_t us) { return write_line(us); });
  }

  /// That what was taken, and nothing else, is in the file, in order of time. Of a refused capture
  /// a part may have been taken.
  void expect_all_taken() {
    const OpenPlayback file(path());
    for (const uint64_t us : samples) EXPECT_EQ(next_imu(file.handle), us);
    EXPECT_EQ(next_imu(file.handle), 0U);
    std::vector<uint64_t> in_file;
    for (auto capture = next(file.handle); !capture.empty(); capture = next(file.handle))
      if (capture[0] != 0 && capture[1] != 0 && capture[2] != 0) in_file.push_back(capture[0]);
    EXPECT_EQ(in_file, captures);
    size_t blocks = 0;
    k4a_playback_data_block_t block = nullptr;
    while (k4a_playback_get_next_data_block(file.handle, "LOG", &block) ==
           K4A_STREAM_RESULT_SUCCEEDED) {
      k4a_playback_data_block_release(block);
      ++blocks;
    }
    EXPECT_EQ(blocks, lines.size());
  }

  std::vector<uint64_t> captures, samples, lines;  // times of what was taken; of one thread each

 private:
  static void note(std::vector<uint64_t>& taken, uint64_t us,
                   const std::function<k4a_result_t(uint64_t)>& write) {
    if (write(us) == kDone) taken.push_back(us);
  }
};

TEST_F(K4aRecordThreads, OneForEachKindOfDataLoseNothing) {
  constexpr uint64_t kSeconds = 4;
  std::barrier together(3);  // nobody is more than a second ahead
  const auto run = [&](auto write) {
    return std::thread([&together, write] {
      for (uint64_t second = 0; second < kSeconds; ++second) {
        write(second);
        together.arrive_and_wait();
      }
    });
  };
  std::thread threads[] = {run([this](uint64_t second) { write_captures(second); }),
                           run([this](uint64_t second) { write_samples(second); }),
                           run([this](uint64_t second) { write_lines(second); })};
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(captures.size(), kSeconds * 30);
  EXPECT_EQ(samples.size(), kSeconds * 500);
  EXPECT_EQ(lines.size(), kSeconds * 100);
  close();
  expect_all_taken();
}

TEST_F(K4aRecordThreads, MayWriteWhileAnotherFlushes) {
  std::atomic<int> writing{3};
  const auto run = [&](auto write) {
    return std::thread([&writing, write] {
      for (uint64_t second = 0; second < 3; ++second) write(second);
      --writing;
    });
  };
  std::thread threads[] = {run([this](uint64_t second) { write_captures(second); }),
                           run([this](uint64_t second) { write_samples(second); }),
                           run([this](uint64_t second) { write_lines(second); })};
  while (writing > 0) EXPECT_EQ(k4a_record_flush(record), kDone);
  for (std::thread& thread : threads) thread.join();
  close();
  expect_all_taken();
}

}  // namespace

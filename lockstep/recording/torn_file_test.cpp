// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <thread>

#include "lockstep/recording/recover.h"
#include "lockstep/recording/streams.h"
#include "tests/support/files.h"
#include "tests/support/independent_reader.h"
#include "tests/support/recording_fixture.h"

// Files that end anywhere (docs/recording-format.md, "Crash safety").

namespace lockstep {
namespace {

using namespace testing;

constexpr size_t kPage = 4096;

bool nightly() {
  return std::getenv("LOCKSTEP_NIGHTLY") != nullptr;
}

/// A file whose recorder never came to finish it.
std::string unfinished_file(int captures, const RecordingWriterOptions& options = {}) {
  const TempFolder folder;
  auto writer = RecordingWriter::create(folder / "a.mkv", small_header(), options);
  EXPECT_TRUE(writer);
  EXPECT_TRUE(feed(**writer, captures, 1'000'000));
  return read_file(folder / "a.mkv");
}

/// Blocks in clusters that lie whole before `cut`.
size_t whole_blocks(const std::vector<mkv::Cluster>& clusters, size_t cut, uint64_t track) {
  size_t count = 0;
  for (const mkv::Cluster& cluster : clusters) {
    if (cluster.body_end > cut) break;
    for (const auto& block : cluster.blocks) count += block.track == track ? 1 : 0;
  }
  return count;
}

/// What our reader finds, images loaded: color blocks and IMU samples; nothing when it refuses the
/// file.
struct Found {
  size_t colors = 0;
  size_t imu = 0;
};
std::optional<Found> read_all(std::string_view file) {
  auto reader = open_recording_on(mkv::memory_source(mkv::as_bytes(file)), "torn");
  if (!reader) return std::nullopt;
  Found found;
  auto capture = (*reader)->next_capture();
  for (; capture && *capture; capture = (*reader)->next_capture()) {
    found.colors += (*capture)->color ? 1 : 0;
  }
  EXPECT_TRUE(capture);
  auto sample = (*reader)->next_imu();
  for (; sample && *sample; sample = (*reader)->next_imu()) ++found.imu;
  EXPECT_TRUE(sample);
  return found;
}

TEST(TornFile, GuardedPartsNeverCrossAPage) {
  const std::string file = unfinished_file(120);
  const auto clusters = clusters_of(file);
  ASSERT_GT(clusters.size(), 100U);
  for (const mkv::Cluster& cluster : clusters) {
    uint64_t guarded_end = cluster.body + 6 + 3;  // CRC and the shortest timestamp
    for (const auto& block : cluster.blocks) {
      // Behind a group's block stands its duration: id, size and one or two bytes.
      const uint64_t duration_bytes = block.duration > 255 ? 4 : 3;
      if (block.in_group) {
        guarded_end = std::max(guarded_end, block.offset + block.size + duration_bytes);
      }
    }
    EXPECT_EQ(cluster.body / kPage, (guarded_end - 1) / kPage) << "cluster at " << cluster.offset;
  }
}

TEST(TornFile, EveryPageCutIsHarmlessAndLosesOnlyTheTail) {
  const std::string file = unfinished_file(60);
  const auto clusters = clusters_of(file);
  const size_t head_end = clusters.front().offset;
  for (size_t cut = kPage; cut < file.size(); cut += kPage) {
    if (!nightly() && cut > 200 * kPage && cut / kPage % 7 != 0) continue;
    const std::string torn = file.substr(0, cut);
    // A cut inside the head leaves no frame; the writer flushes the head before it takes any.
    if (cut < head_end) {
      EXPECT_FALSE(read_all(torn));
      continue;
    }
    const size_t whole = whole_blocks(clusters, cut, 1);
    const auto walk = walk_independently(torn);
    ASSERT_EQ(walk.error, "") << "cut at " << cut;
    EXPECT_GE(walk.blocks_of_track(1), whole) << "cut at " << cut;
    const auto found = read_all(torn);
    if (whole == 0) continue;
    ASSERT_TRUE(found) << "cut at " << cut;
    EXPECT_GE(found->colors, whole) << "cut at " << cut;
  }
}

/// Runs the independent reader in a child, for a cut may crash it.
size_t blocks_before_any_crash(const std::string& torn, uint64_t track) {
  int pipe_ends[2];
  if (::pipe(pipe_ends) != 0) return 0;
  const pid_t child = ::fork();
  if (child == 0) {
    const size_t blocks = walk_independently(torn).blocks_of_track(track);
    ::_exit(::write(pipe_ends[1], &blocks, sizeof blocks) == sizeof blocks ? 0 : 1);
  }
  ::close(pipe_ends[1]);
  size_t blocks = 0;
  const bool got = ::read(pipe_ends[0], &blocks, sizeof blocks) == sizeof blocks;
  ::close(pipe_ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return got ? blocks : 0;
}

TEST(TornFile, CutAtEveryByteOfAClusterHead) {
  const TempFolder folder;
  const std::string file = unfinished_file(12);
  const auto clusters = clusters_of(file);
  const mkv::Cluster& cluster = clusters.at(clusters.size() / 2);
  ASSERT_FALSE(cluster.blocks.empty());
  const size_t whole = whole_blocks(clusters, cluster.offset, 1);
  ASSERT_GT(whole, 0U);
  uint64_t guarded_end = cluster.body + 16;
  for (const auto& block : cluster.blocks) {
    if (block.in_group) guarded_end = std::max(guarded_end, block.offset + block.size + 6);
  }
  for (size_t cut = cluster.offset; cut < guarded_end; ++cut) {
    if (!nightly() && cut > cluster.body + 80 && cut + 20 < guarded_end && cut % 97 != 0) continue;
    const std::string torn = file.substr(0, cut);
    const auto found = read_all(torn);
    ASSERT_TRUE(found) << cut;
    EXPECT_GE(found->colors, whole) << cut;
    EXPECT_GE(blocks_before_any_crash(torn, 1), whole) << cut;
    write_file(folder / "torn.mkv", torn);
    std::filesystem::remove(folder / "whole.mkv");
    const auto recovered = recover_recording(folder / "torn.mkv", folder / "whole.mkv");
    ASSERT_TRUE(recovered) << recovered.error().message;
    const auto walk = walk_independently(read_file(folder / "whole.mkv"));
    EXPECT_EQ(walk.error, "") << cut;
    EXPECT_GE(walk.blocks_of_track(1), whole) << cut;
  }
}

TEST(TornFile, CutAtEveryByteOfTheHeadIsASentence) {
  const std::string file = unfinished_file(8);
  const size_t head_end = clusters_of(file).front().offset;
  for (size_t cut = 0; cut < head_end; ++cut) {
    auto reader = open_recording_on(mkv::memory_source(mkv::as_bytes(file).first(cut)), "torn");
    ASSERT_FALSE(reader) << cut;
    const Errc code = reader.error().code;  // truncated once the head says that it is a recording
    EXPECT_TRUE(code == Errc::unusable_input || code == Errc::truncated) << cut;
    EXPECT_GT(reader.error().message.size(), 20U);
  }
}

/// Writes as fast as it can until it is killed; tells the newest stamp that was accepted.
[[noreturn]] void record_until_killed(const std::filesystem::path& path, int tell) {
  auto writer = RecordingWriter::create(path, small_header(), {});
  if (!writer) ::_exit(1);
  for (int i = 0;; ++i) {
    const int64_t stamp_us = 1'000'000 + i * int64_t{100'000} / 3;
    for (int sample = 0; sample < 54; ++sample) {
      if (!(*writer)->write_imu(imu_at(stamp_us - 33'000 + sample * 611))) ::_exit(1);
    }
    if (!(*writer)->write(capture_at(stamp_us))) ::_exit(1);
    if (::write(tell, &stamp_us, sizeof stamp_us) != sizeof stamp_us) ::_exit(1);
  }
}

TEST(TornFile, KilledAtRandomInstants) {
  const int rounds = nightly() ? 300 : 6;
  std::minstd_rand random(4711);
  for (int round = 0; round < rounds; ++round) {
    const TempFolder folder;
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) record_until_killed(folder / "a.mkv", pipe_ends[1]);
    ::close(pipe_ends[1]);
    // Lets it record some two seconds of device time, then a random number of microseconds more.
    int64_t newest_us = 0;
    for (int i = 0; i < 60 && ::read(pipe_ends[0], &newest_us, 8) == 8; ++i) {
    }
    ::usleep(random() % 30'000);
    ::kill(child, SIGKILL);
    while (::read(pipe_ends[0], &newest_us, 8) == 8) {
    }
    ::close(pipe_ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writing process ended by itself";

    const std::string file = read_file(folder / "a.mkv");
    auto reader = open_recording_on(mkv::memory_source(mkv::as_bytes(file)), "killed");
    ASSERT_TRUE(reader) << reader.error().message;
    const auto stamps = (*reader)->scan();
    ASSERT_TRUE(stamps);
    const int64_t old_us = newest_us - 1'000'000;
    size_t expected = 0;
    for (int64_t i = 0; 1'000'000 + i * 100'000 / 3 <= old_us; ++i) ++expected;
    ASSERT_GE(stamps->color.size(), expected);
    for (size_t i = 0; i < expected; ++i) {
      EXPECT_EQ(stamps->color[i].stamp.us(), 1'000'000 + static_cast<int64_t>(i) * 100'000 / 3);
    }
    const auto walk = walk_independently(file);
    EXPECT_EQ(walk.error, "");
    EXPECT_GE(walk.blocks_of_track(1), expected);
    EXPECT_GE(walk.blocks_of_track(2), expected);
  }
}

}  // namespace
}  // namespace lockstep

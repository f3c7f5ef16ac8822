// SPDX-License-Identifier: MIT
// Cameras of one virtual rig in processes of their own. Cables: 0 -> 1 -> 2.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "lockstep/take/manifest.h"
#include "tests/support/files.h"
#include "tests/support/installed_rig.h"
#include "tests/support/program.h"

namespace lockstep::testing {
namespace {

using Stamps = std::vector<std::pair<int64_t, int64_t>>;  // colour, depth; microseconds

constexpr int64_t kGateUs = 100;

class K4aProcesses : public ::testing::Test {
 protected:
  K4aProcesses() { write_file(folder_ / "rig.toml", chain_of_three_toml()); }

  /// A camera that has printed `sign`, or ended.
  std::unique_ptr<RunningProgram> camera(const std::string& index, const std::string& role,
                                         const std::string& delay_us,
                                         const std::string& sign = "started") const {
    return camera_of(folder_ / "rig.toml", {index, role, delay_us}, sign);
  }

  std::unique_ptr<RunningProgram> camera_of(const std::filesystem::path& rig,
                                            const std::vector<std::string>& words,
                                            const std::string& sign = "started") const {
    auto program = std::make_unique<RunningProgram>(
        LOCKSTEP_CAMERA_PROGRAM, words,
        std::vector<std::string>{"LOCKSTEP_RIG=" + rig.string(),
                                 "XDG_RUNTIME_DIR=" + folder_.path().string(),
                                 "K4A_ENABLE_LOG_TO_STDOUT=0"});
    wait_for([&] { return program->out_so_far().find(sign) != std::string::npos; });
    EXPECT_NE(program->out_so_far().find(sign), std::string::npos) << program->out_so_far();
    return program;
  }

  template <typename There>
  static void wait_for(const There& there) {
    for (int i = 0; i < 2000 && !there(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  static Stamps stamps(const RunningProgram& program) {
    std::istringstream lines(program.out_so_far());
    Stamps all;
    for (std::string line; std::getline(lines, line) && !lines.eof();) {
      std::istringstream words(line);
      if (std::pair<int64_t, int64_t> pair; words >> pair.first >> pair.second) all.push_back(pair);
    }
    return all;
  }

  static Stamps at_least(const RunningProgram& program, size_t count) {
    wait_for([&] { return stamps(program).size() >= count; });
    EXPECT_GE(stamps(program).size(), count);
    return stamps(program);
  }

  /// What the master saw, too, whose colour begins two frames later.
  static Stamps seen_by(const Stamps& master, Stamps all) {
    std::erase_if(all, [&](const auto& pair) {
      return pair.first < master.front().first - 1000 || pair.first > master.back().first + 1000;
    });
    return all;
  }

  /// How far a camera's colour is from the closest one of the master, at its every capture.
  static std::vector<int64_t> offsets(const Stamps& camera, const Stamps& master) {
    std::vector<int64_t> all;
    for (const auto& [color, depth] : camera) {
      int64_t nearest = INT64_MAX;
      for (const auto& other : master) {
        if (std::abs(color - other.first) < std::abs(nearest)) nearest = color - other.first;
      }
      all.push_back(nearest);
    }
    return all;
  }

  TempFolder folder_;
};

TEST_F(K4aProcesses, WaitForTheMasterAndShareItsZero) {
  const auto right = camera("2", "subordinate", "160");
  const auto middle = camera("1", "subordinate", "500");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_TRUE(stamps(*right).empty()) << "no pulse came yet";
  const auto left = camera("0", "master", "0");
  const Stamps master = at_least(*left, 20);
  for (const auto& [program, delay_us] : {std::pair(middle.get(), 500), {right.get(), 160}}) {
    const Stamps own = seen_by(master, at_least(*program, 20));
    EXPECT_GE(own.size(), 10U);
    for (const int64_t offset : offsets(own, master)) EXPECT_NEAR(offset, delay_us, kGateUs);
    for (const auto& [color, depth] : own) EXPECT_NEAR(depth, color, kGateUs);
  }
}

TEST_F(K4aProcesses, FindADeviceBusyUntilItsProcessIsKilled) {
  const auto middle = camera("1", "subordinate", "0");
  EXPECT_EQ(camera("1", "subordinate", "0", "busy")->wait().status, 1);
  middle->signal(SIGKILL);
  EXPECT_EQ(middle->wait().status, 128 + SIGKILL);
  camera("1", "subordinate", "0");
}

TEST_F(K4aProcesses, LoseTheCommonZeroWhenOneIsStartedAgain) {
  auto middle = camera("1", "subordinate", "0");
  const auto left = camera("0", "master", "0");
  EXPECT_LT(at_least(*middle, 5).front().first, 1'000'000);
  middle->signal(SIGKILL);
  middle->wait();
  const int64_t master_us = at_least(*left, 30).back().first;
  middle = camera("1", "subordinate", "0");
  EXPECT_LT(at_least(*middle, 5).front().first, master_us)
      << "its clock began again at a later pulse";
  EXPECT_GT(at_least(*left, 40).back().first, master_us);
}

TEST_F(K4aProcesses, NoLongerHearAMasterThatWasKilled) {
  const auto middle = camera("1", "subordinate", "0");
  const auto left = camera("0", "master", "0");
  at_least(*middle, 5);
  left->signal(SIGKILL);
  left->wait();
  // Longer than pulses go on; whoever starts now waits again.
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  const auto right = camera("2", "subordinate", "0");
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_TRUE(stamps(*right).empty());
  const auto again = camera("0", "master", "0");
  EXPECT_LT(at_least(*right, 5).front().first, 1'000'000);
}

/// A take of a master and a subordinate, as the vendor's library wrote them.
TEST_F(K4aProcesses, PlayATakeTogether) {
  TakeManifest manifest;
  for (const std::string name : {"two-cameras-master", "two-cameras-sub"}) {
    std::filesystem::copy_file(data_file("vendor-written/" + name + ".mkv"),
                               folder_ / (name + ".mkv"));
    manifest.cameras.push_back({.name = name, .serial = name});
    manifest.cameras.back().parts.emplace_back().file = name + ".mkv";
  }
  ASSERT_TRUE(write_manifest(folder_.path(), manifest));
  const auto subordinate = camera_of(folder_.path(), {"1", "subordinate", "0", "binned"});
  EXPECT_EQ(camera_of(folder_.path(), {"1", "subordinate", "0", "binned"}, "busy")->wait().status,
            1);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_TRUE(stamps(*subordinate).empty()) << "its master is not started";
  const auto master = camera_of(folder_.path(), {"0", "master", "0", "binned"});
  EXPECT_EQ(master->wait().status, 1);
  EXPECT_EQ(subordinate->wait().status, 1);
  for (const RunningProgram* each : {master.get(), subordinate.get()})
    EXPECT_NE(each->out_so_far().find("ended"), std::string::npos);
  const Stamps of_master = stamps(*master);
  ASSERT_GE(of_master.size(), 3U);
  const Stamps common = seen_by(of_master, stamps(*subordinate));
  EXPECT_GE(common.size(), 2U);
  for (const int64_t offset : offsets(common, of_master)) EXPECT_LE(std::abs(offset), kGateUs);
}

}  // namespace
}  // namespace lockstep::testing

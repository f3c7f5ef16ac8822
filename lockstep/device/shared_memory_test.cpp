// SPDX-License-Identifier: MIT
// What processes that share a virtual rig, or a take that is played, see of each other, also when
// they are killed.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <limits>
#include <thread>

#include "lockstep/base/thread_annotations.h"
#include "lockstep/device/rig_memory.h"
#include "tests/support/files.h"

namespace lockstep {
namespace {

using std::chrono::milliseconds;

HostTime at_ms(int64_t ms) {
  return HostTime(milliseconds(ms));
}

class SharedMemory : public ::testing::Test {
 protected:
  std::unique_ptr<RigMemory> open() const {
    auto memory = open_shared_memory(folder_ / "rig", 3);
    EXPECT_TRUE(memory.ok()) << (memory ? "" : memory.error().message);
    return memory ? *std::move(memory) : nullptr;
  }

  static RigState state_of(RigMemory& memory) {
    uint64_t number = 0;
    return *memory.look(number);
  }

  static void run(RigMemory& memory, int camera, HostTime start) {
    memory.change([&](RigState& state) {
      CameraMemory& own = state.cameras[static_cast<size_t>(camera)];
      own.running = 1;
      own.pulses.add({start, 33'333'333.0, kNever});
    });
  }

  /// Another process, which does `work` and then waits to be killed; `work` must not fail a test.
  pid_t start_process(const std::function<void(RigMemory&)>& work) const {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    const pid_t process = fork();
    if (process == 0) {
      auto memory = open_shared_memory(folder_ / "rig", 3);
      if (!memory) _exit(1);
      (void)!write(ready[1], "r", 1);
      work(**memory);
      while (true) pause();
    }
    char byte = 0;
    EXPECT_EQ(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return process;
  }

  static void end_process(pid_t process) {
    kill(process, SIGKILL);
    waitpid(process, nullptr, 0);
  }

  testing::TempFolder folder_;
};

TEST_F(SharedMemory, LeavesAForkedChildNothingToDropOrChange) {
  const auto parent = open();
  ASSERT_TRUE(parent->acquire(0, at_ms(0)));
  const pid_t child = fork();
  if (child == 0) {
    parent->release(0);
    run(*parent, 0, at_ms(0));
    parent->sweep(at_ms(0));
    _exit(parent->acquire(1, at_ms(0)) ? 1 : 0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0) << "another camera was acquired under the parent's locks";
  const auto other = open();
  EXPECT_FALSE(other->acquire(0, at_ms(0)));
  EXPECT_EQ(state_of(*other).cameras[0].running, 0U);
}

TEST_F(SharedMemory, ReadsNoTimeThatCannotBeAddedTo) {
  const auto memory = open();
  for (const HostTime hostile : {HostTime::min(), HostTime::max()}) {
    memory->change([&](RigState& state) {
      state.generator.add({hostile, std::numeric_limits<double>::quiet_NaN(), hostile});
      state.generator.first = hostile;
      state.generator.count = UINT64_MAX;
    });
    const RigState seen = state_of(*memory);
    EXPECT_EQ(seen.generator.count, SourceTrains::kMost);
    for (const PulseTrain& train : seen.generator) {
      EXPECT_LT(train.pulse(1), train.pulse(2)) << "or it overflowed";
      EXPECT_LE(train.end, kNever) << "to which a little can be added";
    }
    memory->change([](RigState& state) { state.generator = {}; });
  }
}

TEST_F(SharedMemory, TellsWhatIsPlayedUntilNobodyHoldsACamera) {
  {
    const auto one = open(), other = open();
    ASSERT_TRUE(one->acquire(0, at_ms(0)));
    EXPECT_EQ(state_of(*one).played.ended, state_of(*one).played.began) << "nothing yet";
    one->change([](RigState& state) { state.played = {at_ms(5), kNever}; });
    ASSERT_TRUE(other->acquire(1, at_ms(6)));
    EXPECT_EQ(state_of(*other).played.began, at_ms(5));
    EXPECT_EQ(state_of(*other).played.ended, kNever);
    one->change([](RigState& state) { state.played = {HostTime::min(), HostTime::max()}; });
    const PlayedSpan hostile = state_of(*other).played;
    EXPECT_LT(hostile.began, hostile.began + std::chrono::hours(1000)) << "or it overflowed";
    EXPECT_LE(hostile.ended, kNever) << "to which a little can be added";
  }
  const auto later = open();
  ASSERT_TRUE(later->acquire(1, at_ms(100)));
  EXPECT_EQ(state_of(*later).played.ended, HostTime());
}

TEST(SharedRigFile, IsOneForEachTextInTheFolderOfTheUser) {
  EXPECT_EQ(shared_rig_file("a rig"), shared_rig_file("a rig"));
  EXPECT_NE(shared_rig_file("a rig"), shared_rig_file("another rig"));
  const char* const folder = std::getenv("XDG_RUNTIME_DIR");
  const std::string before = folder != nullptr ? folder : "";
  const testing::TempFolder own;
  setenv("XDG_RUNTIME_DIR", own.path().c_str(), 1);
  EXPECT_EQ(shared_rig_file("a rig").parent_path(), own.path());
  setenv("XDG_RUNTIME_DIR", (own / "of-another-login").c_str(), 1);
  EXPECT_EQ(shared_rig_file("a rig").parent_path(), "/dev/shm");
  unsetenv("XDG_RUNTIME_DIR");
  EXPECT_EQ(shared_rig_file("a rig").parent_path(), "/dev/shm");
  if (folder != nullptr) setenv("XDG_RUNTIME_DIR", before.c_str(), 1);
}

TEST_F(SharedMemory, LetsACameraBeHeldOnce) {
  const auto one = open(), other = open();
  EXPECT_TRUE(one->acquire(1, at_ms(0)));
  EXPECT_FALSE(one->acquire(1, at_ms(0)));
  EXPECT_FALSE(other->acquire(1, at_ms(0)));
  EXPECT_TRUE(other->acquire(2, at_ms(0)));
  one->release(1);
  EXPECT_TRUE(other->acquire(1, at_ms(0)));
}

TEST_F(SharedMemory, ShowsAChangeToTheOthersAndOnlyOnce) {
  const auto one = open(), other = open();
  uint64_t number = 0;
  ASSERT_TRUE(other->look(number));
  EXPECT_FALSE(other->look(number));
  ASSERT_TRUE(one->acquire(0, at_ms(0)));
  run(*one, 0, at_ms(5));
  const auto seen = other->look(number);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->cameras[0].running, 1U);
  ASSERT_EQ(seen->cameras[0].pulses.count, 1U);
  EXPECT_EQ(seen->cameras[0].pulses.begin()->start, at_ms(5));
  EXPECT_TRUE(seen->cameras[1].pulses.empty());
  EXPECT_FALSE(other->look(number));
}

TEST_F(SharedMemory, KeepsColorControlsWhenEverybodyHasGone) {
  open()->change([](RigState& state) { state.cameras[2].color[8] = {77, 1, 0}; });
  EXPECT_EQ(state_of(*open()).cameras[2].color[8], (ColorControl{77, 1, 0}));
}

TEST_F(SharedMemory, ForgetsThePulsesOfARigThatNobodyHolds) {
  {
    const auto one = open();
    ASSERT_TRUE(one->acquire(0, at_ms(0)));
    run(*one, 0, at_ms(5));
    const auto other = open();
    ASSERT_TRUE(other->acquire(1, at_ms(6)));
    EXPECT_EQ(state_of(*other).cameras[0].pulses.count, 1U);
  }
  const auto later = open();
  ASSERT_TRUE(later->acquire(1, at_ms(100)));
  EXPECT_TRUE(state_of(*later).cameras[0].pulses.empty());
}

TEST_F(SharedMemory, FreesTheCamerasOfAKilledProcess) {
  const pid_t process = start_process([](RigMemory& memory) {
    memory.acquire(0, at_ms(1));
    run(memory, 0, at_ms(2));
  });
  const auto memory = open();
  ASSERT_TRUE(memory->acquire(1, at_ms(3)));
  while (state_of(*memory).cameras[0].running == 0) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_FALSE(memory->acquire(0, at_ms(4)));
  memory->sweep(at_ms(5));
  EXPECT_EQ(state_of(*memory).cameras[0].running, 1U) << "its process lives";

  end_process(process);
  memory->sweep(at_ms(50));
  const RigState swept = state_of(*memory);
  EXPECT_EQ(swept.cameras[0].running, 0U);
  ASSERT_EQ(swept.cameras[0].pulses.count, 1U);
  EXPECT_EQ(swept.cameras[0].pulses.begin()->end, at_ms(50) + kAfterglow);
  EXPECT_TRUE(memory->acquire(0, at_ms(60)));
}

TEST_F(SharedMemory, StopsACameraThatAKilledProcessLeftRunning) {
  const pid_t process = start_process([](RigMemory& memory) {
    memory.acquire(0, at_ms(1));
    run(memory, 0, at_ms(2));
  });
  const auto memory = open();
  ASSERT_TRUE(memory->acquire(1, at_ms(3)));
  while (state_of(*memory).cameras[0].running == 0) std::this_thread::sleep_for(milliseconds(1));
  end_process(process);
  ASSERT_TRUE(memory->acquire(0, at_ms(70)));
  EXPECT_EQ(state_of(*memory).cameras[0].running, 0U);
  EXPECT_EQ(state_of(*memory).cameras[0].pulses.begin()->end, at_ms(70));
}

/// Every change writes one number everywhere; whoever is killed in the middle leaves the one
/// before.
TEST_F(SharedMemory, IsWholeAtEveryInstantAtWhichAProcessIsKilled) {
  const auto memory = open();
  int64_t last = 0;
  int begun = 0;
  for (int round = 0; round < 60; ++round) {
    const pid_t process = start_process([](RigMemory& other) {
      other.acquire(0, at_ms(0));
      while (true) {
        other.change([](RigState& state) {
          const int32_t value = state.cameras[0].color[0].value + 1;
          for (CameraMemory& camera : state.cameras) {
            for (ColorControl& control : camera.color) control.value = value;
          }
        });
      }
    });
    std::this_thread::sleep_for(std::chrono::microseconds(200 + 37 * round));
    const RigState live = state_of(*memory);
    end_process(process);
    for (const RigState& state : {live, state_of(*memory)}) {
      const int32_t value = state.cameras[0].color[0].value;
      EXPECT_GE(value, last);
      begun += value > last ? 1 : 0;
      last = value;
      for (const CameraMemory& camera : state.cameras) {
        for (const ColorControl& control : camera.color) ASSERT_EQ(control.value, value);
      }
    }
    ASSERT_TRUE(memory->acquire(0, at_ms(0))) << "after round " << round;
    memory->release(0);
    memory->change([](RigState&) {});
  }
  EXPECT_GT(begun, 30) << "the processes were killed before they changed anything";
}

TEST_F(SharedMemory, RefusesAFileThatIsNoMemory) {
  testing::write_file(folder_ / "text", "not a memory");
  const auto text = open_shared_memory(folder_ / "text", 3);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, Errc::unusable_input);
  EXPECT_EQ(testing::read_file(folder_ / "text"), "not a memory");
  ASSERT_EQ(symlink((folder_ / "text").c_str(), (folder_ / "link").c_str()), 0);
  EXPECT_FALSE(open_shared_memory(folder_ / "link", 3).ok());
  EXPECT_FALSE(open_shared_memory(folder_ / "no-such-folder/rig", 3).ok());
}

}  // namespace
}  // namespace lockstep

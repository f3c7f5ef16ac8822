// SPDX-License-Identifier: MIT
#include "lockstep/take/take_lock.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "tests/support/files.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;
using testing::TempFolder;

TEST(TakeLock, KeepsTheSecondWriterOutAndNamesTheFirst) {
  const TempFolder folder;
  EXPECT_FALSE(holder_of(folder.path()));
  {
    const auto first = TakeLock::take(folder.path(), TakeWork::recording);
    ASSERT_TRUE(first) << first.error().message;
    const auto second = TakeLock::take(folder.path(), TakeWork::recovering);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::busy);
    EXPECT_THAT(second.error().message,
                HasSubstr("is still being recorded (by process " + std::to_string(getpid()) + ")"));
    const auto holder = holder_of(folder.path());
    ASSERT_TRUE(holder);
    EXPECT_EQ(holder->work, TakeWork::recording);
    EXPECT_EQ(holder->process, getpid());
  }
  EXPECT_FALSE(holder_of(folder.path()));
  EXPECT_FALSE(std::filesystem::exists(folder / kTakeLockFile));
  const auto next = TakeLock::take(folder.path(), TakeWork::recovering);
  EXPECT_TRUE(next);
  EXPECT_THAT(to_text(*holder_of(folder.path())), HasSubstr("is being recovered"));
}

TEST(TakeLock, GoesWithItsProcess) {
  const TempFolder folder;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t holder = fork();
  ASSERT_GE(holder, 0);
  if (holder == 0) {
    const auto lock = TakeLock::take(folder.path(), TakeWork::recording);
    const char byte = lock ? 'y' : 'n';
    if (write(ready[1], &byte, 1) == 1) pause();
    _exit(1);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'y');
  EXPECT_EQ(holder_of(folder.path())->process, holder);
  EXPECT_FALSE(TakeLock::take(folder.path(), TakeWork::recovering));
  kill(holder, SIGKILL);
  waitpid(holder, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
  // Its file is there still, and means nothing.
  EXPECT_TRUE(std::filesystem::exists(folder / kTakeLockFile));
  EXPECT_FALSE(holder_of(folder.path()));
  EXPECT_TRUE(TakeLock::take(folder.path(), TakeWork::recovering));
}

TEST(TakeLock, StaysWithItsFileWhereItIsLeft) {
  const TempFolder folder;
  {
    auto lock = TakeLock::take(folder.path(), TakeWork::recording);
    ASSERT_TRUE(lock);
    lock->leave();
  }
  EXPECT_TRUE(std::filesystem::exists(folder / kTakeLockFile));
  EXPECT_EQ(holder_of(folder.path())->process, getpid());
}

TEST(TakeLock, IsNoObstacleWhereNothingCanBeWritten) {
  EXPECT_TRUE(TakeLock::take("/proc/self", TakeWork::recovering));
  EXPECT_FALSE(holder_of("/nowhere/at/all"));
}

}  // namespace
}  // namespace lockstep

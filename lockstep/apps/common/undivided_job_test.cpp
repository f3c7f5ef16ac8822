// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/undivided_job.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace lockstep {
namespace {

TEST(UndividedJob, EndsAtCtrlCAndSaysThatNothingWasWritten) {
  EXPECT_EXIT(
      {
        ::signal(SIGINT, SIG_DFL);  // as in a program in the foreground
        const UndividedJob job;
        kill(getpid(), SIGINT);
        while (true) usleep(1000);  // CTest's time limit ends a failure
      },
      ::testing::ExitedWithCode(1), "lockstep: stopped: nothing was written");
}

}  // namespace
}  // namespace lockstep

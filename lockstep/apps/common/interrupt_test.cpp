// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/interrupt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mutex>
#include <vector>

namespace lockstep {
namespace {

using std::chrono::milliseconds;

TEST(InterruptMeaning, FirstStopsNervousRepeatsAreAnsweredLaterOnesForce) {
  EXPECT_EQ(interrupt_meaning(std::nullopt), InterruptMeaning::stop);
  EXPECT_EQ(interrupt_meaning(milliseconds(0)), InterruptMeaning::still_saving);
  EXPECT_EQ(interrupt_meaning(milliseconds(2999)), InterruptMeaning::still_saving);
  EXPECT_EQ(interrupt_meaning(milliseconds(3000)), InterruptMeaning::force);
}

TEST(InterruptMeaning, HasAShorterPatienceWhereAskedTo) {
  const InterruptRule rule{.nervous = milliseconds(1000), .forced_exit = 1};
  EXPECT_EQ(interrupt_meaning(milliseconds(999), rule), InterruptMeaning::still_saving);
  EXPECT_EQ(interrupt_meaning(milliseconds(1000), rule), InterruptMeaning::force);
}

/// What `number` does, until this goes.
class Disposition {
 public:
  Disposition(int number, void (*action)(int))
      : number_(number), before_(::signal(number, action)) {}
  ~Disposition() { ::signal(number_, before_); }
  Disposition(const Disposition&) = delete;
  Disposition& operator=(const Disposition&) = delete;

 private:
  const int number_;
  void (*const before_)(int);
};

TEST(Interrupt, ASignalBecomesAStopRequest) {
  const Disposition as_in_a_foreground_program(SIGINT, SIG_DFL);
  Interrupt interrupt;
  EXPECT_FALSE(interrupt.requested());
  std::stop_source seen;
  const std::stop_callback callback(interrupt.token(), [&seen] { seen.request_stop(); });
  ASSERT_EQ(kill(getpid(), SIGINT), 0);
  while (!seen.stop_requested()) usleep(1000);  // CTest's time limit ends a failure
  EXPECT_TRUE(interrupt.requested());
}

/// `nohup` ignores SIGHUP, a shell SIGINT of what it starts in the background.
TEST(Interrupt, ASignalThatWasIgnoredStaysSo) {
  const Disposition nohup(SIGHUP, SIG_IGN), foreground(SIGTERM, SIG_DFL);
  const Interrupt interrupt;
  std::stop_source seen;
  const std::stop_callback callback(interrupt.token(), [&seen] { seen.request_stop(); });
  ASSERT_EQ(kill(getpid(), SIGHUP), 0);
  usleep(200'000);  // the watching thread looks at each signal as it comes
  EXPECT_FALSE(interrupt.requested());
  ASSERT_EQ(kill(getpid(), SIGTERM), 0);
  while (!seen.stop_requested()) usleep(1000);  // CTest's time limit ends a failure
}

TEST(Interrupt, LeavesTheSignalMaskAsItWas) {
  sigset_t terminate, before, after;
  sigemptyset(&terminate);
  sigaddset(&terminate, SIGTERM);
  ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &terminate, &before), 0);
  { const Interrupt interrupt; }
  ASSERT_EQ(pthread_sigmask(SIG_SETMASK, &before, &after), 0);
  EXPECT_EQ(sigismember(&after, SIGTERM), 1) << "blocked before, and by somebody else";
}

TEST(Interrupt, NothingEndsBecauseAReaderWentAway) {
  const Interrupt interrupt;
  ASSERT_EQ(raise(SIGPIPE), 0);
  EXPECT_FALSE(interrupt.requested());
}

}  // namespace
}  // namespace lockstep

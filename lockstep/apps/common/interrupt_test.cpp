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

TEST(Interrupt, ASignalBecomesAStopRequest) {
  Interrupt interrupt;
  EXPECT_FALSE(interrupt.requested());
  std::stop_source seen;
  const std::stop_callback callback(interrupt.token(), [&seen] { seen.request_stop(); });
  ASSERT_EQ(kill(getpid(), SIGINT), 0);
  while (!seen.stop_requested()) usleep(1000);  // CTest's time limit ends a failure
  EXPECT_TRUE(interrupt.requested());
}

TEST(Interrupt, NothingEndsBecauseAReaderWentAway) {
  const Interrupt interrupt;
  ASSERT_EQ(raise(SIGPIPE), 0);
  EXPECT_FALSE(interrupt.requested());
}

}  // namespace
}  // namespace lockstep

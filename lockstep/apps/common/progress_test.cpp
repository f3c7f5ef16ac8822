// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/progress.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

using std::chrono::milliseconds;

TEST(ProgressText, EstimatesFromWhatIsDone) {
  EXPECT_EQ(progress_text("reading", 25, 100, milliseconds(2000)), "reading  25 %  about 6 s left");
  EXPECT_EQ(progress_text("reading", 1, 2, milliseconds(300'000)),
            "reading  50 %  about 5 min 00 s left");
}

TEST(ProgressText, DoesNotGuessEarlyOrWithoutATotal) {
  EXPECT_EQ(progress_text("reading", 1, 1000, milliseconds(1500)), "reading  0 %");
  EXPECT_EQ(progress_text("waiting", 7, 0, milliseconds(4200)), "waiting  5 s");
}

TEST(ProgressText, EstimatesFromWhatWasDoneInThatTime) {
  EXPECT_EQ(progress_text("recording", 45, 90, milliseconds(1400), 3),
            "recording  50 %  about 2 s left");
  EXPECT_EQ(progress_text("recording", 9, 90, milliseconds(0), 9), "recording  10 %");
}

TEST(ProgressText, NeverBeyondTheEnd) {
  EXPECT_EQ(progress_text("reading", 120, 100, milliseconds(1000)),
            "reading  100 %  about 0 s left");
}

TEST(Progress, PrintsNothingIntoAFile) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  {
    Progress progress("reading", 10, file);
    progress.update(10);
  }
  EXPECT_EQ(std::ftell(file), 0);
  std::fclose(file);
}

}  // namespace
}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/terminal.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(Toned, ColoursOnlyWhenAskedTo) {
  EXPECT_EQ(toned("in step", Tone::good, false), "in step");
  EXPECT_EQ(toned("in step", Tone::good, true), "\033[32min step\033[0m");
  EXPECT_EQ(toned("in step", Tone::plain, true), "in step");
}

TEST(TakesColor, NeverInAFile) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  EXPECT_FALSE(takes_color(file));
  std::fclose(file);
}

TEST(Say, LetsNoTextOfAFileDriveTheTerminal) {
  ::testing::internal::CaptureStderr();
  say("left\033[31m.mkv is torn\r");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "left?[31m.mkv is torn?\n");
  ::testing::internal::CaptureStdout();
  print_text("left\033[2J\nright\n");
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "left?[2J\nright\n");
}

TEST(PrintAsIs, LosesWhatTheStreamDoesNotTake) {
  std::FILE* const full = std::fopen("/dev/full", "w");
  ASSERT_NE(full, nullptr);
  std::setvbuf(full, nullptr, _IONBF, 0);
  EXPECT_NO_THROW(print_as_is(full, "gone"));
  EXPECT_NE(std::ferror(full), 0);
  std::fclose(full);
}

}  // namespace
}  // namespace lockstep

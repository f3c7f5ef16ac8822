// SPDX-License-Identifier: MIT
// The child that looks for boards, and what may happen to it.
#include "lockstep/calibrate/detector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>

#include "tests/detect/detect_program.h"
#include "tests/support/board_picture.h"
#include "tests/support/program.h"

namespace lockstep::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::chrono::milliseconds kLong = std::chrono::minutes(4);

/// A board as a scanner sees it: four pixels for each centimetre.
DetectRequest scanned_board() {
  const Board board{BoardKind::charuco, 5, 4, 0.08, 0.06, "DICT_4X4_50"};
  BoardScene scene{{240, 208, 400, 400, 119.5, 103.5}, {}};
  scene.camera_from_board.translation = {-board.width_m() / 2, -board.height_m() / 2, 1};
  return {board, false, picture_of(scene, *BoardPattern::make(board))};
}

bool is_gone(int pid) {
  return kill(pid, 0) != 0 && errno == ESRCH;
}

TEST(Detector, TakesOneChildForAllImagesAndEndsIt) {
  int child = -1;
  {
    Detector detector({detect_program(), kLong, {}});
    EXPECT_EQ(detector.child(), -1);
    for (int i = 0; i < 3; ++i) {
      const auto seen = detector.detect(scanned_board());
      ASSERT_TRUE(seen) << seen.error().message;
      EXPECT_EQ(seen->corners.size(), 12u);
      EXPECT_TRUE(child == -1 || child == detector.child());
      child = detector.child();
    }
    EXPECT_THAT(detector.mishaps(), IsEmpty());
    Detector taken = std::move(detector);
    EXPECT_EQ(taken.child(), child);
    EXPECT_TRUE(taken.detect(scanned_board()));
  }
  EXPECT_TRUE(is_gone(child));
}

TEST(Detector, ReplacesAChildThatWasKilled) {
  Detector detector({detect_program(), kLong, {}});
  ASSERT_TRUE(detector.detect(scanned_board()));
  const int first = detector.child();
  kill(first, SIGKILL);
  const auto seen = detector.detect(scanned_board());
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->corners.size(), 12u);
  EXPECT_NE(detector.child(), first);
  EXPECT_THAT(detector.mishaps(), ElementsAre("lockstep-detect was ended by signal 9 (Killed)"));
}

TEST(Detector, ReplacesAChildThatHangs) {
  Detector detector({detect_program(), std::chrono::seconds(10), {}});
  ASSERT_TRUE(detector.detect(scanned_board()));
  const int first = detector.child();
  kill(first, SIGSTOP);
  const auto seen = detector.detect(scanned_board());
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->corners.size(), 12u);
  EXPECT_TRUE(is_gone(first));
  EXPECT_THAT(detector.mishaps(),
              ElementsAre("lockstep-detect did not answer within 10 s and was ended"));
}

TEST(Detector, StopsAtOnceWhileAChildHangs) {
  std::atomic<bool> stopped{false};
  Detector detector({detect_program(), std::chrono::hours(1), [&] { return stopped.load(); }});
  ASSERT_TRUE(detector.detect(scanned_board()));
  kill(detector.child(), SIGSTOP);
  const std::jthread user([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    stopped = true;
  });
  const auto seen = detector.detect(scanned_board());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, Errc::cancelled);
  EXPECT_EQ(detector.child(), -1);
}

// A megabyte waits in the socket of a child that was stopped: sending hangs as well.
TEST(Detector, AnImageThatGoesNowhereIsGivenUp) {
  Detector detector({detect_program(), std::chrono::seconds(10), {}});
  ASSERT_TRUE(detector.detect(scanned_board()));
  kill(detector.child(), SIGSTOP);
  DetectRequest large = scanned_board();
  large.image = {2048, 2048, std::vector<uint8_t>(size_t{2048} * 2048, 90)};
  const auto seen = detector.detect(large);
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_TRUE(seen->corners.empty());
  EXPECT_EQ(detector.mishaps().size(), 1u);
}

TEST(Detector, AProgramThatIsNotThereIsNamed) {
  Detector detector({"/nowhere/lockstep-detect", kLong, {}});
  const auto seen = detector.detect(scanned_board());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, Errc::not_found);
  EXPECT_THAT(seen.error().message, HasSubstr("/nowhere/lockstep-detect"));
}

TEST(Detector, AProgramThatEndsAtOnceIsTriedTwiceAndToldOf) {
  Detector detector({"/bin/false", kLong, {}});
  const auto seen = detector.detect(scanned_board());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, Errc::io);
  EXPECT_THAT(seen.error().message, HasSubstr("lockstep-detect ended with exit code 1"));
  EXPECT_EQ(detector.mishaps().size(), 2u);
}

TEST(Detector, AProgramThatSaysSomethingElseIsTold) {
  Detector detector({"/bin/cat", kLong, {}});  // it says what it is told: a request
  const auto seen = detector.detect(scanned_board());
  ASSERT_FALSE(seen);
  EXPECT_THAT(seen.error().message, HasSubstr("a request came where an answer belongs"));
}

TEST(Detector, IsLookedForWhereTheEnvironmentSays) {
  setenv("LOCKSTEP_DETECT", detect_program().c_str(), 1);
  EXPECT_EQ(find_detect_program().value(), detect_program());
  EXPECT_TRUE(Detector().detect(scanned_board()));
  setenv("LOCKSTEP_DETECT", "/nowhere/detect", 1);
  const auto wrong = Detector().detect(scanned_board());
  unsetenv("LOCKSTEP_DETECT");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Errc::not_found);
  EXPECT_THAT(wrong.error().message, HasSubstr("LOCKSTEP_DETECT names /nowhere/detect"));
  const auto missing = find_detect_program();  // none is beside this test
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("LOCKSTEP_WITH_OPENCV"));
}

TEST(Detector, ImpossibleRequestsStartNothing) {
  Detector detector({detect_program(), kLong, {}});
  DetectRequest request = scanned_board();
  request.board.marker_m = 1;
  EXPECT_EQ(detector.detect(request).error().code, Errc::invalid_argument);
  request = scanned_board();
  request.image.width_px = 7;
  EXPECT_EQ(detector.detect(request).error().code, Errc::invalid_argument);
  EXPECT_EQ(detector.child(), -1);
}

TEST(DetectProgram, HasManners) {
  const Finished help = RunningProgram(detect_program(), {"--help"}).wait();
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.out, HasSubstr("LOCKSTEP_DETECT"));
  const Finished version = RunningProgram(detect_program(), {"--version"}).wait();
  EXPECT_THAT(version.out, HasSubstr("lockstep-detect 0"));
  const Finished wrong = RunningProgram(detect_program(), {"picture.png"}).wait();
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--help"));
  // Its input is empty: nothing to do, and done.
  const Finished nothing = RunningProgram(detect_program(), {}).wait();
  EXPECT_EQ(nothing.status, 0);
  EXPECT_THAT(nothing.out, IsEmpty());
}

}  // namespace
}  // namespace lockstep::testing

// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/session_line.h"

#include <gtest/gtest.h>

#include <set>

#include "lockstep/base/text.h"

namespace lockstep {
namespace {

using Phase = Coordinator::Phase;

TEST(SessionLine, TellsThePhaseTheTimeLeftAndEveryCamera) {
  EXPECT_EQ(session_line(Phase::arming, 41.6, {"left armed", "right waiting"}),
            "arming (42 s)  left armed  right waiting");
  EXPECT_EQ(session_line(Phase::recording, {}, {"left", "right -3 us"}),
            "recording  left  right -3 us");
}

// Whoever pressed Ctrl-C must not read that the rig is being armed.
TEST(SessionLine, HasWordsOfItsOwnForWhatComesBeforeAndAfterRecording) {
  std::set<std::string> words;
  for (const Phase phase : {Phase::arming, Phase::settling, Phase::source, Phase::locking,
                            Phase::recording, Phase::stopping, Phase::rearming, Phase::done}) {
    const std::string line = session_line(phase, {}, {});
    EXPECT_FALSE(line.empty());
    EXPECT_TRUE(words.insert(line).second) << line;
  }
}

TEST(SessionLine, CountsTheCamerasThatDoNotFit) {
  const std::vector<std::string> cameras(12, "kamera-außen +12 us");
  const std::string line = session_line(Phase::recording, {}, cameras);
  EXPECT_EQ(line, "recording  kamera-außen +12 us  kamera-außen +12 us  and 10 more");
  EXPECT_LT(display_columns(line), kOutputColumns - 20);
}

}  // namespace
}  // namespace lockstep

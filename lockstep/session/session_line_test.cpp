// SPDX-License-Identifier: MIT
#include "lockstep/session/session_line.h"

#include <gmock/gmock.h>

#include <set>

#include "lockstep/base/text.h"
#include "lockstep/rig/rig_file.h"
#include "lockstep/session/run_session.h"
#include "lockstep/virtual/virtual_rig.h"
#include "tests/support/files.h"

namespace lockstep {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;
using testing::TempFolder;

/// The demo rig without pictures.
Rig demo() {
  Rig rig = *parse_rig(demo_rig_toml(), "demo");
  rig.world->timing_only = true;
  return rig;
}

/// Every line of a session of this rig.
std::vector<std::string> lines_of(const Rig& rig, double length_s) {
  const TempFolder folder;
  VirtualRigOptions world;
  world.pace = VirtualRigOptions::Pace::as_fast_as_possible;
  world.cache_folder = folder / "cache";
  SessionSetup setup;
  setup.manifest.plan = make_plan(rig);
  setup.manifest.is_virtual = true;
  setup.file.any_image_size = true;
  setup.folder = *make_take_folder({}, "demo", folder / "take");
  setup.coordinator.ticks = static_cast<int64_t>(length_s * 30);
  const auto virtual_rig = VirtualRig::create(rig, setup.manifest.plan, world);
  EXPECT_TRUE(virtual_rig) << virtual_rig.error().message;
  if (!virtual_rig) return {};
  std::vector<std::string> lines;
  RunOptions run;
  run.driving = Driving::stepped;
  run.observe = [&lines](const Session& session, HostTime now) {
    lines.push_back(session_line(session, now));
  };
  run_session(setup, **virtual_rig, (*virtual_rig)->clock(), run);
  return lines;
}

TEST(SessionLine, TellsStatesAndThenHowFarEachCameraIsOffPlan) {
  const auto lines = lines_of(demo(), 3);
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines.front(), MatchesRegex("arming.*  left .*  middle .*  right .*"));
  EXPECT_THAT(lines, Contains(MatchesRegex("recording  left 0 us  middle [+-][0-9]+ us  "
                                           "right [+-][0-9]+ us")));
  EXPECT_THAT(lines, Each(Not(MatchesRegex(".*[+-]0 us.*"))));
}

TEST(SessionLine, NamesACameraThatIsLost) {
  Rig rig = demo();
  WorldFault fault;
  fault.camera = "middle";
  fault.kind = FaultKind::unplug;
  fault.at_s = 2;
  rig.world->faults.push_back(fault);
  EXPECT_THAT(lines_of(rig, 4), Contains(MatchesRegex("recording  .*  middle lost  .*")));
}

TEST(SessionLine, StaysWithinItsColumns) {
  std::string toml(demo_rig_toml());
  for (const std::string name : {"left", "middle", "right"}) {
    const std::string longer = name + "-in-the-great-hall";
    for (size_t at = 0; (at = toml.find('"' + name, at)) != std::string::npos; at += longer.size())
      toml.replace(at + 1, name.size(), longer);
  }
  Rig rig = *parse_rig(toml, "demo");
  rig.world->timing_only = true;
  const auto lines = lines_of(rig, 1);
  EXPECT_THAT(lines, Contains(MatchesRegex("recording .*  and [12] more")));
  EXPECT_THAT(lines, Each(SizeIs(::testing::Le(70u))));
}

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

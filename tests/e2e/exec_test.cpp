// SPDX-License-Identifier: MIT
// `lockstep exec`: other programs on a virtual rig or a take.
#include <gmock/gmock.h>
#include <signal.h>

#include "tests/e2e/program.h"

namespace lockstep::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string example(const char* name) {
  return source_file(std::string("examples/rigs/") + name).string();
}

TEST(Exec, TellsTheProgramItsRigAndGivesItOurLibrary) {
  const std::filesystem::path rig = example("01-chain-of-three-virtual.toml");
  const Finished told =
      lockstep({"exec", rig.filename(), "--", "/bin/sh", "-c",
                "echo $LOCKSTEP_RIG; ls ${LD_LIBRARY_PATH%%:*}; echo $LD_LIBRARY_PATH"},
               {"LD_LIBRARY_PATH=/opt/others"}, rig.parent_path());
  EXPECT_EQ(told.status, 0) << told.err;
  EXPECT_THAT(told.out, StartsWith(rig.string() + "\n"));
  EXPECT_THAT(told.out, HasSubstr("\nlibk4a.so.1.4\n"));
  EXPECT_THAT(told.out, EndsWith(":/opt/others\n"));
  EXPECT_EQ(lockstep({"exec", "demo", "--", "/bin/sh", "-c", "echo $LOCKSTEP_RIG"}).out, "demo\n");
}

TEST(Exec, TakesATakeOrARecordingForARig) {
  const std::filesystem::path recording = data_file("real-recording/recording.mkv");
  const Finished told =
      lockstep({"exec", recording.filename(), "--", "/bin/sh", "-c", "echo $LOCKSTEP_RIG"}, {},
               recording.parent_path());
  EXPECT_EQ(told.status, 0) << told.err;
  EXPECT_EQ(told.out, recording.string() + "\n");
  EXPECT_EQ(lockstep({"exec", "no-such.mkv", "--", "true"}).status, 2);
}

TEST(Exec, EndsAsTheProgramDoes) {
  EXPECT_EQ(lockstep({"exec", "demo", "--", "sh", "-c", "exit 7"}).status, 7);
  EXPECT_EQ(lockstep({"exec", "demo", "--", "sh", "-c", "kill -TERM $$"}).status, 128 + SIGTERM);
  EXPECT_EQ(lockstep({"exec", "demo", "--", "printf", "%s|", "--help", "a b"}).out, "--help|a b|");
}

TEST(Exec, SaysWhyItRunsNothing) {
  const Finished missing = lockstep({"exec", "demo", "--", "/no/such/program"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.err, HasSubstr("/no/such/program"));
  EXPECT_EQ(lockstep({"exec", "no-such.toml", "--", "true"}).status, 2);
  EXPECT_EQ(lockstep({"exec", "demo"}).status, 2);
  const Finished real = lockstep({"exec", example("03-corner-of-three.toml"), "--", "true"});
  EXPECT_NE(real.status, 0);
  EXPECT_THAT(real.err, HasSubstr("real cameras"));
}

}  // namespace
}  // namespace lockstep::testing

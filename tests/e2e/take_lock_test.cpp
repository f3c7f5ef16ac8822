// SPDX-License-Identifier: MIT
// One writer at a time: what is recorded is not recovered, and a dead recorder holds nothing.
#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "tests/e2e/simulated_take.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LockedTake : public ::testing::Test {
 protected:
  LockedTake() { write_file(rig_, timing_rig()); }

  /// Until there is something in the files.
  void wait_until_it_records() const {
    while (!fs::exists(take_ / "right.mkv"))
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  }

  TempFolder folder_;
  std::string rig_ = (folder_ / "rig.toml").string();
  fs::path take_ = folder_ / "take";
};

TEST_F(LockedTake, IsLeftAloneByRecoverAndReadByTheOthersUntilItsRecorderDies) {
  RunningProgram recorder(lockstep_program(), {"record", rig_, "-o", take_});
  wait_until_it_records();
  for (const std::string& what : {take_.string(), (take_ / "left.mkv").string()}) {
    const Finished refused = lockstep({"recover", what});
    EXPECT_EQ(refused.status, 3);
    EXPECT_THAT(one_line(refused.err),
                AllOf(HasSubstr("is still being recorded (by process "), HasSubstr("wait until")));
  }
  EXPECT_EQ(json_in(take_, "take.json")["state"], "recording");
  EXPECT_FALSE(fs::exists(take_ / "left.recovered.mkv"));
  const Finished info = lockstep({"info", take_});
  EXPECT_EQ(info.status, 0) << info.err;
  EXPECT_THAT(one_line(info.out), AllOf(HasSubstr("is still being recorded (by process "),
                                        HasSubstr("not counted yet"), Not(HasSubstr("common to"))));
  const Finished verify = lockstep({"verify", take_});
  EXPECT_LE(verify.status, 1) << verify.err;
  EXPECT_THAT(one_line(verify.err), HasSubstr("is still being recorded (by process "));
  EXPECT_THAT(one_line(verify.out),
              AllOf(HasSubstr("take still being recorded"), Not(HasSubstr("lockstep recover"))));
  EXPECT_THAT(one_line(verify.err), HasSubstr("not kept in the take"));
  EXPECT_FALSE(fs::exists(take_ / "verify.json") || fs::exists(take_ / "verify.html"));

  recorder.signal(SIGKILL);
  recorder.wait();
  EXPECT_THAT(one_line(lockstep({"info", take_}).out),
              AllOf(HasSubstr("its recorder died"), Not(HasSubstr("is still being recorded"))));
  const Finished left = lockstep({"verify", take_});
  EXPECT_THAT(one_line(left.out),
              AllOf(HasSubstr("take whose recorder died"), HasSubstr("Run lockstep recover"),
                    Not(HasSubstr("still being recorded"))));
  EXPECT_THAT(one_line(left.err), HasSubstr("its recorder died before the end"));
  EXPECT_FALSE(fs::exists(take_ / "verify.json") || fs::exists(take_ / "verify.html"));
  const Finished recovered = lockstep({"recover", take_});
  EXPECT_EQ(recovered.status, 0) << recovered.err;
  EXPECT_EQ(json_in(take_, "take.json")["state"], "incomplete");
  EXPECT_THAT(lockstep({"info", take_}).out, HasSubstr("common to 3 cameras"));
  EXPECT_FALSE(fs::exists(take_ / "take.lock"));
}

// Shells add it when they complete the name of a folder.
TEST_F(LockedTake, MayBeNamedWithASlash) {
  ASSERT_EQ(simulate(rig_, take_.string() + "/", 1).status, 0);
  EXPECT_EQ(json_in(take_, "take.json")["name"], "take");
  const std::string next = (folder_ / "next").string();
  ASSERT_EQ(simulate(rig_, next, 1).status, 0);
  const Finished against = lockstep({"verify", next, "--against", take_.string() + "/", "--json"});
  EXPECT_EQ(nlohmann::json::parse(against.out)["last_good"], "take") << against.err;
}

TEST_F(LockedTake, IsFreeOnceItIsRecorded) {
  ASSERT_EQ(simulate(rig_, take_, 1).status, 0);
  EXPECT_FALSE(fs::exists(take_ / "take.lock"));
}

/// Cuts the second half of a file off.
void tear(const fs::path& file) {
  fs::resize_file(file, fs::file_size(file) / 2);
}

TEST_F(LockedTake, RecoveredOnceIsComparedWithItsManifestFromThenOn) {
  ASSERT_EQ(simulate(rig_, take_, 2).status, 0);
  tear(take_ / "left.mkv");
  ASSERT_EQ(lockstep({"recover", take_}).status, 0);
  const Finished again = lockstep({"recover", take_});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(
      one_line(again.out),
      AllOf(HasSubstr("left.recovered.mkv: made whole of left.mkv, which is there still"),
            HasSubstr("right: 60 captures, as take.json says"), HasSubstr("nothing to do")));

  // Somebody puts another recording in its place.
  fs::copy_file(take_ / "left.recovered.mkv", take_ / "right.mkv",
                fs::copy_options::overwrite_existing);
  const Finished swapped = lockstep({"recover", take_});
  EXPECT_EQ(swapped.status, 1);
  EXPECT_THAT(one_line(swapped.err), HasSubstr("right: take.json says 60 captures"));
  EXPECT_THAT(swapped.out, Not(HasSubstr("nothing to do")));
  fs::remove(take_ / "middle.mkv");
  EXPECT_THAT(one_line(lockstep({"recover", take_}).err), HasSubstr("middle.mkv"));
}

TEST_F(LockedTake, RecoversAFileOnceAndSaysWhereTheWholeOneIs) {
  ASSERT_EQ(simulate(rig_, take_, 2).status, 0);
  fs::copy_file(take_ / "left.mkv", folder_ / "torn.mkv");
  tear(folder_ / "torn.mkv");
  const std::string torn = (folder_ / "torn.mkv").string();
  ASSERT_EQ(lockstep({"recover", torn}).status, 0);
  const std::string whole = read_file(folder_ / "torn.recovered.mkv");
  const Finished again = lockstep({"recover", torn});
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(one_line(again.err), AllOf(HasSubstr("torn.recovered.mkv is there already"),
                                         HasSubstr("Use it, or remove")));
  EXPECT_FALSE(fs::exists(folder_ / "torn.recovered2.mkv"));
  EXPECT_EQ(read_file(folder_ / "torn.recovered.mkv"), whole);

  // One that was itself cut short is no result.
  tear(folder_ / "torn.recovered.mkv");
  EXPECT_EQ(lockstep({"recover", torn}).status, 0);
  EXPECT_TRUE(fs::exists(folder_ / "torn.recovered2.mkv"));
}

/// A recovery that died after it made the file and before it said so in the manifest.
TEST_F(LockedTake, TakesUpWhatAnEarlierRecoveryMade) {
  ASSERT_EQ(simulate(rig_, take_, 2).status, 0);
  tear(take_ / "left.mkv");
  const std::string before = read_file(take_ / "take.json");
  ASSERT_EQ(lockstep({"recover", take_}).status, 0);
  write_file(take_ / "take.json", before);
  const Finished again = lockstep({"recover", take_});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(one_line(again.out), HasSubstr("left.mkv: made whole before, as left.recovered.mkv"));
  EXPECT_FALSE(fs::exists(take_ / "left.recovered2.mkv"));
  EXPECT_EQ(json_in(take_, "take.json")["cameras"][0]["parts"][0]["file"], "left.recovered.mkv");
}

}  // namespace
}  // namespace lockstep::testing

// SPDX-License-Identifier: MIT
// Disks that run full, cannot be written to or go away under a take: a clear sentence, exit 3, and
// everything that was written is readable and counted.
#include <gmock/gmock.h>

#include <chrono>
#include <optional>
#include <thread>

#include "tests/e2e/simulated_take.h"
#include "tests/support/independent_reader.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

class FailingDisk : public ::testing::Test {
 protected:
  FailingDisk() { write_file(rig_, timing_rig()); }

  /// Runs a shell script in which "$LOCKSTEP", "$RIG" and "$OUT" (our folder) stand for themselves.
  Finished shell(const std::string& script, const std::vector<std::string>& through = {}) const {
    std::vector<std::string> words = through;
    words.insert(words.end(), {"/bin/sh", "-c", script});
    const std::string program = words.front();
    words.erase(words.begin());
    return RunningProgram(program, words,
                          {"LOCKSTEP=" + lockstep_program().string(), "RIG=" + rig_,
                           "OUT=" + folder_.path().string()})
        .wait();
  }

  /// The same with mounts of its own; nothing where this machine does not let us mount.
  std::optional<Finished> shell_with_mounts(const std::string& script) const {
    const std::vector<std::string> own{"/usr/bin/unshare", "--mount", "--map-root-user"};
    if (shell("mount -t tmpfs none /mnt", own).status != 0) return std::nullopt;
    return shell(script, own);
  }

  /// What a reader with no line of ours finds must be what take.json says.
  void expect_counts_as_an_independent_reader(const fs::path& take) const {
    const json manifest = json_in(take, "take.json");
    for (const json& camera : manifest["cameras"]) {
      uint64_t blocks = 0;
      for (const json& part : camera["parts"]) {
        const auto walk = walk_independently(read_file(take / part["file"].get<std::string>()));
        EXPECT_EQ(walk.error, "") << part;
        blocks += walk.blocks_of_track(1);
      }
      EXPECT_EQ(blocks, camera["captures"].get<uint64_t>()) << camera["name"];
      EXPECT_GT(blocks, 0u) << camera["name"];
    }
  }

  TempFolder folder_;
  std::string rig_ = (folder_ / "rig.toml").string();
  fs::path take_ = folder_ / "take";
};

/// What every take must look like that its disk ended.
void expect_cut_short(const Finished& full, const json& manifest) {
  EXPECT_EQ(full.status, 3) << full.err;
  EXPECT_THAT(first_line(full.out), MatchesRegex(".*: cut short by the disk at [0-9.]+ s of 60 s"));
  EXPECT_THAT(full.err, HasSubstr("No space left on device"));
  EXPECT_THAT(full.out,
              AllOf(HasSubstr("of what was written before, "), HasSubstr("incomplete take")));
  ASSERT_EQ(manifest["state"], "incomplete");
  EXPECT_EQ(manifest["cut_short"]["of_s"], 60);
  EXPECT_NEAR(manifest["cut_short"]["at_s"].get<double>(),
              manifest["common_ticks"].get<double>() / 30, 1e-6);
  EXPECT_GT(manifest["cut_short"]["at_s"], 1);
}

/// Another program fills the disk in mid-take: once, or again whenever something becomes free.
TEST_F(FailingDisk, ThatRunsFullLeavesAReadableTakeThatSaysSo) {
  write_file(rig_, replaced(timing_rig(), "keep_free_gb = 2", "keep_free_gb = 0"));
  for (const char* again : {"false", "kill -0 $recorder 2>/dev/null"}) {
    fs::remove_all(take_);
    const auto full = shell_with_mounts(
        "mount -t tmpfs -o size=8m none /mnt || exit 9;"
        "\"$LOCKSTEP\" record \"$RIG\" -o /mnt/take -l 60 & recorder=$!;"
        "while ! test -s /mnt/take/right.mkv && kill -0 $recorder; do sleep 0.1; done; sleep 2;"
        "fill() { dd if=/dev/zero of=/mnt/fill bs=4k oflag=append conv=notrunc 2>/dev/null; };"
        "fill; while " +
        std::string(again) +
        "; do fill; done;"
        "wait $recorder; code=$?; cp -a /mnt/take \"$OUT/take\"; exit $code");
    if (!full)
      GTEST_SKIP() << "no mounts here; the limit on the size of a file is tried all the same";
    const json manifest = json_in(take_, "take.json");
    expect_cut_short(*full, manifest);
    expect_counts_as_an_independent_reader(take_);
    EXPECT_EQ(schema_problems(read_file(take_ / "take.json"), "take"), "");
    EXPECT_THAT(lockstep({"info", take_}).out, HasSubstr("cut short by the disk at"));
    ASSERT_EQ(lockstep({"recover", take_}).status, 0);
    EXPECT_THAT(lockstep({"info", take_}).out, HasSubstr("cut short by the disk at"));
  }
}

TEST_F(FailingDisk, ThatTakesNoManifestIsNotSaidToHoldOne) {
  const Finished refused =
      shell("ulimit -f 1; \"$LOCKSTEP\" simulate \"$RIG\" -o \"$OUT/take\" -l 1");
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(one_line(refused.err), HasSubstr("take.json: File too large"));
  EXPECT_EQ(refused.out, "nothing was recorded\n");
}

TEST_F(FailingDisk, ThatIsTooFullToBeginIsSaidBeforeTheTake) {
  write_file(rig_, replaced(timing_rig(), "keep_free_gb = 2", "keep_free_gb = 1000000"));
  for (const char* command : {"record", "simulate"}) {
    const Finished full = lockstep({command, rig_, "-o", take_, "-l", "1"});
    EXPECT_EQ(full.status, 3);
    EXPECT_THAT(one_line(full.err), HasSubstr("of this rig need 0.9 MB"));
    EXPECT_FALSE(fs::exists(take_));
  }
}

/// A limit on the size of a file stands for a disk that fills up: the write fails in the same
/// place.
TEST_F(FailingDisk, ThatTakesNoMoreOfAFileIsReportedAsJson) {
  const Finished full = shell(
      "trap '' XFSZ; ulimit -f 200; \"$LOCKSTEP\" simulate \"$RIG\" -o \"$OUT/take\" -l 60 --json");
  EXPECT_EQ(full.status, 3);
  EXPECT_EQ(schema_problems(full.out, "record"), "") << full.out;
  const json result = json::parse(full.out, nullptr, false);
  EXPECT_EQ(result["state"], "incomplete");
  EXPECT_EQ(result["cut_short"]["of_s"], 60);
  EXPECT_EQ(result["cut_short"], json_in(take_, "take.json")["cut_short"]);
  expect_counts_as_an_independent_reader(take_);
  EXPECT_THAT(lockstep({"verify", take_}).out, HasSubstr("incomplete take"));
}

TEST_F(FailingDisk, ThatCannotBeWrittenToIsSaidBeforeAnythingIsMade) {
  const auto read_only = shell_with_mounts(
      "mount -t tmpfs -o ro none /mnt && \"$LOCKSTEP\" record \"$RIG\" -o /mnt/take -l 1");
  if (!read_only) GTEST_SKIP() << "no mounts here";
  EXPECT_EQ(read_only->status, 3);
  EXPECT_THAT(read_only->err, AllOf(HasSubstr("/mnt"), HasSubstr("Read-only file system")));
  EXPECT_EQ(read_only->out, "");
}

TEST_F(FailingDisk, ThatIsReadOnlyStillShowsAndJudgesATake) {
  ASSERT_EQ(simulate(rig_, take_, 1).status, 0);
  const auto archive = shell_with_mounts(
      "mount --bind \"$OUT/take\" /mnt && mount -o remount,bind,ro /mnt && "
      "\"$LOCKSTEP\" recover /mnt && \"$LOCKSTEP\" info /mnt && \"$LOCKSTEP\" verify /mnt");
  if (!archive) GTEST_SKIP() << "no mounts here";
  EXPECT_EQ(archive->status, 0) << archive->err;
  EXPECT_THAT(archive->out, AllOf(HasSubstr("nothing to do"), HasSubstr("in step")));
  EXPECT_THAT(archive->err, HasSubstr("is not kept in the take"));
}

/// The whole recording has no room beside the torn one: nothing half-made stays.
TEST_F(FailingDisk, ThatIsFullKeepsRecoverFromMendingAndSaysSo) {
  ASSERT_EQ(simulate(rig_, take_, 20).status, 0);
  fs::resize_file(take_ / "left.mkv", fs::file_size(take_ / "left.mkv") / 2);
  const Finished full = shell("trap '' XFSZ; ulimit -f 100; \"$LOCKSTEP\" recover \"$OUT/take\"");
  EXPECT_EQ(full.status, 3) << full.out;
  EXPECT_THAT(one_line(full.err), HasSubstr("cannot write"));
  EXPECT_FALSE(fs::exists(take_ / "left.recovered.mkv"));
  EXPECT_EQ(lockstep({"recover", take_}).status, 0);
}

TEST_F(FailingDisk, WhoseFolderIsMovedAwayLeavesWhatWasWritten) {
  RunningProgram program(lockstep_program(), {"record", rig_, "-o", take_, "-l", "3"});
  while (!fs::exists(take_ / "right.mkv"))
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  fs::rename(take_, folder_ / "elsewhere");
  const Finished gone = program.wait();
  EXPECT_EQ(gone.status, 3);
  EXPECT_THAT(one_line(gone.err),
              AllOf(HasSubstr((take_ / "take.json").string()),
                    HasSubstr("its folder was moved or removed"), HasSubstr("lockstep recover"),
                    Not(HasSubstr("is no take")), Not(HasSubstr("truth.json"))));
  EXPECT_THAT(gone.out, AllOf(Not(HasSubstr("in step")), HasSubstr("not judged")));
  EXPECT_FALSE(fs::exists(take_));
  EXPECT_EQ(lockstep({"recover", folder_ / "elsewhere"}).status, 0);
  expect_counts_as_an_independent_reader(folder_ / "elsewhere");
}

/// What was written is gone with it; nobody may believe for an hour that it is being recorded.
TEST_F(FailingDisk, WhoseFolderIsRemovedEndsTheTakeAtOnce) {
  RunningProgram program(lockstep_program(), {"record", rig_, "-o", take_, "-l", "600"});
  while (!fs::exists(take_ / "right.mkv"))
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  fs::remove_all(take_);
  const Finished gone = program.wait();
  EXPECT_EQ(gone.status, 3);
  EXPECT_THAT(one_line(gone.err), HasSubstr("was removed while it was being written"));
  EXPECT_THAT(first_line(gone.out), HasSubstr("cut short by the disk at"));
  EXPECT_THAT(gone.out, Not(HasSubstr("in step")));
}

}  // namespace
}  // namespace lockstep::testing

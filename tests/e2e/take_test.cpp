// SPDX-License-Identifier: MIT
// Recording, simulating, recovering and listing, as a person does it.
#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "tests/e2e/program.h"
#include "tests/support/files.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

/// Folder with the demo rig, without pictures so that it is quick.
class Take : public ::testing::Test {
 protected:
  Take() {
    std::string toml = read_file(source_file("examples/rigs/01-chain-of-three-virtual.toml"));
    const std::string world = "world = { ";
    const size_t at = toml.rfind(world);
    EXPECT_NE(at, std::string::npos);
    toml.insert(at + world.size(), "timing_only = true, ");
    write_file(rig_, toml);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  json manifest(const std::string& take) const {
    return json::parse(read_file(folder_ / take / "take.json"));
  }

  TempFolder folder_;
  std::string rig_ = path("rig.toml");
};

TEST_F(Take, IsSimulatedRecordedAndFoundInStep) {
  const Finished simulated = lockstep({"simulate", rig_, "-o", path("one"), "-l", "2"});
  EXPECT_EQ(simulated.status, 0) << simulated.err;
  EXPECT_THAT(simulated.out, HasSubstr("in step"));
  EXPECT_EQ(manifest("one")["state"], "complete");
  EXPECT_EQ(manifest("one")["common_ticks"], 60);
  EXPECT_EQ(schema_problems(read_file(folder_ / "one" / "take.json"), "take"), "");
  EXPECT_TRUE(manifest("one")["virtual"]);
  for (const char* file :
       {"left.mkv", "middle.mkv", "right.mkv", "truth.json", "verify.json", "verify.html"}) {
    EXPECT_TRUE(fs::exists(folder_ / "one" / file)) << file;
  }

  const Finished recorded = lockstep({"record", rig_, "-o", path("two"), "-l", "1", "--json"});
  EXPECT_EQ(recorded.status, 0) << recorded.err;
  EXPECT_EQ(json::parse(recorded.out)["common_ticks"], 30);
  EXPECT_EQ(lockstep({"verify", path("two")}).status, 0);
}

TEST_F(Take, OfOneSeedIsTheSameTwice) {
  ASSERT_EQ(lockstep({"simulate", rig_, "-o", path("one"), "-l", "1", "--seed", "7"}).status, 0);
  ASSERT_EQ(lockstep({"simulate", rig_, "-o", path("two"), "-l", "1", "--seed", "7"}).status, 0);
  EXPECT_EQ(read_file(folder_ / "one" / "truth.json"), read_file(folder_ / "two" / "truth.json"));
  EXPECT_EQ(manifest("one")["cameras"], manifest("two")["cameras"]);
}

TEST_F(Take, IsNumberedAndNeverOverwritten) {
  EXPECT_EQ(lockstep({"simulate", rig_, "-l", "0.5"}).status, 0);
  EXPECT_EQ(lockstep({"simulate", rig_, "-l", "0.5"}).status, 0);
  std::vector<std::string> takes;
  for (const auto& entry : fs::directory_iterator(folder_ / "takes"))
    takes.push_back(entry.path().filename());
  EXPECT_EQ(takes.size(), 2u);

  const Finished again = lockstep({"simulate", rig_, "-o", path("takes"), "-l", "1"});
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(again.err, HasSubstr("is there already and is not overwritten"));
}

TEST_F(Take, FailsTheVerdictOnALostTickAndTheDeviceOnALostCamera) {
  EXPECT_EQ(
      lockstep({"simulate", rig_, "-o", path("one"), "-l", "3", "--fault", "right:lose-tick:2:0:2"})
          .status,
      1);
  EXPECT_EQ(manifest("one")["holes"][0]["camera"], "right");

  const Finished lost =
      lockstep({"simulate", rig_, "-o", path("two"), "-l", "3", "--fault", "right:unplug:2"});
  EXPECT_EQ(lost.status, 3);
  EXPECT_THAT(lost.err, HasSubstr("right: the camera was lost"));
  EXPECT_EQ(manifest("two")["state"], "incomplete");
}

TEST_F(Take, IsNotBegunWithWhatCannotBeUsed) {
  EXPECT_EQ(lockstep({"record", path("nowhere.toml"), "-o", path("x"), "-l", "1"}).status, 2);
  const Finished fault =
      lockstep({"simulate", rig_, "-o", path("x"), "-l", "1", "--fault", "up:unplug:1"});
  EXPECT_EQ(fault.status, 2);
  EXPECT_THAT(fault.err, HasSubstr("no camera 'up'"));
  EXPECT_EQ(lockstep({"simulate", rig_, "-o", path("x"), "-l", "-1"}).status, 2);
  EXPECT_EQ(lockstep({"recover", path("nowhere")}).status, 2);
  EXPECT_FALSE(fs::exists(folder_ / "x"));
}

TEST_F(Take, IsCutAndSavedByCtrlC) {
  RunningProgram program(lockstep_program(), {"record", rig_, "-o", path("one")});
  while (!fs::exists(folder_ / "one" / "right.mkv"))
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  program.signal(SIGINT);
  const Finished result = program.wait();
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(manifest("one")["state"], "complete");
  EXPECT_EQ(manifest("one")["cameras"][0]["end"], "cut");
}

/// Kills a recorder at random instants after lock; what is older than a second must be in the
/// files.
TEST_F(Take, SurvivesSigkillAtRandomInstants) {
  const int rounds = std::getenv("LOCKSTEP_NIGHTLY") != nullptr ? 100 : 3;
  std::mt19937 random(std::random_device{}());
  for (int round = 0; round < rounds; ++round) {
    const std::string take = "take-" + std::to_string(round);
    const int alive_ms = std::uniform_int_distribution<>(50, 2500)(random);
    SCOPED_TRACE("killed after " + std::to_string(alive_ms) + " ms");
    {
      RunningProgram program(lockstep_program(), {"record", rig_, "-o", path(take)});
      while (!fs::exists(folder_ / take / "right.mkv"))
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      std::this_thread::sleep_for(std::chrono::milliseconds(alive_ms));
      program.signal(SIGKILL);
      EXPECT_EQ(program.wait().status, 128 + SIGKILL);
    }
    EXPECT_EQ(manifest(take)["state"], "recording");
    const Finished recovered = lockstep({"recover", path(take)});
    EXPECT_EQ(recovered.status, 0) << recovered.err;
    EXPECT_EQ(manifest(take)["state"], "incomplete");
    const int64_t expected = (alive_ms - 1000) * 30 / 1000 - 2;
    EXPECT_GE(manifest(take).value("common_ticks", 0), std::max<int64_t>(expected, 0));
    for (const char* camera : {"left", "middle", "right"}) {
      EXPECT_TRUE(fs::exists(folder_ / take / (camera + std::string(".mkv"))));
    }
    EXPECT_THAT(lockstep({"recover", path(take)}).out, HasSubstr("nothing to do"));
  }
}

/// A limit on the size of a file stands for a disk that fills up: the write fails in the same
/// place.
TEST_F(Take, SaysThatTheDiskIsFullAndKeepsWhatIsWritten) {
  const std::string command =
      "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\"";  // blocks of 512 bytes
  RunningProgram program("/bin/sh", {"-c", command, lockstep_program().string(), "simulate", rig_,
                                     "-o", path("one"), "-l", "60"});
  const Finished full = program.wait();
  EXPECT_EQ(full.status, 3);
  EXPECT_THAT(full.err, HasSubstr(".mkv"));
  EXPECT_EQ(manifest("one")["state"], "incomplete");
  EXPECT_EQ(lockstep({"recover", path("one")}).status, 0);
  EXPECT_GT(manifest("one").value("common_ticks", 0), 100);
}

/// In /proc not even root makes a folder.
TEST_F(Take, SaysThatTheTargetCannotBeWrittenTo) {
  const Finished result = lockstep({"simulate", rig_, "-o", "/proc/lockstep-take", "-l", "1"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("/proc"));
}

TEST_F(Take, VanishingUnderTheRecorderIsSaid) {
  RunningProgram program(lockstep_program(), {"record", rig_, "-o", path("one"), "-l", "2"});
  while (!fs::exists(folder_ / "one" / "right.mkv"))
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  fs::rename(folder_ / "one", folder_ / "elsewhere");
  const Finished result = program.wait();
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("one"));
  EXPECT_EQ(lockstep({"recover", path("elsewhere")}).status, 0);
}

TEST_F(Take, IsListedAsDevicesAndNoCameraIsInvented) {
  EXPECT_THAT(lockstep({"devices"}).out, HasSubstr("no camera found"));
  EXPECT_THAT(json::parse(lockstep({"devices", "--json"}).out)["devices"], ::testing::IsEmpty());
  EXPECT_EQ(json::parse(lockstep({"devices", "demo", "--json"}).out)["devices"].size(), 3u);
  ASSERT_EQ(lockstep({"simulate", rig_, "-o", path("one"), "-l", "0.5"}).status, 0);
  const json played = json::parse(lockstep({"devices", path("one"), "--json"}).out)["devices"];
  ASSERT_EQ(played.size(), 3u);
  EXPECT_EQ(played[0]["kind"], "recording");
  // Of one file nothing tells but its role, the master's.
  const json alone =
      json::parse(lockstep({"devices", path("one") + "/left.mkv", "--json"}).out)["devices"][0];
  EXPECT_TRUE(alone["sync_in"].is_null());
  EXPECT_EQ(alone["sync_out"], true);
}

}  // namespace
}  // namespace lockstep::testing

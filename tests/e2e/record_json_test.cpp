// SPDX-License-Identifier: MIT
// What record, simulate, recover and devices print with --json is what docs/schemas promises.
#include <gmock/gmock.h>

#include "tests/e2e/simulated_take.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class RecordJson : public ::testing::Test {
 protected:
  RecordJson() { write_file(folder_ / "rig.toml", timing_rig()); }

  /// Simulates with --json, expects this exit code and a document as promised.
  json simulated(const std::string& take, int status, std::vector<std::string> more = {}) {
    more.push_back("--json");
    const Finished made = simulate(folder_ / "rig.toml", folder_ / take, 3, more);
    EXPECT_EQ(made.status, status) << made.err;
    EXPECT_EQ(schema_problems(made.out, "record"), "") << made.out;
    return json::parse(made.out, nullptr, false);
  }

  TempFolder folder_;
};

TEST_F(RecordJson, OfAGoodTakeIsAsPromised) {
  const json take = simulated("take", 0);
  EXPECT_EQ(take["common_ticks"], 90);
  EXPECT_TRUE(take["passes"]);
  EXPECT_TRUE(take["verdict_failures"].empty());
}

TEST_F(RecordJson, OfFailuresIsAsPromised) {
  const json broken = simulated("broken", 1, {"--fault", "right:lose-tick:2:0:2"});
  ASSERT_EQ(broken["verdict_failures"].size(), 1u);
  EXPECT_EQ(broken["verdict_failures"][0]["device"], "right");

  const json lost = simulated("lost", 3, {"--fault", "right:unplug:2"});
  EXPECT_EQ(lost["state"], "incomplete");
  EXPECT_THAT(lost["failure"].get<std::string>(), ::testing::HasSubstr("right"));

  const json dark = simulated("dark", 3, {"--fault", "right:cable-loose:0"});
  EXPECT_FALSE(dark["recorded"]);
  EXPECT_FALSE(dark["locked"]);
}

TEST_F(RecordJson, OfARecordingInRealTimeIsAsPromised) {
  const Finished made = lockstep(
      {"record", folder_ / "rig.toml", "-o", folder_ / "take", "-l", "0.5", "--json", "-q"});
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(schema_problems(made.out, "record"), "");
}

TEST_F(RecordJson, OfRecoverIsAsPromised) {
  simulated("take", 0);
  const Finished whole = lockstep({"recover", "--json", folder_ / "take"});
  EXPECT_EQ(schema_problems(whole.out, "recover"), "");
  EXPECT_TRUE(json::parse(whole.out)["done"].empty());

  fs::resize_file(folder_ / "take" / "left.mkv", fs::file_size(folder_ / "take" / "left.mkv") / 2);
  write_file(folder_ / "take" / "right.mkv", "no recording");
  const Finished torn = lockstep({"recover", "--json", folder_ / "take"});
  EXPECT_EQ(torn.status, 1) << torn.err;
  EXPECT_EQ(schema_problems(torn.out, "recover"), "");
  EXPECT_FALSE(json::parse(torn.out)["done"].empty());
  EXPECT_EQ(json::parse(torn.out)["problems"].size(), 1u);
}

TEST_F(RecordJson, OfDevicesIsAsPromised) {
  simulated("take", 0);
  const std::vector<std::pair<std::string, size_t>> kinds{
      {"", 0}, {"demo", 3}, {folder_ / "take", 3}, {folder_ / "take" / "left.mkv", 1}};
  for (const auto& [what, count] : kinds) {
    std::vector<std::string> words{"devices", "--json"};
    if (!what.empty()) words.push_back(what);
    const Finished listed = lockstep(words);
    EXPECT_EQ(listed.status, 0) << what << listed.err;
    EXPECT_EQ(schema_problems(listed.out, "devices"), "") << what;
    EXPECT_EQ(json::parse(listed.out)["devices"].size(), count) << what;
  }
}

}  // namespace
}  // namespace lockstep::testing

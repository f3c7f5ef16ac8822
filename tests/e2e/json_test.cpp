// SPDX-License-Identifier: MIT
// What the commands print with --json is what docs/schemas promises, in good and in bad cases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"
#include "tests/support/files.h"

namespace lockstep::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kRig = "examples/rigs/01-chain-of-three-virtual.toml";

// A rig without pictures, so that its takes are small; `cable` may be broken.
std::string timing_rig(bool with_cable) {
  return std::string(R"(schema = 1
rig = { name = "two", frame_rate = 30, source = "a" }
all_cameras = { family = "azure-kinect", depth_mode = "NFOV_UNBINNED", color_mode = "MJPG_720P", exposure_us = 8330, gain = 128, white_balance_k = 4500, powerline_hz = 60, imu = false }
camera = [ { name = "a", serial = "virtual-0001" }, { name = "b", serial = "virtual-0002" } ]
)") + (with_cable ? "cable = [ { from = \"a.out\", to = \"b.in\", length_m = 3 } ]\n" : "") +
         "world = { seed = 1, timing_only = true }\n";
}

TEST(Json, SchemaCheckFindsWhatIsWrong) {
  EXPECT_THAT(schema_problems("{}", "plan"), HasSubstr("required"));
  EXPECT_THAT(schema_problems("no json", "plan"), HasSubstr("Expecting value"));
}

TEST(Json, PlanIsAsPromised) {
  const Finished plan = lockstep({"plan", "--json", source_file(kRig)});
  EXPECT_EQ(plan.status, 0) << plan.err;
  EXPECT_EQ(schema_problems(plan.out, "plan"), "");
}

TEST(Json, PlanWithBrokenRulesIsAsPromised) {
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig(false));
  const Finished plan = lockstep({"plan", "--json", folder / "rig.toml"});
  EXPECT_EQ(plan.status, 1) << plan.out << plan.err;
  EXPECT_EQ(schema_problems(plan.out, "plan"), "");
  const auto json = nlohmann::json::parse(plan.out, nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << plan.out;
  EXPECT_FALSE(json.at("findings").empty());
}

TEST(Json, SimulateOfABrokenPlanTellsTheBrokenRules) {
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig(false));
  const Finished refused =
      lockstep({"simulate", "--json", folder / "rig.toml", "-o", folder / "take", "-l", "1"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(schema_problems(refused.out, "error"), "");
  const auto message = nlohmann::json::parse(refused.out)["message"].get<std::string>();
  const auto plan =
      nlohmann::json::parse(lockstep({"plan", "--json", folder / "rig.toml"}).out, nullptr, false);
  EXPECT_EQ(plan["kind"], "lockstep-plan");
  EXPECT_THAT(message, HasSubstr(plan["findings"][0]["message"].get<std::string>()));
  EXPECT_THAT(message, ::testing::Not(HasSubstr("said above")));
}

TEST(Json, VerifyOfTheVendorsFilesIsAsPromised) {
  const Finished verify =
      lockstep({"verify", "--json", data_file("vendor-written/two-cameras-master.mkv"),
                data_file("vendor-written/two-cameras-sub.mkv")});
  EXPECT_EQ(verify.status, 0) << verify.err;
  EXPECT_EQ(schema_problems(verify.out, "verify"), "");
}

TEST(Json, VerifyOfATakeIsAsPromisedAndStandsInItsFolder) {
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig(true));
  for (const std::vector<std::string>& fault :
       {std::vector<std::string>{}, std::vector<std::string>{"--fault", "b:lose-tick:2:0:2"}}) {
    const std::filesystem::path take = folder / (fault.empty() ? "good" : "bad");
    std::vector<std::string> words{"simulate", folder / "rig.toml", "-o", take, "-l", "5"};
    words.insert(words.end(), fault.begin(), fault.end());
    const Finished simulate = lockstep(words);
    EXPECT_EQ(simulate.status, fault.empty() ? 0 : 1) << simulate.out << simulate.err;

    const Finished verify = lockstep({"verify", "--json", take});
    EXPECT_EQ(verify.status, simulate.status) << verify.err;
    EXPECT_EQ(schema_problems(verify.out, "verify"), "");
    EXPECT_EQ(schema_problems(read_file(take / "verify.json"), "verify"), "");
    const std::string page = read_file(take / "verify.html");
    EXPECT_THAT(page, HasSubstr("<svg"));
    EXPECT_THAT(page, ::testing::Not(HasSubstr("src=\"http"))) << "a page needs no network";
  }
}

TEST(Json, InfoIsAsPromised) {
  for (const char* name :
       {"real-recording/recording.mkv", "vendor-written/killed.mkv",
        "vendor-written/past-71-minutes.mkv", "vendor-written/colour-imu-30fps.mkv"}) {
    const Finished info = lockstep({"info", "--json", data_file(name)});
    EXPECT_EQ(info.status, 0) << name << info.err;  // a damaged file is said to be one
    EXPECT_EQ(schema_problems(info.out, "info"), "") << name;
  }
}

TEST(Json, OtherReportsAreJson) {
  const Finished devices = lockstep({"devices", "--json", "demo"});
  EXPECT_EQ(devices.status, 0) << devices.err;
  EXPECT_TRUE(nlohmann::json::accept(devices.out)) << devices.out;
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig(true));
  const Finished simulate =
      lockstep({"simulate", "--json", folder / "rig.toml", "-o", folder / "take", "-l", "2"});
  EXPECT_EQ(simulate.status, 0) << simulate.err;
  EXPECT_TRUE(nlohmann::json::accept(simulate.out)) << simulate.out;
}

// Whoever parses stdout finds an object there, whatever went wrong, and the sentence is on stderr.
TEST(Json, OfARefusalIsAnErrorForEveryCommand) {
  const TempFolder folder;
  const std::vector<std::vector<std::string>> refused = {
      {"verify", "--json", "missing.mkv"},
      {"info", "--json", "missing.mkv"},
      {"plan", "--json", "missing.toml"},
      {"devices", "--json", "missing.toml"},
      {"simulate", "--json", "missing.toml", "-o", "take", "-l", "1"},
      {"record", "--json", "missing.toml", "-o", "take", "-l", "1"},
      {"recover", "--json", "missing"},
      {"board", "--json", "missing.toml"},
      {"export", "--json", "missing", "--to", "png"},
      {"fuse", "--json", "missing", "--cloud", "--to", "a.ply"},
      {"verify", "--json", "--no-such-option", "missing.mkv"}};
  for (const auto& words : refused) {
    const Finished finished = lockstep(words, {}, folder.path());
    EXPECT_EQ(finished.status, 2) << words[0] << finished.err;
    EXPECT_EQ(schema_problems(finished.out, "error"), "") << words[0] << ": " << finished.out;
    EXPECT_FALSE(finished.err.empty()) << words[0];
    const auto json = nlohmann::json::parse(finished.out, nullptr, false);
    ASSERT_TRUE(json.is_object()) << words[0];
    EXPECT_EQ(json.at("exit_code"), 2) << words[0];
  }
  EXPECT_EQ(lockstep({"info", "missing.mkv"}).out, "");

  write_file(folder / "broken.toml", timing_rig(false));
  const Finished broken =
      lockstep({"record", "--json", folder / "broken.toml", "-o", folder / "take", "-l", "1"});
  EXPECT_EQ(broken.status, 1);
  EXPECT_EQ(schema_problems(broken.out, "error"), "") << broken.out;
}

}  // namespace
}  // namespace lockstep::testing

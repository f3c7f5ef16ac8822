// SPDX-License-Identifier: MIT
// Recordings that the vendor's recorder left behind are made whole beside the original.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"
#include "tests/support/files.h"

namespace lockstep::testing {
namespace {

using ::testing::HasSubstr;

nlohmann::json told_of(const std::filesystem::path& recording) {
  return nlohmann::json::parse(lockstep({"info", "--json", recording}).out);
}

TEST(RecoverFile, OfTheVendorsRecorderIsWholeBesideTheOriginal) {
  const TempFolder folder;
  const std::string killed = read_file(data_file("vendor-written/killed.mkv"));
  const std::string torn = read_file(data_file("vendor-written/two-cameras-sub.mkv"));
  write_file(folder / "killed.mkv", killed);
  write_file(folder / "torn.mkv", torn.substr(0, torn.size() * 2 / 3));
  for (const std::string name : {"killed", "torn"}) {
    const std::string original = read_file(folder / (name + ".mkv"));
    EXPECT_FALSE(told_of(folder / (name + ".mkv")).at("closed_cleanly").get<bool>());
    const Finished recovered = lockstep({"recover", folder / (name + ".mkv")});
    EXPECT_EQ(recovered.status, 0) << recovered.err;
    EXPECT_THAT(recovered.out, HasSubstr(name + ".mkv: made whole as " + name + ".recovered.mkv"));
    EXPECT_EQ(read_file(folder / (name + ".mkv")), original);
    const auto whole = told_of(folder / (name + ".recovered.mkv"));
    EXPECT_TRUE(whole.at("closed_cleanly").get<bool>());
    EXPECT_TRUE(whole.at("wrong").empty());
    // A second time there is nothing to do.
    const Finished again = lockstep({"recover", folder / (name + ".mkv")});
    EXPECT_EQ(again.status, 2);
    EXPECT_THAT(again.err, HasSubstr("is there already"));
    EXPECT_EQ(lockstep({"recover", folder / (name + ".recovered.mkv")}).status, 0);
  }
}

}  // namespace
}  // namespace lockstep::testing

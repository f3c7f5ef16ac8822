// SPDX-License-Identifier: MIT
// `lockstep info` on what people have: every fixture, a torn file, a take.
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "tests/e2e/simulated_take.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// Columns of the longest line; every character of ours is one wide.
size_t widest(const std::string& text) {
  std::istringstream lines(text);
  size_t most = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto columns = std::count_if(line.begin(), line.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u;
    });
    most = std::max(most, static_cast<size_t>(columns));
  }
  return most;
}

TEST(Info, OfEveryFixtureFitsTheTerminal) {
  for (const char* folder : {"real-recording", "vendor-written"}) {
    for (const auto& entry : fs::directory_iterator(data_file(folder))) {
      if (entry.path().extension() != ".mkv") continue;
      const Finished info = lockstep({"info", entry.path()});
      EXPECT_EQ(info.status, 0) << entry.path() << info.err;
      EXPECT_LE(widest(info.out), 100U) << info.out;
      EXPECT_THAT(info.out, HasSubstr("camera: serial 00"));
    }
  }
}

TEST(Info, OfAKilledRecorderSaysWhatIsMissing) {
  const Finished info = lockstep({"info", data_file("vendor-written/killed.mkv")});
  EXPECT_THAT(info.out, AllOf(HasSubstr("written: not recorded\n"), HasSubstr("wrong with it:"),
                              HasSubstr("recorder died")));
}

TEST(Info, OfATakeAndOfATornFileOfIt) {
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig());
  const fs::path take = folder / "take";
  ASSERT_EQ(simulate(folder / "rig.toml", take, 5).status, 0);
  const Finished info = lockstep({"info", take});
  EXPECT_EQ(info.status, 0) << info.err;
  EXPECT_LE(widest(info.out), 100U + take.string().size());  // the last line names the folder
  EXPECT_THAT(info.out, AllOf(HasSubstr("take take: complete, simulated"), HasSubstr("150 ticks"),
                              HasSubstr("middle.mkv"), HasSubstr("lockstep verify")));
  EXPECT_EQ(schema_problems(lockstep({"info", "--json", take}).out, "take"), "");
  EXPECT_EQ(lockstep({"info", take, "--pictures", folder / "look"}).status, 2);

  const std::string whole = read_file(take / "left.mkv");
  write_file(take / "left.mkv", whole.substr(0, whole.size() * 2 / 3 + 11));
  const Finished torn = lockstep({"info", take / "left.mkv"});
  EXPECT_EQ(torn.status, 0);
  EXPECT_LE(widest(torn.out), 100U);
  EXPECT_THAT(torn.out, AllOf(HasSubstr("wrong with it:"), HasSubstr("the file ends at byte")));
  fs::remove(take / "right.mkv");
  EXPECT_THAT(lockstep({"info", take}).out, HasSubstr("missing"));
}

TEST(Info, OfARecordingWithoutColourNamesNoColourMode) {
  const TempFolder folder;
  const std::string rig = replaced(timing_rig(), "serial = \"virtual-0003\"",
                                   "serial = \"virtual-0003\", color_mode = \"OFF\"");
  write_file(folder / "rig.toml", rig);
  const fs::path take = folder / "take";
  ASSERT_EQ(simulate(folder / "rig.toml", take, 1).status, 0);
  EXPECT_THAT(lockstep({"info", take / "right.mkv"}).out, HasSubstr("modes: colour OFF, depth"));
  const auto json =
      nlohmann::json::parse(lockstep({"info", take / "right.mkv", "--json"}).out, nullptr, false);
  EXPECT_EQ(json["camera"]["color_mode"], "OFF");
}

TEST(Devices, OfATakeHaveThePlugsOfItsCables) {
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig());
  ASSERT_EQ(simulate(folder / "rig.toml", folder / "take", 1).status, 0);
  const auto json =
      nlohmann::json::parse(lockstep({"devices", "--json", folder / "take"}).out, nullptr, false);
  const auto plugs = [&](const char* name) {
    const auto device = named(json["devices"], name);
    return std::pair(device["sync_in"].get<bool>(), device["sync_out"].get<bool>());
  };
  EXPECT_EQ(plugs("left"), std::pair(false, true));
  EXPECT_EQ(plugs("middle"), std::pair(true, true));
  EXPECT_EQ(plugs("right"), std::pair(true, false));
  EXPECT_THAT(lockstep({"devices", folder / "take"}).out, ::testing::Not(HasSubstr("not known")));
}

TEST(Info, OfWhatIsNoRecordingSaysSo) {
  const TempFolder folder;
  write_file(folder / "text.mkv", "this is no recording");
  for (const fs::path& path : {folder.path(), folder / "text.mkv", folder / "absent.mkv"}) {
    const Finished info = lockstep({"info", path});
    EXPECT_EQ(info.status, 2) << path;
    EXPECT_THAT(info.err, HasSubstr(path.filename().string()));
  }
}

}  // namespace
}  // namespace lockstep::testing

// SPDX-License-Identifier: MIT
#include "lockstep/take/manifest.h"

#include <gmock/gmock.h>

#include "tests/support/files.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;
using testing::TempFolder;

TakeManifest example() {
  TakeManifest manifest;
  manifest.name = "corner-001";
  manifest.is_virtual = true;
  manifest.unproved = true;
  manifest.created_utc = "2024-05-01T10:00:00Z";
  manifest.rig_toml = "schema = 1\n# as it was\n";
  manifest.plan.rig_name = "corner";
  manifest.plan.is_virtual = true;
  manifest.first_common_tick_after_pulse = 17;
  manifest.cameras = {{.name = "left",
                       .serial = "virtual-0001",
                       .parts = {{.file = "left.mkv", .rig_from_device_ns = -5},
                                 {.file = "left.part2.mkv", .reason = "the clock stepped back"}},
                       .captures = 12,
                       .dropped = 3,
                       .end = "cut"}};
  manifest.holes = {{"left", 4, 2, "queue full"}};
  manifest.remarks = {"a remark with a bad byte \xff"};
  return manifest;
}

TEST(Manifest, ComesBackAsItWasWritten) {
  const TempFolder folder;
  ASSERT_TRUE(write_manifest(folder.path(), example()));
  const auto back = read_manifest(folder.path());
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->state, TakeState::recording);
  EXPECT_TRUE(back->is_virtual);
  EXPECT_TRUE(back->unproved);
  EXPECT_EQ(back->rig_toml, example().rig_toml);
  EXPECT_EQ(back->plan.rig_name, "corner");
  EXPECT_EQ(back->first_common_tick_after_pulse, 17);
  EXPECT_FALSE(back->common_ticks);
  ASSERT_EQ(back->cameras.size(), 1u);
  ASSERT_EQ(back->cameras[0].parts.size(), 2u);
  EXPECT_EQ(back->cameras[0].parts[0].rig_from_device_ns, -5);
  EXPECT_EQ(back->cameras[0].parts[1].reason, "the clock stepped back");
  EXPECT_EQ(back->cameras[0].dropped, 3u);
  ASSERT_EQ(back->holes.size(), 1u);
  EXPECT_EQ(back->holes[0].count, 2);
}

TEST(Manifest, SaysWhatIsWrongWithOneThatCannotBeRead) {
  const TempFolder folder;
  EXPECT_EQ(read_manifest(folder.path()).error().code, Errc::not_found);
  for (const char* text :
       {"", "{", "[]", "{\"schema\": 99}", "{\"schema\": 1, \"kind\": \"lockstep-take\"}"}) {
    testing::write_file(folder / kManifestFile, text);
    const auto read = read_manifest(folder.path());
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Errc::unusable_input);
    EXPECT_THAT(read.error().message, HasSubstr("take.json"));
  }
}

TEST(TakeFolder, IsNumberedAndNeverTakenTwice) {
  const TempFolder folder;
  EXPECT_EQ(make_take_folder(folder / "takes", "corner", {})->filename(), "corner-001");
  EXPECT_EQ(make_take_folder(folder / "takes", "corner", {})->filename(), "corner-002");

  const auto wanted = make_take_folder({}, "corner", folder / "mine");
  ASSERT_TRUE(wanted);
  const auto again = make_take_folder({}, "corner", folder / "mine");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::already_exists);
  EXPECT_THAT(again.error().message, HasSubstr("never overwrites"));
}

}  // namespace
}  // namespace lockstep

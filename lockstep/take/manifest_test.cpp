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
  manifest.cut_short = CutShort{.at_s = 12.34, .of_s = 60};
  manifest.cameras = {{.name = "left",
                       .serial = "virtual-0001",
                       .parts = {{.file = "left.mkv",
                                  .rig_from_device_ns = -5,
                                  .clock_map = ClockMap{.from = DeviceTime(Nanos(7)),
                                                        .to = DeviceTime(Nanos(9)),
                                                        .mid = RigTime(Nanos(8)),
                                                        .offset_us = 0.25,
                                                        .rate_ppm = -3.5,
                                                        .rms_us = 1.5}},
                                 {.file = "left.part2.mkv", .reason = "the clock stepped back"}},
                       .captures = 12,
                       .dropped = 3,
                       .end = {EndOfCamera::lost, "unplugged"}}};
  manifest.holes = {{"left", 4, 2, HoleCause::dropped_by_recorder, "queue full"}};
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
  EXPECT_EQ(back->cut_short, example().cut_short);
  EXPECT_EQ(to_text(*back->cut_short), "cut short by the disk at 12.3 s of 60 s");
  ASSERT_EQ(back->cameras.size(), 1u);
  ASSERT_EQ(back->cameras[0].parts.size(), 2u);
  EXPECT_EQ(back->cameras[0].parts[0].rig_from_device_ns, -5);
  const auto& map = back->cameras[0].parts[0].clock_map;
  ASSERT_TRUE(map);
  EXPECT_EQ(map->from.ns(), 7);
  EXPECT_EQ(map->to.ns(), 9);
  EXPECT_EQ(map->mid.time_since_epoch().count(), 8);
  EXPECT_EQ(map->offset_us, 0.25);
  EXPECT_EQ(map->rate_ppm, -3.5);
  EXPECT_EQ(map->rms_us, 1.5);
  EXPECT_FALSE(back->cameras[0].parts[1].clock_map);
  EXPECT_EQ(back->cameras[0].parts[1].reason, "the clock stepped back");
  EXPECT_EQ(back->cameras[0].dropped, 3u);
  EXPECT_EQ(back->cameras[0].end, example().cameras[0].end);
  EXPECT_EQ(to_text(back->cameras[0].end), "lost: unplugged");
  ASSERT_EQ(back->holes.size(), 1u);
  EXPECT_EQ(back->holes[0].count, 2);
  EXPECT_EQ(back->holes[0].kind, HoleCause::dropped_by_recorder);
}

TEST(Manifest, KeepsEveryKindOfHole) {
  for (const HoleCause kind : {HoleCause::not_delivered, HoleCause::dropped_by_recorder,
                               HoleCause::refused_by_recorder, HoleCause::device_lost}) {
    TakeManifest manifest = example();
    manifest.holes = {{"left", 4, 2, kind, "whatever a person is told"}};
    const auto back = manifest_from_json(manifest_to_json(manifest));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->holes[0].kind, kind);
  }
}

TEST(Manifest, KeepsEveryEndOfACamera) {
  for (const EndOfCamera how : {EndOfCamera::none, EndOfCamera::length_reached, EndOfCamera::cut,
                                EndOfCamera::cut_off, EndOfCamera::lost, EndOfCamera::disk}) {
    TakeManifest manifest = example();
    manifest.cameras[0].end = {how, ""};
    const auto back = manifest_from_json(manifest_to_json(manifest));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->cameras[0].end.how, how) << to_text(manifest.cameras[0].end);
  }
}

TEST(Manifest, CountsTheTicksThatAllCamerasHave) {
  TakeManifest manifest;
  manifest.cameras.resize(3);
  manifest.common_ticks = 1;
  EXPECT_EQ(common_ticks_text(manifest), "1 tick common to 3 cameras");
  manifest.common_ticks = 300;
  // Two that overlap, one within another, and what lies outside of the common range.
  const auto lacks = [&](const char* camera, int64_t first, int64_t count) {
    manifest.holes.push_back({camera, first, count, HoleCause::not_delivered, ""});
  };
  lacks("b", 100, 20);
  lacks("a", 110, 20);
  lacks("c", 112, 2);
  lacks("a", 290, 50);
  lacks("b", -5, 6);
  lacks("c", 400, 9);
  EXPECT_EQ(common_ticks_text(manifest), "300 ticks, 259 of them common to 3 cameras");
}

TEST(PartFileName, NumbersFromTheSecondOn) {
  EXPECT_EQ(part_file_name("left", 1), "left.mkv");
  EXPECT_EQ(part_file_name("left", 2), "left.part2.mkv");
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

/// What reading says of the example with one piece of its text replaced.
Result<TakeManifest> read_changed(const std::string& from, const std::string& to) {
  const TempFolder folder;
  EXPECT_TRUE(write_manifest(folder.path(), example()));
  std::string text = testing::read_file(folder / kManifestFile);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  testing::write_file(folder / kManifestFile, text);
  return read_manifest(folder.path());
}

TEST(Manifest, RefusesNamesThatLeaveTheFolder) {
  const std::string file = "\"file\": \"left.mkv\"";
  for (const char* name : {"/etc/passwd", "../left.mkv", "a/b.mkv", "..", ".", "", "a\\u0000b"}) {
    const auto read = read_changed(file, std::string("\"file\": \"") + name + "\"");
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.error().code, Errc::unusable_input);
    EXPECT_THAT(read.error().message, HasSubstr("'file' must be a plain file name"));
  }
  EXPECT_TRUE(read_changed(file, "\"file\": \"..left.mkv\""));
  EXPECT_FALSE(read_changed("\"name\": \"left\"", "\"name\": \"../left\""));
}

TEST(Manifest, RefusesNumbersThatWouldOverflow) {
  for (const char* number : {"9223372036854775807", "18446744073709551615", "-9223372036854775808",
                             "1e300", "4.5", "\"4\"", "[]"}) {
    EXPECT_FALSE(read_changed("\"first_tick\": 4", std::string("\"first_tick\": ") + number))
        << number;
    EXPECT_FALSE(read_changed("\"rig_from_device_ns\": -5",
                              std::string("\"rig_from_device_ns\": ") + number))
        << number;
    EXPECT_FALSE(read_changed("\"dropped\": 3", std::string("\"dropped\": ") + number)) << number;
    EXPECT_FALSE(read_changed("\"settle_before_master_s\": 0.0",
                              std::string("\"settle_before_master_s\": ") + "1e300"));
  }
  EXPECT_FALSE(read_changed("\"dropped\": 3", "\"dropped\": -1"));
  for (const char* number : {"-1", "1e300", "\"4\""})
    EXPECT_FALSE(read_changed("\"at_s\": 12.34", std::string("\"at_s\": ") + number)) << number;
}

TEST(Manifest, RefusesJsonThatIsNestedToExhaustTheStack) {
  const std::string open(1'000'000, '[');
  const auto cut =
      read_changed("\"settle_before_master_s\": 0.0", "\"settle_before_master_s\": " + open);
  ASSERT_FALSE(cut);
  EXPECT_THAT(cut.error().message, HasSubstr("nested deeper"));
  const std::string close(1'000'000, ']');
  EXPECT_FALSE(read_changed("\"settle_before_master_s\": 0.0",
                            "\"settle_before_master_s\": " + open + close));
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
  EXPECT_THAT(again.error().message, HasSubstr("is there already and is not overwritten"));
}

}  // namespace
}  // namespace lockstep

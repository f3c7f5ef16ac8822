// SPDX-License-Identifier: MIT
#include "lockstep/take/verify_take.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "lockstep/take/gather.h"
#include "lockstep/take/manifest.h"
#include "tests/support/files.h"
#include "tests/support/small_take.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using testing::data_file;
using testing::TempFolder;

const fs::path kMaster = data_file("vendor-written/two-cameras-master.mkv");
const fs::path kSub = data_file("vendor-written/two-cameras-sub.mkv");

const Finding* find(const SyncReport& report, std::string_view rule) {
  for (const Finding& finding : report.findings) {
    if (finding.rule == rule) return &finding;
  }
  return nullptr;
}

// The published two-camera table: what the vendor's own example printed.
TEST(VerifyFiles, ThePublishedPairPassesWithWarnings) {
  const auto verified = verify_files({kMaster, kSub}, {});
  ASSERT_TRUE(verified) << verified.error().message;
  const SyncReport& report = verified->report;
  EXPECT_EQ(report.verdict_text(), "in step (stamps only)");
  EXPECT_TRUE(report.passes());
  EXPECT_EQ(report.devices[1].color->offset_us, 67);
  ASSERT_NE(find(report, "lasers-meet"), nullptr);
  EXPECT_EQ(find(report, "lasers-meet")->level, FindingLevel::warning);
  EXPECT_NE(find(report, "lasers-meet")->message.find("fire together"), std::string::npos);
  EXPECT_EQ(report.devices[0].lost + report.devices[1].lost, 0);  // the first two lack colour only
  EXPECT_EQ(report.devices[0].exposure, "not recorded");
}

TEST(VerifyFiles, TheOrderOfTheFilesDoesNotMatter) {
  const auto a = verify_files({kMaster, kSub}, {});
  const auto b = verify_files({kSub, kMaster}, {});
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->report.verdict, b->report.verdict);
  EXPECT_EQ(a->report.reference, b->report.reference);
  EXPECT_EQ(a->report.devices[1].color->offset_us, b->report.devices[0].color->offset_us);
}

// LOCKSTEP_UPDATE_GOLDEN=1 writes the file anew; look at the difference before committing it.
TEST(VerifyFiles, TheReportOfThePublishedPairIsTheGoldenOne) {
  const auto verified = verify_files({kMaster, kSub}, {});
  ASSERT_TRUE(verified);
  const fs::path golden = data_file("golden/two-cameras.verify.json");
  if (std::getenv("LOCKSTEP_UPDATE_GOLDEN") != nullptr) testing::write_file(golden, verified->json);
  EXPECT_EQ(verified->json, testing::read_file(golden));
}

TEST(VerifyFiles, ARealRecordingAloneIsStandalone) {
  const auto verified = verify_files({data_file("real-recording/recording.mkv")}, {});
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->report.verdict, Verdict::standalone);
  EXPECT_TRUE(verified->report.passes());
}

TEST(VerifyFiles, RecordingsOfDifferentTakesFallShort) {
  const auto mixed = verify_files({kMaster, data_file("real-recording/recording.mkv")}, {});
  ASSERT_TRUE(mixed) << mixed.error().message;
  EXPECT_EQ(mixed->report.verdict, Verdict::not_one_take);
  EXPECT_FALSE(mixed->report.passes());
  EXPECT_NE(find(mixed->report, "mixed-rates"), nullptr);
}

TEST(VerifyFiles, ACopyOfAFileIsADuplicateSerial) {
  const TempFolder folder;
  fs::copy_file(kSub, folder / "copy.mkv");
  const auto verified = verify_files({kMaster, kSub, folder / "copy.mkv"}, {});
  ASSERT_TRUE(verified);
  EXPECT_NE(find(verified->report, "duplicate-serial"), nullptr);
  EXPECT_EQ(verified->report.verdict, Verdict::not_one_take);
}

TEST(VerifyFiles, WhatCannotBeUsedIsNamed) {
  const TempFolder folder;
  testing::write_file(folder / "empty.mkv", "");
  testing::write_file(folder / "text.mkv", "this is no recording");
  testing::write_file(folder / "cut.mkv", testing::read_file(kSub).substr(0, 40));
  for (const char* name : {"empty.mkv", "text.mkv", "cut.mkv", "absent.mkv"}) {
    const auto verified = verify_files({kMaster, folder / name}, {});
    ASSERT_FALSE(verified) << name;
    EXPECT_NE(verified.error().message.find(name), std::string::npos) << verified.error().message;
    EXPECT_TRUE(verified.error().code == Errc::unusable_input ||
                verified.error().code == Errc::not_found ||
                verified.error().code == Errc::truncated)
        << name;
  }
}

TEST(VerifyFiles, AFileGivenTwiceIsRefused) {
  const auto same = verify_files({kMaster, kMaster.parent_path() / "." / kMaster.filename()}, {});
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().code, Errc::invalid_argument);
}

TEST(VerifyFiles, ATruncatedFileIsJudgedAsFarAsItGoes) {
  const TempFolder folder;
  const std::string whole = testing::read_file(kSub);
  testing::write_file(folder / "two-cameras-sub.mkv", whole.substr(0, whole.size() * 3 / 4));
  const auto verified = verify_files({kMaster, folder / "two-cameras-sub.mkv"}, {});
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_NE(find(verified->report, "damaged-file"), nullptr);
}

TEST(VerifyFiles, AgainstAnEarlierReportItTellsTheChange) {
  const TempFolder folder;
  const auto first = verify_files({kMaster, kSub}, {});
  ASSERT_TRUE(first);
  testing::write_file(folder / "verify.json", first->json);
  VerifyOptions options;
  options.against = folder / "verify.json";
  const auto second = verify_files({kMaster, kSub}, options);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_NEAR(*second->report.devices[1].color_change_us, 0, 0.01);
  options.against = kMaster;
  EXPECT_FALSE(verify_files({kMaster, kSub}, options));
}

TEST(VerifyFiles, OneNameOfTwoFoldersIsTwoCamerasAndPartsStayWithTheirOwn) {
  const TempFolder folder;
  for (const char* name : {"a", "b"}) fs::create_directories(folder / name);
  fs::copy_file(kMaster, folder / "a" / "left.mkv");
  fs::copy_file(kSub, folder / "b" / "left.mkv");
  fs::copy_file(kSub, folder / "b" / "left.part2.mkv");
  const auto evidence = gather_files(
      {folder / "a" / "left.mkv", folder / "b" / "left.mkv", folder / "b" / "left.part2.mkv"}, 1);
  ASSERT_TRUE(evidence) << evidence.error().message;
  EXPECT_EQ(evidence->devices[0].name, "left#1");
  EXPECT_EQ(evidence->devices[1].name, "left#2");
  EXPECT_EQ(evidence->devices[2].name, "left#2");
  EXPECT_EQ(evidence->devices[2].part, 2);
}

TEST(VerifyFiles, WhatRecoverMadeWholeIsOfTheSameCameraAndNotGivenBesideItsOriginal) {
  const TempFolder folder;
  fs::copy_file(kMaster, folder / "left.recovered2.mkv");
  fs::copy_file(kSub, folder / "right.mkv");
  fs::copy_file(kSub, folder / "right.part2.recovered.mkv");
  const std::vector<fs::path> files = {folder / "left.recovered2.mkv", folder / "right.mkv",
                                       folder / "right.part2.recovered.mkv"};
  const auto evidence = gather_files(files, 1);
  ASSERT_TRUE(evidence) << evidence.error().message;
  EXPECT_EQ(evidence->devices[0].name, "left");
  EXPECT_EQ(evidence->devices[2].name, "right");
  EXPECT_EQ(evidence->devices[2].part, 2);

  fs::copy_file(kSub, folder / "right.part2.mkv");
  const auto both = gather_files({files[1], files[2], folder / "right.part2.mkv"}, 1);
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().code, Errc::invalid_argument);
  EXPECT_NE(both.error().message.find("torn and made whole"), std::string::npos);
  EXPECT_EQ(stem_before_recovery("left.recovered-by-me"), "left.recovered-by-me");
}

TEST(VerifyFiles, GatesAreSettings) {
  VerifyOptions strict;
  strict.gates.color_offset_fail_us = 65;
  const auto verified = verify_files({kMaster, kSub}, strict);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->report.verdict, Verdict::not_in_step);
  strict.gates.color_offset_fail_us = -1;
  EXPECT_FALSE(verify_files({kMaster, kSub}, strict));
}

/// A take of the published pair, made with `name` at `created_utc`.
void make_take(const fs::path& folder, const std::string& created_utc) {
  fs::create_directories(folder);
  TakeManifest manifest;
  manifest.name = folder.filename().string();
  manifest.state = TakeState::complete;
  manifest.created_utc = created_utc;
  for (const fs::path& file : {kMaster, kSub}) {
    fs::copy_file(file, folder / file.filename());
    PlannedCamera planned;
    planned.name = file.stem().string();
    manifest.plan.cameras.push_back(planned);
    manifest.cameras.push_back(
        {.name = planned.name, .parts = {{.file = file.filename().string()}}});
    manifest.cameras.back().parts[0].rig_from_device_ns = 0;
  }
  ASSERT_TRUE(write_manifest(folder, manifest));
}

TEST(VerifyTake, NotesVerdictAndClocksInTheManifest) {
  const TempFolder folder;
  make_take(folder / "a", "2026-01-01T00:00:00Z");
  const auto verified = verify_take(folder / "a", {});
  ASSERT_TRUE(verified) << verified.error().message;
  const auto lock = TakeLock::take(folder / "a", TakeWork::verifying);
  ASSERT_TRUE(lock && note_verdict(folder / "a", *verified, *lock));
  const auto manifest = read_manifest(folder / "a");
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->verdict, verified->report.verdict_text());
  for (const TakeCamera& camera : manifest->cameras) {
    const auto& map = camera.parts[0].clock_map;
    ASSERT_TRUE(map) << camera.name;
    EXPECT_LT(map->from, map->to);
    EXPECT_LT(std::abs(map->rate_ppm), 1000);
    EXPECT_LT(map->rms_us, 1000);
  }
}

TEST(VerifyTake, OtherGatesChangeNeitherTheVerdictNorTheLastGoodTake) {
  const TempFolder folder;
  make_take(folder / "a", "2026-01-01T00:00:00Z");
  make_take(folder / "b", "2026-01-02T00:00:00Z");
  // As an earlier verify left it, but passing: what is compared is the gates.
  const auto lock = TakeLock::take(folder / "a", TakeWork::verifying);
  ASSERT_TRUE(lock);
  const auto keep = [&](double fail_us) {
    VerifyOptions options;
    options.gates.color_offset_fail_us = fail_us;
    auto verified = verify_files({kMaster, kSub}, options);
    ASSERT_TRUE(verified);
    testing::write_file(folder / "a" / kVerifyJsonFile, verified->json);
    ASSERT_TRUE(note_verdict(folder / "a", *verified, *lock));
  };
  keep(5000);
  EXPECT_EQ(read_manifest(folder / "a")->verdict, "");
  EXPECT_EQ(verify_take(folder / "b", {})->report.last_good, "");
  keep(Gates{}.color_offset_fail_us);
  EXPECT_EQ(read_manifest(folder / "a")->verdict, "in step (stamps only)");
  EXPECT_EQ(verify_take(folder / "b", {})->report.last_good, "a");
  // As recover leaves it: the report beside it is of what the take was.
  auto manifest = read_manifest(folder / "a");
  ASSERT_TRUE(manifest);
  manifest->verdict.clear();
  ASSERT_TRUE(write_manifest(folder / "a", *manifest));
  EXPECT_EQ(verify_take(folder / "b", {})->report.last_good, "");
}

TEST(VerifyTake, OfSwappedRecordingsNoClockIsKnown) {
  testing::SmallTake take;
  for (const size_t camera : {size_t{0}, size_t{1}})
    take.add_part(camera, testing::ticks(0, 9), 100'000, true);
  take.save();
  const auto whole = verify_take(take.folder(), {});
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->clocks.size(), 2u);
  fs::rename(take.folder() / "a.mkv", take.folder() / "c.mkv");
  fs::rename(take.folder() / "b.mkv", take.folder() / "a.mkv");
  fs::rename(take.folder() / "c.mkv", take.folder() / "b.mkv");
  const auto swapped = verify_take(take.folder(), {});
  ASSERT_TRUE(swapped) << swapped.error().message;
  EXPECT_FALSE(swapped->report.passes());
  ASSERT_NE(find(swapped->report, "misplaced-recording"), nullptr);
  EXPECT_TRUE(swapped->clocks.empty());
}

TEST(VerifyTake, AFolderThatIsNoTakeIsRefused) {
  const TempFolder folder;
  EXPECT_FALSE(verify_take(folder.path(), {}));
}

}  // namespace
}  // namespace lockstep

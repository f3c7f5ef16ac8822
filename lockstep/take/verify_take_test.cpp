// SPDX-License-Identifier: MIT
#include "lockstep/take/verify_take.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "lockstep/take/gather.h"
#include "tests/support/files.h"

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

TEST(VerifyFiles, GatesAreSettings) {
  VerifyOptions strict;
  strict.gates.color_offset_fail_us = 65;
  const auto verified = verify_files({kMaster, kSub}, strict);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->report.verdict, Verdict::not_in_step);
  strict.gates.color_offset_fail_us = -1;
  EXPECT_FALSE(verify_files({kMaster, kSub}, strict));
}

TEST(VerifyTake, AFolderThatIsNoTakeIsRefused) {
  const TempFolder folder;
  EXPECT_FALSE(verify_take(folder.path(), {}));
}

}  // namespace
}  // namespace lockstep

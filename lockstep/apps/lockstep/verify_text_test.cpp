// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/verify_text.h"

#include <gmock/gmock.h>

#include <sstream>

#include "lockstep/base/text.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kNorth = "the-camera-at-the-northern-end-of-the-long-hall-beside-the-window";
const std::string kSouth = "the-camera-at-the-southern-end-of-the-long-hall-beside-the-door";

/// Two cameras of long names whose lasers come near, and a finding.
SyncReport report_of_two() {
  SyncReport report;
  report.common_ticks = 300;
  report.common_s = 10;
  report.frames_per_second = 30;
  report.reference = kNorth;
  report.expected_from = "the files' own tags";
  report.last_good = kNorth + "-take-001";
  for (const std::string& name : {kNorth, kSouth}) {
    DeviceReport& device = report.devices.emplace_back();
    device.name = name;
    device.role = "SUBORDINATE";
    device.family_by = "its tag";
    device.color_captures = 300;
    device.color = OffsetEstimate{};
  }
  LaserReport& pair = report.lasers.emplace_back();
  pair.a = kNorth;
  pair.b = kSouth;
  pair.typical_gap_us = 40;
  pair.sure_gap_us = 40;
  Finding& finding = report.findings.emplace_back();
  finding.level = FindingLevel::warning;
  finding.rule = "color-offset";
  finding.device = kSouth;
  finding.value = 12'500;
  finding.gate = 100;
  finding.unit = "us";
  finding.message = "Colour of " + kSouth + " comes 12500 us after plan (against " + kNorth + ").";
  return report;
}

TEST(VerifyText, KeepsToItsColumnsWithLongNames) {
  for (const bool overlap : {true, false}) {
    SyncReport report = report_of_two();
    report.lasers[0].overlap = overlap;
    std::istringstream lines(sync_report_to_text(report, false, GatesShown::changed));
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(display_columns(line), kOutputColumns) << line;
  }
}

TEST(VerifyText, CountsNothingAsCommonToACameraThatRecordedNothing) {
  SyncReport report = report_of_two();
  EXPECT_THAT(sync_report_to_text(report, false, GatesShown::changed),
              HasSubstr("300 ticks common to all ("));
  report.devices.emplace_back().name = "dark";
  EXPECT_THAT(sync_report_to_text(report, false, GatesShown::changed),
              HasSubstr("300 ticks common to the 2 of 3 cameras that recorded ("));
}

TEST(VerifyText, WritesNoPowersOfTen) {
  const std::string text = sync_report_to_text(report_of_two(), false, GatesShown::changed);
  EXPECT_THAT(text, HasSubstr("[12500 us, gate 100 us]"));
  EXPECT_THAT(text, Not(HasSubstr("e+")));
}

TEST(VerifyText, SaysOnWhichClockTheTimesOfARestartAre) {
  SyncReport report = report_of_two();
  Finding& finding = report.findings[0];
  finding.span = TickSpan{0, 300, 200'000, 10'200'000};
  EXPECT_THAT(sync_report_to_text(report, false, GatesShown::changed),
              HasSubstr("[the whole take; 12500 us"));
  finding.rule = "clock-restart";
  EXPECT_THAT(sync_report_to_text(report, false, GatesShown::changed),
              HasSubstr("[ticks 0 to 299, its new clock 0.200 to 10.200 s"));
}

}  // namespace
}  // namespace lockstep

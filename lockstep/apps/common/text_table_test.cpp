// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/text_table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace lockstep {
namespace {

TEST(TextTable, AlignsNumbersRightAndTextLeft) {
  TextTable table({{"camera", Align::left}, {"offset us", Align::right}, {"what", Align::left}});
  table.add_row({"left", "-0.4", "good"});
  table.add_row({"right", "160.2", ""});
  EXPECT_EQ(table.text(2),
            "  camera  offset us  what\n"
            "  left         -0.4  good\n"
            "  right       160.2\n");
}

TEST(TextTable, ColourDoesNotShiftColumns) {
  TextTable table({{"", Align::left}, {"", Align::left}});
  table.add_row({toned("ok", Tone::good, true), "a"});
  table.add_row({"bad", "b"});
  EXPECT_EQ(table.text(), toned("ok", Tone::good, true) + "   a\nbad  b\n");
}

TEST(TextTable, WrapsTheLastColumnIntoTheWidthOfTheOutput) {
  TextTable table({{"rule", Align::left}, {"message", Align::left}});
  std::string message;
  for (int i = 0; i < 60; ++i) message += "word ";
  table.add_row({"two-sources", message});
  std::istringstream lines(table.text(2));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_LE(display_columns(line), kOutputColumns) << line;
    if (count > 1) {
      EXPECT_EQ(line.find_first_not_of(' '), 15u) << line;
    }
  }
  EXPECT_EQ(count, 5);
}

TEST(TextTable, ANameTooLongForTheWidthHasALineOfItsOwn) {
  TextTable table({{"camera"}, {"wide", Align::right}, {"last", Align::right}});
  const std::string name(27, 'n');
  table.add_row({name, std::string(75, '1'), "2"});
  table.add_row({"short", "3", "4"});
  std::istringstream lines(table.text(2));
  std::vector<std::string> found;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_columns(line), kOutputColumns) << line;
    found.push_back(line);
  }
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[1], "  " + name);
  EXPECT_EQ(found[2].find('1'), found[0].size() - std::string("last").size() - 2 - 75);
}

TEST(TextTable, MissingCellsAreEmptyAndFurtherOnesDropped) {
  TextTable table({{"a", Align::left}, {"b", Align::left}});
  table.add_row({"1"});
  table.add_row({"1", "2", "3"});
  EXPECT_EQ(table.text(), "a  b\n1\n1  2\n");
}

}  // namespace
}  // namespace lockstep

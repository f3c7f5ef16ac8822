// SPDX-License-Identifier: MIT
#include "lockstep/base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <sstream>

namespace lockstep {
namespace {

TEST(DisplayColumns, CountsLettersNotBytesAndNoColour) {
  EXPECT_EQ(display_columns("33 \xC2\xB5s"), 5);
  EXPECT_EQ(display_columns("\033[31mok\033[0m"), 2);
}

TEST(Wrapped, BreaksAtSpacesAndIndents) {
  EXPECT_EQ(wrapped("one two three", 2, 8), "one two\n  three");
  EXPECT_EQ(wrapped("kept\nbreaks", 4, 80), "kept\n    breaks");
  EXPECT_EQ(wrapped("unbreakablyLong word", 0, 5), "unbreakablyLong\nword");
  EXPECT_EQ(wrapped("", 2, 5), "");
}

RC_GTEST_PROP(Wrapped, KeepsEveryWordWithinTheColumns, ()) {
  const auto lengths = *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 12));
  const int columns = *rc::gen::inRange(16, 60);
  std::string text;
  for (const int length : lengths) {
    text += (text.empty() ? "" : " ") + std::string(static_cast<size_t>(length), 'x');
  }
  const std::string out = wrapped(text, 3, columns);
  std::istringstream lines(out);
  std::string joined, word;
  for (std::string line; std::getline(lines, line);) RC_ASSERT(display_columns(line) <= columns);
  std::istringstream words(out);
  while (words >> word) joined += (joined.empty() ? "" : " ") + word;
  RC_ASSERT(joined == text);
}

TEST(Counted, OneIsNotMany) {
  EXPECT_EQ(counted(1, "camera"), "1 camera");
  EXPECT_EQ(counted(0, "tick"), "0 ticks");
  EXPECT_EQ(counted(2, "tick"), "2 ticks");
}

TEST(SignedNumber, HasASignUnlessItRoundsToNothing) {
  EXPECT_EQ(signed_number(1.25, 1), "+1.2");
  EXPECT_EQ(signed_number(-3.4, 0), "-3");
  EXPECT_EQ(signed_number(-0.04, 1), "0.0");
  EXPECT_EQ(signed_number(0.3, 0), "0");
}

TEST(OrBelow, NeverSaysThatNothingIsLeft) {
  EXPECT_EQ(or_below(1.256, 2), "1.26");
  EXPECT_EQ(or_below(0.0051, 2), "0.01");
  EXPECT_EQ(or_below(0.0049, 2), "below 0.01");
  EXPECT_EQ(or_below(0, 1), "below 0.1");
}

TEST(PlainNumber, IsNeverAPowerOfTen) {
  EXPECT_EQ(plain_number(12'500), "12500");
  EXPECT_EQ(plain_number(-5.3e6), "-5300000");
  EXPECT_EQ(plain_number(0.6234567), "0.6235");
  EXPECT_EQ(plain_number(100), "100");
  EXPECT_EQ(plain_number(1e-7), "0");
}

TEST(Printable, LeavesNothingThatDrivesATerminal) {
  EXPECT_EQ(printable("a\x1b[31mb\r\n\tc\x7f"), "a?[31mb???c?");
  EXPECT_EQ(printable_lines("a\nb\rc"), "a\nb?c");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m caf\xC3\xA9 \xC2\xB5s"),
            "?31m caf\xC3\xA9 \xC2\xB5s");
}

TEST(JsonProblem, HasNoLabelOfTheLibrary) {
  EXPECT_EQ(json_problem("[json.exception.out_of_range.403] key 'parts' not found"),
            "key 'parts' not found");
  EXPECT_EQ(json_problem("cameras: is no list"), "cameras: is no list");
}

}  // namespace
}  // namespace lockstep

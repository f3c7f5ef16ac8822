// SPDX-License-Identifier: MIT
#include "lockstep/geometry/marker_dictionary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace lockstep {
namespace {

using ::testing::HasSubstr;

std::string drawn(const MarkerDictionary& dictionary, int id) {
  std::string rows;
  for (int row = 0; row < dictionary.bits_per_side(); ++row) {
    for (int column = 0; column < dictionary.bits_per_side(); ++column)
      rows += dictionary.is_white(id, column, row) ? '#' : '.';
    rows += '\n';
  }
  return rows;
}

/// The marker turned by a quarter.
std::string turned(const std::string& rows, int side) {
  std::string result = rows;
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column)
      result[static_cast<size_t>(row * (side + 1) + column)] =
          rows[static_cast<size_t>((side - 1 - column) * (side + 1) + row)];
  }
  return result;
}

// The bytes of OpenCV 4.6's predefined_dictionaries.hpp for marker 0 (181, 50), and the Hamming
// code of 0 in every row of the original set. The tests of lockstep-detect compare all others.
TEST(MarkerDictionary, DrawsTheMarkersThatTheWorldKnows) {
  EXPECT_EQ(drawn(*find_dictionary("DICT_4X4_50"), 0),
            "#.##\n"
            ".#.#\n"
            "..##\n"
            "..#.\n");
  EXPECT_EQ(drawn(*find_dictionary("DICT_ARUCO_ORIGINAL"), 0),
            "#....\n#....\n#....\n#....\n#....\n");
}

TEST(MarkerDictionary, NamesHaveTheirSizes) {
  struct Expected {
    const char* name;
    int bits;
    int count;
  };
  for (const Expected& expected :
       {Expected{"DICT_4X4_50", 4, 50}, Expected{"DICT_4X4_1000", 4, 1000},
        Expected{"DICT_5X5_100", 5, 100}, Expected{"DICT_6X6_250", 6, 250},
        Expected{"DICT_7X7_1000", 7, 1000}, Expected{"DICT_ARUCO_ORIGINAL", 5, 1024},
        Expected{"DICT_APRILTAG_16h5", 4, 30}, Expected{"DICT_APRILTAG_25h9", 5, 35},
        Expected{"DICT_APRILTAG_36h10", 6, 2320}, Expected{"DICT_APRILTAG_36h11", 6, 587}}) {
    const auto found = find_dictionary(expected.name);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->name(), expected.name);
    EXPECT_EQ(found->bits_per_side(), expected.bits);
    EXPECT_EQ(found->count(), expected.count);
  }
  EXPECT_EQ(dictionary_names().size(), 21u);
}

TEST(MarkerDictionary, NoMarkerIsAnotherOneTurned) {
  for (const char* name : {"DICT_4X4_50", "DICT_5X5_250", "DICT_6X6_1000", "DICT_7X7_1000",
                           "DICT_APRILTAG_16h5", "DICT_APRILTAG_36h11"}) {
    const auto dictionary = find_dictionary(name);
    ASSERT_TRUE(dictionary);
    std::set<std::string> seen;
    for (int id = 0; id < dictionary->count(); ++id) {
      std::string rows = drawn(*dictionary, id);
      for (int turn = 0; turn < 4; ++turn) {
        EXPECT_TRUE(seen.insert(rows).second) << name << " marker " << id << " turn " << turn;
        rows = turned(rows, dictionary->bits_per_side());
      }
    }
  }
}

TEST(MarkerDictionary, ASlipIsNamed) {
  const auto found = find_dictionary("DICT_5x5_205");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::not_found);
  EXPECT_THAT(found.error().message, HasSubstr("did you mean 'DICT_5X5_250'?"));
}

}  // namespace
}  // namespace lockstep

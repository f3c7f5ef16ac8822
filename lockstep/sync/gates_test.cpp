// SPDX-License-Identifier: MIT
#include "lockstep/sync/gates.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

namespace lockstep {
namespace {

TEST(Gates, DefaultsAreThoseOfTheTable) {
  const Gates gates;
  EXPECT_TRUE(gates.validate());
  EXPECT_EQ(gates.tick_offset_us_at(30), 110);
  EXPECT_EQ(gates.tick_offset_us_at(15), 220);
  EXPECT_EQ(gates.tick_offset_us_at(5), 660);
}

TEST(Gates, NoneTakesWhatHasNoMeaning) {
  for (const GateEntry& entry : gate_entries()) {
    for (const double bad : {-1.0, std::nan("")}) {
      Gates gates;
      gates.*entry.value = bad;
      const auto result = gates.validate();
      ASSERT_FALSE(result) << entry.name;
      EXPECT_NE(result.error().message.find(entry.name), std::string::npos);
    }
  }
}

TEST(Gates, AWarningThatCouldNeverComeIsRefused) {
  Gates gates;
  gates.color_offset_warn_us = 120;
  EXPECT_FALSE(gates.validate());
  gates.color_offset_fail_us = 150;
  EXPECT_TRUE(gates.validate());
}

TEST(Gates, NamesAreUnique) {
  std::set<std::string> names;
  for (const GateEntry& entry : gate_entries())
    EXPECT_TRUE(names.insert(std::string(entry.name)).second);
}

}  // namespace
}  // namespace lockstep

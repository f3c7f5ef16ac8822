// SPDX-License-Identifier: MIT
#include "lockstep/base/suggestion.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace lockstep {
namespace {

TEST(EditDistance, CountsSlipsOfTheFinger) {
  EXPECT_EQ(edit_distance("source", "source"), 0);
  EXPECT_EQ(edit_distance("sorce", "source"), 1);
  EXPECT_EQ(edit_distance("suorce", "source"), 1) << "two neighbours swapped are one slip";
  EXPECT_EQ(edit_distance("", "abc"), 3);
  EXPECT_EQ(edit_distance("LEFT", "left"), 0) << "letters compare without case";
}

RC_GTEST_PROP(EditDistanceProperty, IsADistance, ()) {
  const auto letter = rc::gen::element('a', 'b', 'c');
  const auto a = *rc::gen::container<std::string>(letter);
  const auto b = *rc::gen::container<std::string>(letter);
  RC_ASSERT(edit_distance(a, b) == edit_distance(b, a));
  RC_ASSERT((edit_distance(a, b) == 0) == (a == b));
  RC_ASSERT(edit_distance(a, b) <= static_cast<int>(std::max(a.size(), b.size())));
}

TEST(Suggest, NamesTheNearestOrAll) {
  EXPECT_EQ(suggest("exposre", {"gain", "exposure_us"}), "did you mean 'exposure_us'?");
  EXPECT_EQ(suggest("lenght", {"length_m", "from"}), "did you mean 'length_m'?");
  EXPECT_EQ(suggest("deph_mode", {"depth_mode", "color_mode"}), "did you mean 'depth_mode'?");
  EXPECT_EQ(suggest("nonsense", {"in", "out"}), "it is one of 'in' or 'out'");
  EXPECT_EQ(suggest("nonsense", {"ask"}), "it can only be 'ask'");
  EXPECT_EQ(suggest("x", {}), "");
  EXPECT_EQ(suggest(std::string(100000, 'a'), {"in", "out"}), "it is one of 'in' or 'out'");
}

}  // namespace
}  // namespace lockstep

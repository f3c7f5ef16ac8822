// SPDX-License-Identifier: MIT
#include "lockstep/transform/depth_offset.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(DepthOffset, IsTakenOutToTheNearestMillimetre) {
  const std::vector<uint16_t> depth{0, 3, 1000, 65535};
  EXPECT_EQ(without_offset(depth, 0.0052), (std::vector<uint16_t>{0, 0, 995, 65530}));
  EXPECT_EQ(without_offset(depth, -0.0048), (std::vector<uint16_t>{0, 8, 1005, 65535}));
  EXPECT_EQ(without_offset(depth, 0.0004), depth);
}

}  // namespace
}  // namespace lockstep

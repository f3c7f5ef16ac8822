// SPDX-License-Identifier: MIT
#include "lockstep/fuse/fuse_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/transform_cases.h"

namespace lockstep {
namespace {

using testing::Dice;
using testing::expect_property;

/// What fuse_kernels.h says of growing, for one column.
uint16_t plain_grow(const std::vector<std::vector<uint16_t>>& rows, size_t column) {
  const uint16_t here = rows[1][column];
  if (here != 0 || column == 0 || column + 1 == rows[1].size()) return here;
  uint16_t farthest = 0;
  for (const auto& row : rows)
    farthest = std::max({farthest, row[column - 1], row[column], row[column + 1]});
  return farthest;
}

TEST(FuseKernels, GrowAsThePlainForm) {
  expect_property({200, 4000}, [](Dice& dice) {
    const auto count = static_cast<size_t>(dice.in(3, 100));
    const int holes = dice.in(1, 9);
    std::vector<std::vector<uint16_t>> rows(3, std::vector<uint16_t>(count));
    for (auto& row : rows) {
      // Also depths beyond what a signed number holds.
      for (uint16_t& depth : row)
        depth = static_cast<uint16_t>(dice.in(0, 10) < holes ? 0 : dice.in(1, 65'536));
    }
    for (const Kernels* kernels : usable_kernels()) {
      std::vector<uint16_t> grown(count, 7);
      fuse_kernels(*kernels).grow(rows[0].data(), rows[1].data(), rows[2].data(),
                                  static_cast<int>(count), grown.data());
      for (size_t column = 0; column < count; ++column)
        RC_ASSERT(grown[column] == plain_grow(rows, column));
    }
  });
}

}  // namespace
}  // namespace lockstep

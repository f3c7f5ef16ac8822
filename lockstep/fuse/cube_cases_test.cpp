// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <Eigen/Geometry>

#include <array>
#include <map>
#include <set>
#include <vector>

#include "lockstep/fuse/marching_cubes.h"
#include "tests/support/property.h"

namespace lockstep {
namespace {

using testing::Dice;
using testing::expect_property;

TEST(CubeCases, EveryVertexLiesBetweenACornerInsideAndOneOutside) {
  for (int inside = 0; inside < 256; ++inside) {
    const CubeCase& of = cube_cases()[static_cast<size_t>(inside)];
    std::set<int> used, parted;
    for (int i = 0; i < of.count; ++i) {
      for (const uint8_t edge : of.triangles[static_cast<size_t>(i)]) used.insert(edge);
    }
    for (int corner = 0; corner < 8; ++corner) {
      for (int axis = 0; axis < 3; ++axis) {
        const int other = corner | 1 << axis;
        if (other != corner && (inside >> corner & 1) != (inside >> other & 1))
          parted.insert(3 * corner + axis);
      }
    }
    EXPECT_EQ(used, parted) << inside;
  }
}

TEST(CubeCases, ACornerIsCutOffByATriangleThatLooksAway) {
  const CubeCase& of = cube_cases()[1];
  ASSERT_EQ(of.count, 1);
  Eigen::Vector3d at[3];
  for (size_t i = 0; i < 3; ++i) at[i] = 0.5 * Eigen::Vector3d::Unit(of.triangles[0][i]);
  const Eigen::Vector3d normal = (at[1] - at[0]).cross(at[2] - at[0]);
  EXPECT_GT(normal.dot(Eigen::Vector3d::Ones()), 0);
}

/// Whatever corners lie inside, the surface has no border but where the cubes end.
TEST(CubeCases, NeighboursLeaveNoGap) {
  expect_property({30, 1000}, [](Dice& dice) {
    constexpr int kSide = 6;
    std::vector<int> field(kSide * kSide * kSide);
    const auto at = [](int x, int y, int z) {
      return static_cast<size_t>(x + kSide * (y + kSide * z));
    };
    // Outside at the border, so that every surface is closed.
    for (int z = 1; z + 1 < kSide; ++z)
      for (int y = 1; y + 1 < kSide; ++y)
        for (int x = 1; x + 1 < kSide; ++x) field[at(x, y, z)] = dice.in(0, 2);
    std::map<std::pair<size_t, size_t>, int> ways;
    for (int z = 0; z + 1 < kSide; ++z) {
      for (int y = 0; y + 1 < kSide; ++y) {
        for (int x = 0; x + 1 < kSide; ++x) {
          size_t inside = 0;
          for (int i = 0; i < 8; ++i)
            inside |= static_cast<size_t>(field[at(x + (i & 1), y + (i >> 1 & 1), z + (i >> 2))])
                      << i;
          const CubeCase& of = cube_cases()[inside];
          const auto vertex = [&](int edge) {
            const int i = edge / 3;
            return 3 * at(x + (i & 1), y + (i >> 1 & 1), z + (i >> 2)) +
                   static_cast<size_t>(edge % 3);
          };
          for (size_t i = 0; i < static_cast<size_t>(of.count); ++i) {
            for (size_t k = 0; k < 3; ++k)
              ++ways[{vertex(of.triangles[i][k]), vertex(of.triangles[i][(k + 1) % 3])}];
          }
        }
      }
    }
    for (const auto& [way, count] : ways) {
      const auto back = ways.find({way.second, way.first});
      const bool matched = back != ways.end() && back->second == count;
      RC_ASSERT(matched);
    }
  });
}

}  // namespace
}  // namespace lockstep

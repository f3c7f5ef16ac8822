// SPDX-License-Identifier: MIT
#include "lockstep/virtual/board_path.h"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>
#include <tuple>
#include <vector>

#include "lockstep/rig/world_board.h"
#include "lockstep/virtual/pose.h"
#include "tests/support/virtual_rigs.h"

namespace lockstep {
namespace {

using ::testing::TestWithParam;
using ::testing::Values;

Rig rig_of(int cameras, Arrangement arrangement) {
  Rig rig = testing::chain_rig(cameras);
  rig.world->radius_m = 2.5;
  rig.world->arrangement = arrangement;
  rig.world->board = std::make_shared<WorldBoard>();
  return rig;
}

/// Cameras, how they stand, and how many neighbours that makes.
class BoardPath : public TestWithParam<std::tuple<int, Arrangement, int>> {};

TEST_P(BoardPath, ShowsTheBoardToEachTwoNeighboursNeverTwiceAlike) {
  const auto [cameras, arrangement, pairs] = GetParam();
  const Rig rig = rig_of(cameras, arrangement);
  const RigWorld& world = *rig.world;
  const std::vector<CameraPlace> places = places_of(rig);
  const Board& board = world.board->board;
  ASSERT_EQ(board_frames(world, cameras), pairs * 30);
  std::vector<RigidTransform> before;
  for (int frame = 0; frame < pairs * 30; ++frame) {
    const RigidTransform pose = world_from_board(world, places, frame);
    EXPECT_NEAR(pose.rotation.determinant(), 1, 1e-9);
    for (const int camera : {frame / 30, (frame / 30 + 1) % cameras}) {
      const RigidTransform seen =
          world_from_depth(places[static_cast<size_t>(camera)]).inverse() * pose;
      const Eigen::Vector3d middle = seen * board.corner(board.corner_count() / 2);
      EXPECT_GT(middle.normalized().dot(seen.rotation.col(2)), 0.2) << "its front is seen";
      EXPECT_GT(middle.norm(), 1);
      EXPECT_LT(middle.norm(), 3.5);
      EXPECT_LT(std::abs(middle.x() / middle.z()), 0.77) << "within the narrow view";
    }
    for (const Eigen::Vector3d& corner : {board.corner(0), board.corner(board.corner_count() - 1)})
      EXPECT_GT((pose * corner).z(), 0.1) << "above the floor";
    for (const RigidTransform& other : before) {
      const RigidTransform apart = other.inverse() * pose;
      EXPECT_GT(apart.translation.norm() + Eigen::AngleAxisd(apart.rotation).angle(), 0.01);
    }
    before.push_back(pose);
  }
}

INSTANTIATE_TEST_SUITE_P(Arrangements, BoardPath,
                         Values(std::tuple(4, Arrangement::arc, 3),
                                std::tuple(4, Arrangement::circle, 4),
                                std::tuple(8, Arrangement::chain, 7)));

TEST(BoardPath, OfOneCameraIsShownToIt) {
  const Rig rig = rig_of(1, Arrangement::arc);
  const std::vector<CameraPlace> places = places_of(rig);
  EXPECT_EQ(board_frames(*rig.world, 1), 30);
  const RigidTransform pose = world_from_board(*rig.world, places, 0);
  const Eigen::Vector3d eye = world_from_depth(places[0]).translation;
  EXPECT_GT((pose.translation - eye).normalized().dot(pose.rotation.col(2)), 0.3);
}

TEST(BoardPath, OfCamerasThatLookIntoACornerDoesNotGoThroughItsWalls) {
  Rig rig = rig_of(2, Arrangement::arc);
  rig.cameras[0].pose = {{-0.6, -0.5, 1.4}, {2.0, -1.6, 0.6}};
  rig.cameras[1].pose = {{0.5, 0.6, 1.4}, {2.0, -1.6, 0.6}};
  const std::vector<CameraPlace> places = places_of(rig);
  const RoomSize room = room_size(places);
  const Board& board = rig.world->board->board;
  for (int frame = 0; frame < board_frames(*rig.world, 2); ++frame) {
    const RigidTransform pose = world_from_board(*rig.world, places, frame);
    for (const double x : {0.0, board.width_m()}) {
      for (const double y : {0.0, board.height_m()}) {
        const Eigen::Vector3d corner = pose * Eigen::Vector3d(x, y, 0);
        EXPECT_LT(corner.x(), room.x);
        EXPECT_GT(corner.y(), -room.y_front);
        EXPECT_GT(corner.z(), 0);
      }
    }
  }
}

TEST(BoardPath, OfCamerasThatLookDownIsShownToThem) {
  Rig rig = rig_of(2, Arrangement::arc);
  rig.cameras[0].pose = {{-0.4, 0, 2.5}, {-0.4, 0, 0}};
  rig.cameras[1].pose = {{0.4, 0, 2.5}, {0.4, 0, 0}};
  const std::vector<CameraPlace> places = places_of(rig);
  for (int frame = 0; frame < board_frames(*rig.world, 2); ++frame) {
    const RigidTransform pose = world_from_board(*rig.world, places, frame);
    EXPECT_TRUE(pose.rotation.allFinite());
  }
}

}  // namespace
}  // namespace lockstep

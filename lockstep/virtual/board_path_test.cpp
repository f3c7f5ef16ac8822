// SPDX-License-Identifier: MIT
#include "lockstep/virtual/board_path.h"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <vector>

#include "lockstep/rig/world_board.h"
#include "lockstep/virtual/pose.h"

namespace lockstep {
namespace {

TEST(BoardPath, ShowsTheBoardToEachTwoNeighboursNeverTwiceAlike) {
  constexpr int kCameras = 4;
  RigWorld world;
  world.radius_m = 2.5;
  world.board = std::make_shared<WorldBoard>();
  const Board& board = world.board->board;
  ASSERT_EQ(board_frames(world, kCameras), 90);
  std::vector<RigidTransform> before;
  for (int frame = 0; frame < 90; ++frame) {
    const RigidTransform pose = world_from_board(world, kCameras, frame);
    EXPECT_NEAR(pose.rotation.determinant(), 1, 1e-9);
    for (const int camera : {frame / 30, frame / 30 + 1}) {
      const Eigen::Vector3d eye = pose_on_arc(world, camera, kCameras).translation;
      const Eigen::Vector3d sight = (pose * board.corner(board.corner_count() / 2) - eye);
      EXPECT_GT(sight.normalized().dot(pose.rotation.col(2)), 0.3) << "its front is seen";
      EXPECT_GT(sight.norm(), 1);
      EXPECT_LT(sight.norm(), 3.5);
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

TEST(BoardPath, OfOneCameraIsShownToIt) {
  RigWorld world;
  world.board = std::make_shared<WorldBoard>();
  EXPECT_EQ(board_frames(world, 1), 30);
  const RigidTransform pose = world_from_board(world, 1, 0);
  const Eigen::Vector3d eye = pose_on_arc(world, 0, 1).translation;
  EXPECT_GT((pose.translation - eye).normalized().dot(pose.rotation.col(2)), 0.3);
}

}  // namespace
}  // namespace lockstep

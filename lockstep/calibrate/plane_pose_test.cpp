// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/plane_pose.h"

#include <gtest/gtest.h>

#include <Eigen/Geometry>

#include "lockstep/geometry/calibration.h"
#include "tests/support/files.h"
#include "tests/support/property.h"

namespace lockstep {
namespace {

CameraModel lens() {
  const auto calibration =
      parse_calibration(testing::read_file(testing::factory_calibration_file()));
  return calibration->color_camera(ColorResolution::p1080);
}

std::vector<SeenCorner> seen(const CameraModel& camera, const Board& board,
                             const RigidTransform& camera_from_board) {
  std::vector<SeenCorner> corners;
  for (int id = 0; id < board.corner_count(); ++id) {
    const auto pixel = project(camera, camera_from_board * board.corner(id));
    if (pixel) corners.push_back({id, *pixel, std::nullopt});
  }
  return corners;
}

TEST(PlanePose, IsThatOfTheBoardWhateverWayItIsHeld) {
  const CameraModel camera = lens();
  const Board board;
  testing::expect_property({200, 5000}, [&](testing::Dice& dice) {
    const auto number = [&](int limit) { return dice.in(-limit, limit + 1) * 1e-3; };
    const Eigen::Vector3d tilt(number(900), number(900), number(3100));
    const Eigen::Matrix3d rotation = rotation_about(Eigen::Vector3d::UnitX(), tilt.x()) *
                                     rotation_about(Eigen::Vector3d::UnitY(), tilt.y()) *
                                     rotation_about(Eigen::Vector3d::UnitZ(), tilt.z());
    const Eigen::Vector3d middle(board.width_m() / 2, board.height_m() / 2, 0);
    const Eigen::Vector3d place(number(300), number(200), 1.8 + number(600));
    const RigidTransform truth{rotation, place - rotation * middle};
    const auto corners = seen(camera, board, truth);
    if (corners.size() < static_cast<size_t>(board.corner_count())) return;
    const auto found = plane_pose(camera, board, corners);
    RC_ASSERT(found.has_value());
    const RigidTransform apart = truth.inverse() * found->camera_from_board;
    RC_ASSERT(found->rms_px < 1e-4);
    RC_ASSERT(apart.translation.norm() < 1e-4);
    RC_ASSERT(Eigen::AngleAxisd(apart.rotation).angle() < 1e-4);
  });
}

TEST(PlanePose, TellsWhenTheMirroredPoseExplainsItAsWell) {
  const CameraModel camera = lens();
  Board board;
  const RigidTransform near{rotation_about(Eigen::Vector3d::UnitX(), 0.6), {-0.2, -0.2, 1}};
  const auto sure = plane_pose(camera, board, seen(camera, board, near));
  ASSERT_TRUE(sure);
  EXPECT_GT(sure->other_rms_px, 5);
  board.square_m = 0.002;  // as small as a far one: nearly without perspective
  const RigidTransform far{rotation_about(Eigen::Vector3d::UnitX(), 0.3), {0, 0, 2}};
  auto corners = seen(camera, board, far);
  for (SeenCorner& corner : corners)
    corner.pixel += Eigen::Vector2d(corner.id % 3 - 1, corner.id % 5 - 2) * 0.1;
  const auto unsure = plane_pose(camera, board, corners);
  ASSERT_TRUE(unsure);
  EXPECT_LT(unsure->other_rms_px, 1.1 * unsure->rms_px);
}

TEST(Ambiguity, IsTheShareOfWhatTheOtherPoseLeaves) {
  PlanePose pose;
  pose.other_camera_from_board.rotation = rotation_about(Eigen::Vector3d::UnitX(), 0.15);
  pose.rms_px = 0.3;
  pose.other_rms_px = 0.6;
  EXPECT_DOUBLE_EQ(ambiguity(pose, 0.1), 0.5);
  pose.other_rms_px = 0.3;
  EXPECT_DOUBLE_EQ(ambiguity(pose, 0.1), 1);
  EXPECT_LT(ambiguity(pose, 0.2), kTooAmbiguous) << "either will do";
  pose.rms_px = 0.001;
  pose.other_rms_px = 0.02;
  EXPECT_DOUBLE_EQ(ambiguity(pose, 0.1), 1) << "both are far below what corners are found to";
}

TEST(PlanePose, IsNothingForTooFewCornersOrOneLine) {
  const CameraModel camera = lens();
  const Board board;
  const auto all = seen(camera, board, {Eigen::Matrix3d::Identity(), {-0.3, -0.3, 1.5}});
  EXPECT_FALSE(plane_pose(camera, board, std::span(all).first(3)));
  EXPECT_FALSE(plane_pose(camera, board, std::span(all).first(8))) << "one row";
  EXPECT_TRUE(plane_pose(camera, board, std::span(all).first(10)));
  EXPECT_FALSE(plane_pose(camera, board, {}));
}

}  // namespace
}  // namespace lockstep

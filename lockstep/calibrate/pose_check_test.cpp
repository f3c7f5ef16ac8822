// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/pose_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <limits>

#include "tests/support/plane_scene.h"
#include "tests/support/property.h"

namespace lockstep {
namespace {

using testing::corner;
using testing::Dice;
using ::testing::ElementsAre;
using testing::good_covariance;
using ::testing::IsEmpty;
using testing::kFloor;
using testing::looking;
using testing::moved;
using testing::Plane;
using testing::see;
using ::testing::SizeIs;

const CameraModel& lens() {
  static const CameraModel narrow = testing::narrow_lens();
  return narrow;
}

/// Cameras that look into a corner, half a metre apart.
std::vector<RigidTransform> poses_before_corner(int cameras) {
  std::vector<RigidTransform> poses;
  for (int i = 0; i < cameras; ++i)
    poses.push_back(looking({-0.9 + 0.5 * i, -0.3 - 0.2 * i, 1.3}, {1.3, 1.7, 0.5}));
  return poses;
}

/// As they were calibrated at `poses`, and seen where they are now.
std::vector<SceneCamera> cameras_at(const std::vector<RigidTransform>& poses,
                                    const std::vector<RigidTransform>& now,
                                    const std::vector<Plane>& planes, uint64_t seed = 1) {
  std::vector<SceneCamera> cameras;
  for (size_t i = 0; i < poses.size(); ++i) {
    SceneCamera camera;
    camera.name = "cam" + std::to_string(i);
    camera.depth = lens();
    camera.rig_from_depth = poses[0].inverse() * poses[i];
    if (i > 0) camera.covariance = good_covariance();
    camera.scene = see(lens(), now[i], planes, seed * 100 + i);
    cameras.push_back(std::move(camera));
  }
  return cameras;
}

std::vector<MoveVerdict> verdicts(const PoseCheck& check) {
  std::vector<MoveVerdict> all;
  for (const CameraMove& move : check.cameras) all.push_back(move.verdict);
  return all;
}

constexpr auto kStayed = MoveVerdict::stayed;
constexpr auto kMoved = MoveVerdict::moved;
constexpr auto kOneOf = MoveVerdict::one_of;
constexpr auto kCannotTell = MoveVerdict::cannot_tell;

TEST(PoseCheck, CamerasThatStayedHaveStayed) {
  const auto poses = poses_before_corner(3);
  const auto check = check_poses(cameras_at(poses, poses, corner()));
  ASSERT_TRUE(check);
  EXPECT_THAT(verdicts(*check), ElementsAre(kStayed, kStayed, kStayed));
  ASSERT_THAT(check->overlaps, SizeIs(3));
  for (const SceneOverlap& overlap : check->overlaps) {
    EXPECT_GT(overlap.places, 500u);
    EXPECT_LT(overlap.apart_m, 0.001);
  }
  for (const CameraMove& move : check->cameras) {
    EXPECT_LT(move.least_shift_m, 0.005);
    EXPECT_LT(move.least_turn_rad, 0.3 * M_PI / 180);
  }
}

TEST(PoseCheck, OfThreeTheOneThatMovedIsNamed) {
  const auto poses = poses_before_corner(3);
  for (const int who : {0, 1, 2}) {
    auto now = poses;
    const auto at = static_cast<size_t>(who);
    now[at] = moved(poses[at], {0.008, -0.004, 0.006}, {0.1, 0.4, 0});
    const auto check = check_poses(cameras_at(poses, now, corner()));
    ASSERT_TRUE(check);
    std::vector<MoveVerdict> expected(3, kStayed);
    expected[at] = kMoved;
    EXPECT_EQ(verdicts(*check), expected) << who;
    const CameraMove& move = check->cameras[at];
    EXPECT_NEAR((move.shift_m - Eigen::Vector3d(0.008, -0.004, 0.006)).norm(), 0, 0.0015);
    EXPECT_NEAR(move.turn_rad.y() * 180 / M_PI, 0.4, 0.03);
    EXPECT_THAT(move.rivals, IsEmpty());
  }
}

TEST(PoseCheck, OfTwoItSaysOneOfTheTwo) {
  const auto poses = poses_before_corner(2);
  auto now = poses;
  now[1] = moved(poses[1], {0.02, 0, 0}, {0, 0, 0});
  const auto check = check_poses(cameras_at(poses, now, corner()));
  ASSERT_TRUE(check);
  EXPECT_THAT(verdicts(*check), ElementsAre(kOneOf, kOneOf));
  EXPECT_THAT(check->cameras[0].rivals, ElementsAre(1));
  EXPECT_THAT(check->cameras[1].rivals, ElementsAre(0));
  EXPECT_NEAR(check->cameras[1].shift_m.x(), 0.02, 0.002);
}

TEST(PoseCheck, TwoThatMovedAreBothNamed) {
  const auto poses = poses_before_corner(5);
  auto now = poses;
  now[1] = moved(poses[1], {0, 0, 0}, {0, 2, 0});
  now[3] = moved(poses[3], {0, 0.06, 0}, {0, 0, 0});
  const auto check = check_poses(cameras_at(poses, now, corner()));
  ASSERT_TRUE(check);
  EXPECT_THAT(verdicts(*check), ElementsAre(kStayed, kMoved, kStayed, kMoved, kStayed));
}

TEST(PoseCheck, OnABareFloorItCannotTell) {
  auto poses = poses_before_corner(2);
  for (RigidTransform& pose : poses)
    pose = looking(pose.translation, pose.translation + Eigen::Vector3d(1, 1, -1));
  const auto check = check_poses(cameras_at(poses, poses, {kFloor}));
  ASSERT_TRUE(check);
  EXPECT_THAT(verdicts(*check), ElementsAre(kCannotTell, kCannotTell));
  for (size_t i = 0; i < 2; ++i) {
    const CameraMove& move = check->cameras[i];
    ASSERT_THAT(move.open_shifts, SizeIs(2));
    for (const Eigen::Vector3d& way : move.open_shifts)
      EXPECT_NEAR((poses[i].rotation * way).z(), 0, 0.02) << "along the floor";
    ASSERT_THAT(move.open_turns, SizeIs(1));
    EXPECT_NEAR(std::abs((poses[i].rotation * move.open_turns[0]).z()), 1, 0.02);
    EXPECT_GT(move.least_shift_m, 0.05);
  }
  // What the floor does show is still found.
  auto now = poses;
  now[1].translation.z() += 0.01;
  const auto lifted = check_poses(cameras_at(poses, now, {kFloor}));
  EXPECT_THAT(verdicts(*lifted), ElementsAre(kOneOf, kOneOf));
}

TEST(PoseCheck, OfCamerasThatShareNothingItCannotTell) {
  auto poses = poses_before_corner(3);
  poses[2] = looking({0, 0, 1}, {-1, -1, 1});
  std::vector<Plane> planes = corner();
  planes.push_back({{1, 0, 0}, -2});
  const auto check = check_poses(cameras_at(poses, poses, planes));
  ASSERT_TRUE(check);
  EXPECT_THAT(verdicts(*check), ElementsAre(kStayed, kStayed, kCannotTell));
  EXPECT_THAT(check->cameras[2].open_shifts, SizeIs(3));
  EXPECT_THAT(check->overlaps, SizeIs(1));
}

TEST(PoseCheck, AnOffsetOfDepthThatIsToleratedIsNoMove) {
  const auto poses = poses_before_corner(3);
  auto cameras = cameras_at(poses, poses, corner());
  cameras[2].scene = see(lens(), poses[2], corner(), 7, 10, 0.015);
  PoseCheckOptions options;
  options.tolerance.depth_offset_m = 0.01;
  const auto tolerant = check_poses(cameras, options);
  EXPECT_THAT(verdicts(*tolerant), ::testing::Not(::testing::Contains(kMoved)));
  EXPECT_THAT(verdicts(*check_poses(cameras)), ElementsAre(kStayed, kStayed, kMoved));
}

TEST(PoseCheck, CannotTellByACalibrationOfWhichNothingCanBeComputed) {
  const auto poses = poses_before_corner(2);
  auto cameras = cameras_at(poses, poses, corner());
  PoseCovariance hollow = good_covariance();
  hollow(0, 1) = hollow(1, 0) = std::numeric_limits<double>::quiet_NaN();
  PoseCovariance endless = 1e200 * PoseCovariance::Identity();
  endless(0, 1) = 1e308;
  for (const PoseCovariance& never : {hollow, endless}) {
    cameras[1].covariance = never;
    const auto check = check_poses(cameras);
    ASSERT_TRUE(check);
    EXPECT_THAT(verdicts(*check), ElementsAre(kCannotTell, kCannotTell)) << never;
  }
}

TEST(PoseCheck, NeedsTwoCameras) {
  const auto poses = poses_before_corner(1);
  EXPECT_EQ(check_poses(cameras_at(poses, poses, corner())).error().code, Errc::invalid_argument);
}

// A shift of 2 cm and more, or a turn of one degree and more, of any of three cameras is found and
// measured, wherever the camera goes.
void finds_moves(Dice& dice) {
  const auto poses = poses_before_corner(3);
  const auto who = static_cast<size_t>(dice.in(0, 3));
  const auto vector = [&](double size) -> Eigen::Vector3d {
    Eigen::Vector3d way(dice.in(-100, 101), dice.in(-100, 101), dice.in(-100, 101));
    return way.norm() == 0 ? Eigen::Vector3d(size, 0, 0) : Eigen::Vector3d(size * way.normalized());
  };
  const bool turns = dice.in(0, 2) == 1;
  const Eigen::Vector3d shift_m = turns ? vector(0.0) : vector(0.001 * dice.in(20, 80));
  const Eigen::Vector3d turn_deg = turns ? vector(0.1 * dice.in(10, 30)) : vector(0.0);
  auto now = poses;
  now[who] = moved(poses[who], shift_m, turn_deg);
  const auto cameras = cameras_at(poses, now, corner(), static_cast<uint64_t>(dice.in(1, 10'000)));
  const auto check = check_poses(cameras);
  RC_ASSERT(check.ok());
  for (size_t i = 0; i < 3; ++i)
    RC_ASSERT(check->cameras[i].verdict == (i == who ? kMoved : kStayed));
  RC_ASSERT((check->cameras[who].shift_m - shift_m).norm() < 0.003);
  RC_ASSERT((check->cameras[who].turn_rad - turn_deg * M_PI / 180).norm() < 0.1 * M_PI / 180);
}

TEST(PoseCheck, FindsAndMeasuresMoves) {
  testing::expect_property({8, 200}, finds_moves);
}

}  // namespace
}  // namespace lockstep

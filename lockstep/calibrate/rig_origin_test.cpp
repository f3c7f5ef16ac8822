// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/rig_origin.h"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <Eigen/LU>

#include <random>

#include "tests/support/files.h"

namespace lockstep {
namespace {

/// A rug of 12 mm upon more than half of a floor, and a wall, as noisy depth cameras see them.
std::vector<Eigen::Vector3d> room(const RigidTransform& rig_from_world, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> along(-2, 2);
  std::normal_distribution<double> noise(0, 0.002);
  std::vector<Eigen::Vector3d> points;
  for (int i = 0; i < 6000; ++i) {
    const double x = along(random), y = along(random);
    points.push_back(rig_from_world * Eigen::Vector3d(x, y, (x < 1.2 ? 0.012 : 0) + noise(random)));
  }
  for (int i = 0; i < 4000; ++i)
    points.push_back(rig_from_world * Eigen::Vector3d(along(random), 2, along(random) + 2));
  return points;
}

TEST(RigOrigin, FindsTheFloorBeneathARug) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> turn(-0.3, 0.3);
    const RigidTransform rig_from_world{
        rotation_about(Eigen::Vector3d(turn(random), turn(random), 1).normalized(),
                       4 * turn(random)) *
            rotation_about({1, 0, 0}, M_PI / 2),
        {turn(random), 1, 2}};
    const Eigen::Vector3d up = rig_from_world.rotation.col(2);
    const Eigen::Vector3d guess = rotation_about({0, 0, 1}, 0.2) * up;
    const auto floor = find_floor(room(rig_from_world, seed), guess);
    ASSERT_TRUE(floor);
    EXPECT_GT(floor->up.dot(up), std::cos(0.1 * M_PI / 180));
    EXPECT_NEAR(floor->height_m, up.dot(rig_from_world.translation), 0.002);
  }
}

TEST(RigOrigin, FindsNoFloorInAWall) {
  std::vector<Eigen::Vector3d> points;
  for (int i = 0; i < 1000; ++i) points.emplace_back(i % 40 * 0.05, i / 40 * 0.05, 2.0);
  EXPECT_FALSE(find_floor(points, {0, -1, 0}));
  EXPECT_FALSE(find_floor({}, {0, -1, 0}));
}

TEST(RigOrigin, StandsUprightWhereTheFirstCameraLooks) {
  // A camera that looks along y of the world, down by half a radian.
  RigidTransform world_from_first;
  world_from_first.rotation.col(0) = Eigen::Vector3d(1, 0, 0);
  world_from_first.rotation.col(2) = Eigen::Vector3d(0, std::cos(0.5), -std::sin(0.5));
  world_from_first.rotation.col(1) =
      world_from_first.rotation.col(2).cross(world_from_first.rotation.col(0));
  const Eigen::Vector3d up = world_from_first.rotation.transpose() * Eigen::Vector3d(0, 0, 1);
  const RigidTransform upright = upright_from_rig({}, up, {0, 0, 0});
  EXPECT_TRUE((upright.rotation * up).isApprox(Eigen::Vector3d(0, 0, 1), 1e-12));
  const Eigen::Vector3d looks = upright.rotation.col(2);
  EXPECT_NEAR(looks.x(), std::cos(0.5), 1e-12);
  EXPECT_NEAR(looks.y(), 0, 1e-12);
  EXPECT_NEAR(upright.rotation.determinant(), 1, 1e-12);
}

TEST(RigOrigin, ReadsUpFromAnAccelerometerAtRest) {
  const auto factory = parse_calibration(testing::read_file(testing::factory_calibration_file()));
  const Eigen::Vector3d up = Eigen::Vector3d(0.1, -0.9, -0.3).normalized();
  const Eigen::Vector3d reading = factory->accelerometer.sensor_from_depth.rotation * up * 9.8;
  ImuSample sample;
  for (int axis = 0; axis < 3; ++axis)
    sample.acceleration_mps2[axis] = static_cast<float>(reading[axis]);
  const std::vector<ImuSample> samples(100, sample);
  const auto found = up_in_depth(*factory, samples);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->isApprox(up, 1e-6));
  EXPECT_FALSE(up_in_depth(*factory, std::vector<ImuSample>(3, sample))) << "too few";
  sample.acceleration_mps2[0] += 9;
  EXPECT_FALSE(up_in_depth(*factory, std::vector<ImuSample>(100, sample)))
      << "it falls or is shaken";
}

TEST(RigOrigin, OfABoardOnTheFloorZPointsUp) {
  // Seen from above: x to the right, y down in the picture, z away from the camera.
  const RigidTransform rig_from_board{Eigen::Vector3d(1, -1, -1).asDiagonal().toDenseMatrix(),
                                      {0.5, 0.2, 0}};
  const RigidTransform frame = board_from_rig(rig_from_board);
  EXPECT_TRUE((frame.rotation * Eigen::Vector3d(0, 0, 1)).isApprox(Eigen::Vector3d(0, 0, 1)));
  EXPECT_TRUE((frame * Eigen::Vector3d(0.5, 0.2, 0)).isZero(1e-12));
  const FloorPlane floor{{0, 0, 1}, 0.1};
  EXPECT_TRUE(floor.below({1, 2, 3}).isApprox(Eigen::Vector3d(1, 2, 0.1)));
}

}  // namespace
}  // namespace lockstep

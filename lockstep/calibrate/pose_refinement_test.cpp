// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/pose_refinement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>
#include <random>

#include "tests/support/plane_scene.h"

namespace lockstep {
namespace {

using testing::corner;
using testing::good_covariance;
using ::testing::IsEmpty;
using testing::kFloor;
using testing::looking;
using testing::moved;
using testing::Plane;
using testing::see;
using ::testing::SizeIs;

/// Three times as wide as a good calibration.
PoseCovariance rough_covariance() {
  return 9 * good_covariance();
}

/// A rig whose calibration is off by what its covariance says.
struct RoughRig {
  std::vector<RigidTransform> poses;  ///< world_from_depth
  std::vector<SceneCamera> cameras;

  RoughRig(const std::vector<RigidTransform>& poses_in, const std::vector<Plane>& planes,
           uint64_t seed)
      : poses(poses_in) {
    const CameraModel lens = testing::narrow_lens();
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    for (size_t i = 0; i < poses.size(); ++i) {
      SceneCamera camera;
      camera.depth = lens;
      camera.rig_from_depth = true_pose(i);
      if (i > 0) {
        camera.covariance = rough_covariance();
        const Eigen::Vector3d turn(normal(random), normal(random), normal(random));
        const Eigen::Vector3d shift(normal(random), normal(random), normal(random));
        camera.rig_from_depth = moved(camera.rig_from_depth, 0.0018 * shift, 0.03 * turn);
      }
      camera.scene = see(lens, poses[i], planes, seed * 10 + i);
      cameras.push_back(std::move(camera));
    }
  }

  [[nodiscard]] RigidTransform true_pose(size_t i) const { return poses[0].inverse() * poses[i]; }
  /// How far a point 2 m before the camera is from where it should be.
  [[nodiscard]] double error_m(size_t i, const RigidTransform& rig_from_depth) const {
    const Eigen::Vector3d before(0, 0, 2);
    return (rig_from_depth * before - true_pose(i) * before).norm();
  }
};

std::vector<RigidTransform> before_corner() {
  return {looking({-0.9, -0.3, 1.3}, {1.3, 1.7, 0.5}), looking({0.2, -0.6, 1.3}, {1.3, 1.7, 0.5}),
          looking({-0.4, -0.5, 1.5}, {1.3, 1.7, 0.5})};
}

TEST(PoseRefinement, MakesPosesBetterAndSaysHowSureItIs) {
  double before = 0, after = 0;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const RoughRig rig(before_corner(), corner(), seed);
    const auto refined = refine_poses(rig.cameras);
    ASSERT_TRUE(refined);
    EXPECT_THAT(refined->overlaps, SizeIs(3));
    for (size_t i = 1; i < 3; ++i) {
      const RefinedCamera& camera = refined->cameras[i];
      before += rig.error_m(i, rig.cameras[i].rig_from_depth);
      after += rig.error_m(i, camera.rig_from_depth);
      EXPECT_THAT(camera.open_shifts, IsEmpty());
      EXPECT_THAT(camera.open_turns, IsEmpty());
      const RigidTransform off = camera.rig_from_depth.inverse() * rig.true_pose(i);
      const double sigma_m = std::sqrt(camera.covariance.bottomRightCorner<3, 3>().trace());
      EXPECT_LT(off.translation.norm(), 4 * sigma_m);
      EXPECT_LT(camera.covariance.trace(), rough_covariance().trace() / 2);
    }
    EXPECT_EQ(refined->cameras[0].rig_from_depth.rotation, rig.cameras[0].rig_from_depth.rotation);
    EXPECT_EQ(refined->cameras[0].rig_from_depth.translation,
              rig.cameras[0].rig_from_depth.translation);
    EXPECT_TRUE(refined->cameras[0].covariance.isZero());
  }
  EXPECT_LT(after, before / 3);
}

// Focal lengths and centres are solved for, too, and not given back: how far surfaces are apart
// afterwards is that of what is.
TEST(PoseRefinement, SaysHowFarSurfacesAreApartByWhatItGives) {
  RoughRig rig(before_corner(), corner(), 2);
  for (SceneCamera& camera : rig.cameras) {
    camera.depth.fx_px *= 1.01;
    camera.depth.cx_px += 1.5;
  }
  DepthTolerance loose;
  loose.focal_length = 0.02;
  loose.center_px = 3;
  const auto refined = refine_poses(rig.cameras, loose);
  ASSERT_TRUE(refined);
  std::vector<SceneCamera> as_given = rig.cameras;
  std::vector<PoseCovariance> held(3, PoseCovariance::Zero());
  for (size_t i = 0; i < 3; ++i) {
    as_given[i].rig_from_depth = refined->cameras[i].rig_from_depth;
    as_given[i].depth_offset_m = refined->cameras[i].depth_offset_m;
  }
  const SceneAlignment again = align_scene(as_given, held, loose);
  ASSERT_THAT(again.overlaps, SizeIs(refined->overlaps.size()));
  for (size_t i = 0; i < again.overlaps.size(); ++i)
    EXPECT_NEAR(refined->overlaps[i].left_m, again.overlaps[i].apart_m, 2e-4) << i;
}

TEST(PoseRefinement, LeavesAsItWasWhatTheSceneDoesNotSay) {
  auto poses = before_corner();
  for (RigidTransform& pose : poses)
    pose = looking(pose.translation, pose.translation + Eigen::Vector3d(1, 1, -1));
  const RoughRig rig(poses, {kFloor}, 3);
  const auto refined = refine_poses(rig.cameras);
  ASSERT_TRUE(refined);
  for (size_t i = 1; i < 3; ++i) {
    const RefinedCamera& camera = refined->cameras[i];
    ASSERT_THAT(camera.open_shifts, SizeIs(2));
    ASSERT_THAT(camera.open_turns, SizeIs(1));
    EXPECT_NEAR(std::abs((poses[i].rotation * camera.open_turns[0]).z()), 1, 0.05);
    const RigidTransform step = rig.cameras[i].rig_from_depth.inverse() * camera.rig_from_depth;
    for (const Eigen::Vector3d& way : camera.open_shifts)
      EXPECT_LT(std::abs(way.dot(step.translation)), 0.0009) << "within half a sigma";
  }
}

TEST(PoseRefinement, RefusesWhatIsSeenByOneAlone) {
  const RoughRig rig({looking({0, 0, 1}, {1, 1, 1}), looking({0, 0, 1}, {-1, -1, 1})}, corner(), 1);
  const auto refused = refine_poses(rig.cameras);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unusable_input);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("no two cameras see a surface"));
  EXPECT_EQ(refine_poses({rig.cameras[0]}).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace lockstep

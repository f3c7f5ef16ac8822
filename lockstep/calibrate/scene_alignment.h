// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <vector>

#include "lockstep/calibrate/scene_camera.h"

namespace lockstep {

/// What is corrected of one camera: a turn about its axes (rad), a shift along them (m), then its
/// depth offset (m), its focal length (of itself) and its centre (px, x and y).
inline constexpr int kSceneUnknowns = 10;
using SceneCorrection = Eigen::Matrix<double, kSceneUnknowns, 1>;

/// Of a camera of whose pose nothing is known that matters.
[[nodiscard]] inline PoseCovariance anywhere() {
  return 0.1 * PoseCovariance::Identity();
}

/// How the surfaces agree that two cameras both see.
struct SceneOverlap {
  int one = 0, other = 0;  ///< cameras
  size_t places = 0;       ///< patches of surfaces that both see
  double apart_m = 0;      ///< median distance of their surfaces, under the calibration
  double left_m = 0;       ///< the same after what is corrected of poses and depth offsets
};

/// The corrections under which all surfaces meet best that two cameras see.
struct SceneAlignment {
  std::vector<SceneCorrection> corrections;
  /// What the surfaces alone say of them: information matrix, kSceneUnknowns per camera, about the
  /// corrections above.
  Eigen::MatrixXd information;
  std::vector<SceneOverlap> overlaps;  ///< of pairs with places
};

/// Point to plane over all pairs of cameras, repeated until it stands. Surfaces that only one of
/// two sees, and edges, count for nothing. `pose_priors`: how far each camera may be from its
/// calibrated pose, which decides what the scene leaves open; zero: it stays exactly there. Pure;
/// takes some tens of milliseconds per pair.
[[nodiscard]] SceneAlignment align_scene(const std::vector<SceneCamera>& cameras,
                                         const std::vector<PoseCovariance>& pose_priors,
                                         const DepthTolerance& tolerance);

/// Information of what is known of a camera's correction beforehand.
[[nodiscard]] Eigen::Matrix<double, kSceneUnknowns, kSceneUnknowns> prior_information(
    const SceneCamera& camera, const PoseCovariance& pose_prior, const DepthTolerance& tolerance);

/// A pose after the first six numbers of a correction.
[[nodiscard]] RigidTransform corrected(const RigidTransform& rig_from_depth,
                                       const SceneCorrection& correction);

}  // namespace lockstep

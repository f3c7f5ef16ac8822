// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/calibrate/scene_alignment.h"

namespace lockstep {

struct RefinedCamera {
  RigidTransform rig_from_depth;
  double depth_offset_m = 0;  ///< it measures so much too far
  /// Of rig_from_depth, as CalibratedCamera has it.
  PoseCovariance covariance = PoseCovariance::Zero();
  /// Directions in its frame, unit length, along and about which the scene says less than the
  /// calibration did: there the pose is as it was.
  std::vector<Eigen::Vector3d> open_shifts, open_turns;
};

struct PoseRefinement {
  std::vector<RefinedCamera> cameras;  ///< in the order of the input
  std::vector<SceneOverlap> overlaps;  ///< of the pairs that see surfaces together
};

/// Poses from the scene and the calibration together: surfaces that two cameras see are made to
/// meet, and each pose is held to its calibration by its covariance. No camera may have moved since
/// (check_poses). The camera whose covariance is zero stays where it is. Pure.
/// Errors: invalid_argument (fewer than two cameras), unusable_input (no two see a surface
/// together).
Result<PoseRefinement> refine_poses(const std::vector<SceneCamera>& cameras,
                                    const DepthTolerance& tolerance = {});

}  // namespace lockstep

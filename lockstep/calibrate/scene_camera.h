// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <string>

#include "lockstep/calibrate/scene_depth.h"
#include "lockstep/geometry/camera_model.h"
#include "lockstep/geometry/rigid.h"

namespace lockstep {

/// A depth camera as a calibration of the rig has it, and what it sees of a scene.
struct SceneCamera {
  std::string name;
  CameraModel depth;  ///< as corrected, in the mode of `scene`
  RigidTransform rig_from_depth;
  double depth_offset_m = 0;  ///< it measures so much too far
  /// Of rig_from_depth, as CalibratedCamera has it: zero for the reference.
  PoseCovariance covariance = PoseCovariance::Zero();
  SceneDepth scene;
};

/// What is not right of a camera even after calibration, one sigma each: it shows as surfaces that
/// do not meet although no camera moved.
struct DepthTolerance {
  double depth_offset_m = 0.0007;
  double focal_length = 0.0001;  ///< of itself
  double center_px = 0.05;       ///< in NFOV unbinned, that is at a focal length of 504 pixels
  /// Of each sample of a surface: what depth is wrong by from place to place, and not by chance.
  double surface_m = 0.003;
};

}  // namespace lockstep

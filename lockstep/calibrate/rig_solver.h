// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/calibrate/board_view.h"
#include "lockstep/geometry/board.h"
#include "lockstep/geometry/camera_model.h"
#include "lockstep/geometry/rig_calibration.h"
#include "lockstep/geometry/rigid.h"

namespace lockstep {

/// One camera as its factory calibration has it, in the modes of the take.
struct CameraToSolve {
  std::string name;
  CameraModel color;
  CameraModel depth;  ///< also of infrared
  RigidTransform color_from_depth;
};

/// What a camera's own calibration may be off by: one sigma, which the solver holds each
/// correction to. 0: not corrected.
struct FactoryTolerance {
  double focal_length = 0.0005;  ///< of itself
  double center_px = 0.7;
  double color_turn_rad = 1e-3;
  double color_shift_m = 1e-3;
  double depth_offset_m = 0.010;
};

struct SolveOptions {
  FactoryTolerance tolerance;
  /// Noise of one corner before the residuals are known; afterwards they tell it.
  double color_px = 0.2;
  double infrared_px = 0.2;
  double depth_m = 0.003;
};

/// Where a camera is and what its factory calibration was off by.
struct SolvedCamera {
  RigidTransform rig_from_depth;
  RigidTransform color_from_depth;
  LensCorrection color;
  LensCorrection depth;
  double depth_offset_m = 0;  ///< it measures so much too far
  /// Of rig_from_depth: a turn about the axes of the camera (rad), then a shift along them (m).
  /// Zero for the reference, which is the first camera.
  PoseCovariance covariance = PoseCovariance::Zero();
  /// Of what a place measured by infrared and depth hangs on: the four of `depth` in their order,
  /// then depth_offset_m. Zero for what was not solved for.
  Eigen::Matrix<double, 5, 5> measuring_covariance = Eigen::Matrix<double, 5, 5>::Zero();
};

/// One sigma of the residuals that are no outliers, as they came out.
struct ResidualNoise {
  double color_px = 0;
  double infrared_px = 0;
  double depth_m = 0;
};

struct SolvedRig {
  std::vector<SolvedCamera> cameras;                 ///< in the order of the input
  std::map<int64_t, RigidTransform> rig_from_board;  ///< by tick
  ResidualNoise noise;
};

/// Poses of all cameras from all views at once: initial poses along the strongest paths of the view
/// graph, then one bundle adjustment over colour and infrared pixels and depths with robust losses.
/// The rig's frame is the depth camera of the first camera. Pure.
/// Errors: invalid_argument (a view of a camera or corner that is not there), unusable_input (a
/// camera that no path reaches, named; views that no poses explain, or that leave the cameras
/// open).
Result<SolvedRig> solve_rig(const std::vector<CameraToSolve>& cameras, const Board& board,
                            const std::vector<BoardView>& views, const SolveOptions& options = {});

}  // namespace lockstep

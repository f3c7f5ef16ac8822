// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/calibrate/scene_alignment.h"

namespace lockstep {

/// What a later take says of a camera that was calibrated.
enum class MoveVerdict {
  stayed,       ///< it did not move by as much as is asked for
  moved,        ///< it stands elsewhere than it was calibrated
  one_of,       ///< it or one of others moved, and the scene does not tell which
  cannot_tell,  ///< a move that is asked for would not show in this scene
};

struct CameraMove {
  MoveVerdict verdict = MoveVerdict::cannot_tell;
  /// How it stands against its calibration, about and along its axes, as far as the scene says:
  /// nothing of the directions that it leaves open.
  Eigen::Vector3d turn_rad = Eigen::Vector3d::Zero();
  Eigen::Vector3d shift_m = Eigen::Vector3d::Zero();
  /// Of its having stayed, with as many degrees of freedom as there are directions, six at most, in
  /// which a move half as large again as is asked for would show.
  double chi_square = 0;
  std::vector<int> rivals;  ///< of one_of: which cameras may have moved instead
  /// The smallest moves that show whatever their direction: a metre and 60 degrees and more where
  /// the scene says nothing of one, infinite where it says nothing at all.
  double least_shift_m = 0;
  double least_turn_rad = 0;
  /// Directions in its frame, unit length, along and about which a move that is asked for would not
  /// show.
  std::vector<Eigen::Vector3d> open_shifts, open_turns;
};

struct PoseCheckOptions {
  /// Moves that must be found; where they would not show, the verdict is cannot_tell.
  double shift_m = 0.005;
  double turn_rad = 0.3 / kDegPerRad;
  DepthTolerance tolerance;
};

struct PoseCheck {
  std::vector<CameraMove> cameras;     ///< in the order of the input
  std::vector<SceneOverlap> overlaps;  ///< of the pairs that see surfaces together
};

/// Whether cameras have moved since they were calibrated, and which: the one without which all
/// others agree. Surfaces are compared of every two cameras that see them both; how far they may be
/// apart by themselves follows from the covariances of the calibration and from `tolerance`.
/// Pure. Errors: invalid_argument (fewer than two cameras).
Result<PoseCheck> check_poses(const std::vector<SceneCamera>& cameras,
                              const PoseCheckOptions& options = {});

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <vector>

#include "lockstep/calibrate/rig_solver.h"

namespace lockstep {

/// How far corners that one camera measured come out from where another one measured them.
struct CarriedCorners {
  int corners = 0;
  int ticks = 0;
  /// Root mean square, the noise of the measured corners removed, and in place of it what such
  /// corners may be off by together (measuring_covariance): as far as they are from the truth.
  double mm = 0;
  double disagreement_mm = 0;  ///< without that: as the cameras disagree
  double with_noise_mm = 0;    ///< as it was measured
  double px = 0;  ///< disagreement in the other camera's infrared, noise removed; 0: all is noise
};

/// The carrying from one camera into another.
struct CarriedPair {
  int from = 0;
  int to = 0;
  CarriedCorners carried;
};

struct HeldOutError {
  CarriedCorners all;              ///< root mean square of the pairs, weighed by corners
  std::vector<CarriedPair> pairs;  ///< both directions, those that share a held-out tick
};

/// One corner on its way.
struct CarriedCorner {
  int64_t tick = 0;
  int from = 0;
  int to = 0;
  int id = 0;
  Eigen::Vector3d carried = Eigen::Vector3d::Zero();   ///< in the depth camera of `to`, metres
  Eigen::Vector3d measured = Eigen::Vector3d::Zero();  ///< the same, by `to` itself
  Eigen::Vector2d measured_px = Eigen::Vector2d::Zero();
};

/// The cameras as the solve has them; a depth still takes the offset of its camera.
[[nodiscard]] std::vector<CameraToSolve> as_solved(const std::vector<CameraToSolve>& cameras,
                                                   const SolvedRig& rig);

/// Every corner that a camera measured at a tick, carried into it from each other camera that saw
/// that part of the board. A camera places the board by its own images alone; it measures a corner
/// by infrared and depth.
[[nodiscard]] std::vector<CarriedCorner> carry_corners(const std::vector<CameraToSolve>& cameras,
                                                       const Board& board, const SolvedRig& rig,
                                                       const std::vector<BoardView>& held_out);

/// Views that are more than `most_px` (median of the corners) from where the others of their tick
/// say that the board is; of two cameras that contradict each other both. They point into
/// `held_out`. Pure.
[[nodiscard]] std::set<const BoardView*> contradicting_held_out(
    const std::vector<CameraToSolve>& cameras, const Board& board, const SolvedRig& rig,
    const std::vector<BoardView>& held_out, double most_px);

/// `held_out` are views that the solve never saw. Pure.
[[nodiscard]] HeldOutError held_out_error(const std::vector<CameraToSolve>& cameras,
                                          const Board& board, const SolvedRig& rig,
                                          const std::vector<BoardView>& held_out);

}  // namespace lockstep

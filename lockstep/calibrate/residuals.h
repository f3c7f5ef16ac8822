// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/calibrate/calibration_report.h"

namespace lockstep {

/// One view against the solve.
struct ViewResidual {
  const BoardView* view = nullptr;
  double rms_px = 0;  ///< of `corners`
  /// Of all that were seen; infinite where half of them are expected where the camera sees nothing.
  double median_px = 0;
  std::vector<ReprojectedCorner> corners;  ///< that are expected where the camera sees
  std::vector<double> depth_off_m;         ///< of the corners that have depth, the offset removed
};

/// Of every view whose board was placed, in their order. They point into `views`.
[[nodiscard]] std::vector<ViewResidual> view_residuals(const std::vector<CameraToSolve>& cameras,
                                                       const Board& board, const SolvedRig& rig,
                                                       const std::vector<BoardView>& views);

/// By camera.
[[nodiscard]] std::vector<CameraEvidence> camera_evidence(
    const std::vector<CameraToSolve>& cameras, const Board& board, const SolvedRig& rig,
    const std::vector<BoardView>& views, const std::vector<ViewResidual>& residuals);

/// Of all pairs of cameras that share a tick.
[[nodiscard]] std::vector<PairEvidence> pair_evidence(const ViewSelection& selection,
                                                      const HeldOutError& held_out);

/// Of every sensor the view with most corners and the one that is farthest off.
[[nodiscard]] std::vector<ShownView> shown_views(const std::vector<ViewResidual>& residuals);

}  // namespace lockstep

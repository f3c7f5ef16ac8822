// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>

#include "lockstep/calibrate/board_view.h"
#include "lockstep/geometry/board.h"
#include "lockstep/geometry/camera_model.h"
#include "lockstep/geometry/rigid.h"

namespace lockstep {

/// Where a board is, from one image of it.
struct PlanePose {
  RigidTransform camera_from_board;
  double rms_px = 0;  ///< of the corners against their projection
  /// The same of the other pose that a flat thing has, seen mirrored: near `rms_px` means that the
  /// image alone does not tell them apart.
  double other_rms_px = 0;
  RigidTransform other_camera_from_board;
};

/// By how much its two poses are turned against each other.
[[nodiscard]] double apart_rad(const PlanePose& pose);

/// Homography of the undistorted corners, then least squares over the pixels, from both poses that
/// explain a plane. Nothing for fewer than four corners, corners on one line, or a board that does
/// not come out in front of the camera.
[[nodiscard]] std::optional<PlanePose> plane_pose(const CameraModel& camera, const Board& board,
                                                  std::span<const SeenCorner> corners);

}  // namespace lockstep

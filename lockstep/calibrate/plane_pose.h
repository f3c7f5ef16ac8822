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

/// How badly an image tells the two poses of a plane apart: what the better one leaves over what
/// the other one leaves, 0 to 1, where all below a twentieth of a pixel is equally good. Poses that
/// are turned by less than `one_pose_rad` are one to who asks, and never too ambiguous.
[[nodiscard]] double ambiguity(const PlanePose& pose, double one_pose_rad);
/// From here on an image alone does not say which way the board is tilted.
inline constexpr double kTooAmbiguous = 0.8;

/// Homography of the undistorted corners, then least squares over the pixels, from both poses that
/// explain a plane. Nothing for fewer than four corners, corners on one line, or a board that does
/// not come out in front of the camera.
[[nodiscard]] std::optional<PlanePose> plane_pose(const CameraModel& camera, const Board& board,
                                                  std::span<const SeenCorner> corners);

}  // namespace lockstep

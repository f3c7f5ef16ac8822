// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "lockstep/calibrate/rig_solver.h"

namespace lockstep {

/// A board as one camera saw it at one tick, in the frame of its depth camera.
struct PlacedView {
  int64_t tick = 0;
  int camera = 0;
  RigidTransform depth_from_board;
  /// Of the image that tells more; how far apart the plane's two poses are to tell, 1 for not at
  /// all.
  double ambiguity = 1;
};

/// The better of a camera's images of every tick, placed by itself.
[[nodiscard]] std::vector<PlacedView> place_views(const std::vector<CameraToSolve>& cameras,
                                                  const Board& board,
                                                  const std::vector<BoardView>& views);

/// First poses of all cameras in the frame of camera 0: along the tree of the pairs that share most
/// ticks, each pair by the middle one of its ticks' relative poses. Nothing for a camera that no
/// path reaches.
[[nodiscard]] std::vector<std::optional<RigidTransform>> initial_poses(
    size_t cameras, const std::vector<PlacedView>& views);

/// Of several rigid transforms the one that is closest to all others; `radius_m` weighs a turn, as
/// far as a point so far away moves.
[[nodiscard]] RigidTransform middle_one(const std::vector<RigidTransform>& transforms,
                                        double radius_m);

}  // namespace lockstep

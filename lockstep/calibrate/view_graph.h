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

/// Groups of cameras, each joined by ticks at which two of them saw the board; most cameras first.
/// More than one group: nothing says how they stand to each other.
[[nodiscard]] std::vector<std::vector<int>> joined_groups(size_t cameras,
                                                          const std::vector<BoardView>& views);

}  // namespace lockstep

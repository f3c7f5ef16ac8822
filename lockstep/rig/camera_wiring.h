// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "lockstep/frame/capture.h"
#include "lockstep/rig/rig.h"

namespace lockstep {

/// Where one camera's sync-in leads to, and what its jacks feel.
struct CameraWiring {
  SyncJacks jacks;  ///< without values where the family has no detector
  /// Cameras upstream, the nearest first; their sync-out repeats their sync-in, or is the source.
  std::vector<int> upstream;
  bool generator_upstream = false;  ///< a generator feeds the last of `upstream`, or this camera
};

/// Follows the cables of a rig back from each camera, through boxes. A cycle ends where it closes.
[[nodiscard]] std::vector<CameraWiring> trace_cables(const Rig& rig);

}  // namespace lockstep

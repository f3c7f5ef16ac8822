// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "lockstep/rig/findings.h"
#include "lockstep/rig/rig.h"

namespace lockstep {

/// What the cables say about each camera, in the order of the rig file.
struct CameraOnLine {
  WiredSync role = WiredSync::standalone;
  bool reached = false;  ///< pulses of the source arrive (the source itself counts)
  int hops = 0;          ///< cameras that repeat the pulse before this one, the source not counted
};

struct CableGraph {
  std::string source;            ///< the one source that the plan goes by; "" when there is none
  bool external_source = false;  ///< a generator
  /// Every camera has its place on one line, so what follows from the line can be planned.
  bool whole = false;
  std::vector<CameraOnLine> cameras;
};

/// Follows the cables and reports every broken rule of the graph: sources, cycles, cameras that no
/// pulse reaches, passive stars, long links and chains.
CableGraph follow_cables(const Rig& rig, Findings& findings);

}  // namespace lockstep

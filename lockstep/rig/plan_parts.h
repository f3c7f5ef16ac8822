// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/rig/cable_graph.h"
#include "lockstep/rig/findings.h"
#include "lockstep/rig/plan.h"

// The stages of make_plan, each in its own file.

namespace lockstep {

/// One rate on the line: that of the rig, of every camera and of the generator.
void compare_rates(const Rig& rig, const CableGraph& graph, Findings& findings);

/// Rules between the other settings of the cameras: modes, exposure, firmware, families.
void compare_settings(const Rig& rig, const CableGraph& graph, Findings& findings);

/// Rules of one camera against what its family can do; replaces its configuration by what will run.
/// `whole_line`: CableGraph::whole.
void check_camera(const RigCamera& said, bool whole_line, PlannedCamera& camera,
                  Findings& findings);

/// Bytes that the rig moves over each USB controller and onto each disk.
PlannedLoad make_load(const Rig& rig, Findings& findings);

/// One line per cable with the parts to buy, and the notes that hold for all.
void make_wiring(const Rig& rig, Plan& plan);

}  // namespace lockstep

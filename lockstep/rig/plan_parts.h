// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lockstep/rig/cable_graph.h"
#include "lockstep/rig/findings.h"
#include "lockstep/rig/plan.h"

// The stages of make_plan, each in its own file.

namespace lockstep {

/// Rules between the settings of the cameras: rates, modes, exposure, firmware, families.
void compare_settings(const Rig& rig, const CableGraph& graph, Findings& findings);

/// Notes of check_config with the cameras they are about.
using Adjustments = std::map<std::string, std::vector<const RigCamera*>>;

/// Rules of one camera against what its family can do; replaces its configuration by what will run.
/// What the device will change, and for which cameras, is added to `adjustments`.
void check_camera(const RigCamera& said, PlannedCamera& camera, Adjustments& adjustments,
                  Findings& findings);
void note_adjustments(const Adjustments& adjustments, Findings& findings);

/// Bytes that the rig moves over each USB controller and onto each disk.
PlannedLoad make_load(const Rig& rig, Findings& findings);

/// One line per cable with the parts to buy, and the notes that hold for all.
void make_wiring(const Rig& rig, Plan& plan);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>

#include "lockstep/apps/common/interrupt.h"
#include "lockstep/apps/lockstep/record_take.h"
#include "lockstep/rig/chosen_rig.h"
#include "lockstep/rig/plan.h"
#include "lockstep/session/run_session.h"
#include "lockstep/virtual/virtual_rig.h"

// What all commands that run a rig do alike, whatever becomes of its captures.

namespace lockstep {

/// Whether a command that takes a rig or a take is given a rig: "demo", or a .toml that is no
/// folder.
[[nodiscard]] bool names_rig(const std::string& name);

/// A rig that can be run, as the command line changes it, and its plan.
struct ReadyRig {
  ChosenRig chosen;
  Plan plan;
};

/// Reads the rig and plans it; what the plan finds is said. Else the exit code, of a refusal that
/// is said: the rig file cannot be used, its plan falls short, or it is of real cameras. `done` is
/// what was to come of it, "recorded".
std::variant<ReadyRig, int> ready_rig(const TakeRequest& request, std::string_view done);

/// Renders the world of a virtual rig. Errors: cancelled by Ctrl-C, else as VirtualRig.
Result<std::shared_ptr<VirtualRig>> make_rig(const TakeRequest& request, const ReadyRig& ready,
                                             const Interrupt& interrupt);

/// Plan, length, rules and who runs it, for a session that neither records nor hands on yet.
[[nodiscard]] SessionSetup session_setup(const TakeRequest& request, const ReadyRig& ready);

/// Runs the session; says alarms and prompts, and shows progress as `doing`.
SessionOutcome run_rig(const TakeRequest& request, SessionSetup setup, VirtualRig& rig,
                       const std::stop_token& interrupted, const char* doing);

/// Keeps the rig where outcome.device_hangs: a thread that hangs in a device may come back to it
/// and to the clock at any time.
void stay_until_the_end(std::shared_ptr<VirtualRig> rig);

/// The failure of a session, unless it was said already while it happened.
void say_failure(const SessionOutcome& outcome);

}  // namespace lockstep

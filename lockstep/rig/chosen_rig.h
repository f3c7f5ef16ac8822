// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/base/result.h"
#include "lockstep/rig/rig.h"

namespace lockstep {

/// A rig as the command line or LOCKSTEP_RIG names it, and its text as it was read.
struct ChosenRig {
  Rig rig;
  std::string toml;
};

/// The one way from a rig's name to a rig: a path, or "demo" for the built-in rig of three virtual
/// cameras, always (a file of that name is "./demo"). Errors as read_rig_file().
Result<ChosenRig> choose_rig(const std::string& name);

}  // namespace lockstep

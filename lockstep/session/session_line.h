// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/session/session.h"

namespace lockstep {

/// One line on how a session stands: what it does, and what the operator has to do; where that is
/// nothing, as many cameras as fit 70 columns, with state and live offset to plan.
[[nodiscard]] std::string session_line(const Session& session, HostTime now);

}  // namespace lockstep

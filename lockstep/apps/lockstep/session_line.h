// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/session/session.h"

namespace lockstep {

/// One line on how a session stands, at most 70 columns: what it does, every camera with its state
/// and live offset to plan, what the operator has to do.
[[nodiscard]] std::string session_line(const Session& session, HostTime now);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lockstep/session/session.h"

namespace lockstep {

/// What a session does now, in one line for a terminal: its phase, how long until all cameras are
/// armed anew, and what each camera does, as many as fit.
[[nodiscard]] std::string session_line(Coordinator::Phase phase, std::optional<double> seconds_left,
                                       const std::vector<std::string>& cameras);
/// The same of a session; where a person has to act, that instead of the cameras.
[[nodiscard]] std::string session_line(const Session& session, HostTime now);

}  // namespace lockstep

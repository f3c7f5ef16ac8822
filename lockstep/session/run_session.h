// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <stop_token>

#include "lockstep/device/device.h"
#include "lockstep/session/session.h"

namespace lockstep {

enum class Driving {
  threads,  ///< real time: a reading and a recording thread per camera
  stepped,  ///< one thread, as fast as the clock lets it: virtual rigs out of real time, and tests
};

struct RunOptions {
  Driving driving = Driving::threads;
  std::stop_token interrupted;  ///< asks for a clean cut
  /// Called from the calling thread, a few times a second of session time.
  std::function<void(const Session&, HostTime)> observe;
};

/// Opens the cameras of the plan in `source`, records one take and stops them. The outcome carries
/// what went wrong; the take on disk is whole as far as it goes, and its manifest says the same.
SessionOutcome run_session(SessionSetup setup, DeviceSource& source, SessionClock& clock,
                           const RunOptions& options);

}  // namespace lockstep

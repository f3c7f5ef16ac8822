// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <stop_token>

#include "lockstep/device/device.h"
#include "lockstep/session/session.h"

namespace lockstep {

struct RunOptions {
  Driving driving = Driving::threads;
  std::stop_token interrupted;  ///< asks for a clean cut
  /// A read that has not returned for so long, when driven by threads: the camera hangs, and is
  /// lost.
  Nanos hangs_after = std::chrono::seconds(5);
  /// The same of its opening, which ends the session before it began.
  Nanos opens_within = std::chrono::seconds(30);
  /// Called from the calling thread, a few times a second of session time.
  std::function<void(const Session&, HostTime)> observe;
};

/// Opens the cameras of the plan in `source`, records one take, or hands its sets on, and stops
/// them. The outcome carries what went wrong; the take on disk is whole as far as it goes, and its
/// manifest says the same. A device that hangs does not keep this from returning, nor does a disk
/// that hangs when all is recorded (docs/take.md has the limits), except when stepped; where a file
/// is made, take.json is written before the end or free space is looked at, it waits for the disk.
/// outcome.device_hangs says that a thread was left behind, and `source` and `clock` must stay
/// until the process ends.
SessionOutcome run_session(SessionSetup setup, DeviceSource& source, SessionClock& clock,
                           const RunOptions& options);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include "lockstep/recording/header.h"

namespace lockstep::k4a {

/// What libk4a says of a device: serial number, firmware, calibration. False when it says nothing
/// of one that a recording needs. Thread-safe.
[[nodiscard]] bool describe_device(k4a_device_t device, RecordingHeader& header);

}  // namespace lockstep::k4a

// SPDX-License-Identifier: MIT
#pragma once

#include "tests/conformance/device_kind.h"

namespace lockstep::testing {

/// The virtual rig's master, in a clock of its own and in real time, without pictures.
DeviceKind virtual_stepped();
DeviceKind virtual_real_time();
/// The vendor recorder's colour and IMU recording, as fast as possible and in its own time.
DeviceKind played_fast();
DeviceKind played_real_time();

}  // namespace lockstep::testing

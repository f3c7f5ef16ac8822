// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include "lockstep/frame/capture.h"
#include "lockstep/sensor/modes.h"

namespace lockstep::k4a {

/// A capture of a camera of this family for the C program, its images in the installed allocator's
/// memory; null when that has none. Thread-safe.
[[nodiscard]] k4a_capture_t publish(const Capture& capture, Family family);

}  // namespace lockstep::k4a

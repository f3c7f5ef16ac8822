// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/sync/findings.h"

namespace lockstep {

/// Everything about one device that needs no judgement: numbers, spans and plots of the report.
[[nodiscard]] DeviceReport describe_device(const Case& set, size_t index);

/// What is known of a device without any other: name, camera, captures.
[[nodiscard]] DeviceReport describe_source(const DeviceEvidence& device);

}  // namespace lockstep

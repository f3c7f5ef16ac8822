// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/sync/evidence.h"
#include "lockstep/sync/report.h"

// What can be said of a set before any stamp is looked at.

namespace lockstep {

/// Failures that show the files to be of different takes: rates, dates, serials, two masters, real
/// beside virtual. Empty when they can belong together.
[[nodiscard]] std::vector<Finding> mixed_takes(const Evidence& evidence, const Gates& gates);

/// Failures for recordings of a take that are gone, or that are no recordings.
[[nodiscard]] std::vector<Finding> lost_recordings(const Evidence& evidence);

/// Failures for recordings that lie in a take as those of other cameras.
[[nodiscard]] std::vector<Finding> misplaced_recordings(const Evidence& evidence);

/// Failures for devices of a set that were not recorded on a sync line. Empty for one device.
[[nodiscard]] std::vector<Finding> not_wired(const Evidence& evidence);

/// Where recordings and plan differ: cameras missing or extra, delays or roles not as planned.
[[nodiscard]] std::vector<Finding> against_plan(const Evidence& evidence);

/// Failures for the cameras without any image, those of `silent`; of a line that never carried a
/// pulse one finding for all behind the break.
[[nodiscard]] std::vector<Finding> recorded_nothing(const Evidence& evidence,
                                                    const std::vector<DeviceEvidence>& silent);

/// What the files say of themselves: damage, loss of the camera, exposures.
[[nodiscard]] std::vector<Finding> as_recorded(const Evidence& evidence);

}  // namespace lockstep

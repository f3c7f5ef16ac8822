// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "lockstep/geometry/rig_calibration.h"

namespace lockstep::testing {

/// A rig of two virtual cameras that look at the room from 30 degrees apart, with pictures; `world`
/// holds more keys of its world.
std::string rendered_rig(const std::string& world = "");

/// What a perfect calibration would say of the rig of a virtual take: its truth, against what the
/// recordings' factory calibrations say.
RigCalibration true_calibration(const std::filesystem::path& take);

/// The same as calibration.json of the take.
void write_true_calibration(const std::filesystem::path& take);

}  // namespace lockstep::testing

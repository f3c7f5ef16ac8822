// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "lockstep/base/result.h"
#include "lockstep/calibrate/rig_origin.h"
#include "lockstep/geometry/rig_calibration.h"
#include "lockstep/take/set_reader.h"

namespace lockstep {

/// The floor that the depth cameras of a take see together in the middle of it, in the frame of its
/// calibration; up is where the accelerometers say, or, without samples, where cameras have it that
/// stand upright. Nothing where they see none. Moves the reader. `calibration` has the cameras of
/// the take in its order. Errors: those of the reader and of gather_gravity().
Result<std::optional<FloorPlane>> gather_floor(SetReader& take, const RigCalibration& calibration);

}  // namespace lockstep

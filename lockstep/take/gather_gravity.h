// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <optional>

#include "lockstep/base/result.h"
#include "lockstep/geometry/rig_calibration.h"
#include "lockstep/take/set_reader.h"

namespace lockstep {

/// Which way is up, as the accelerometers of a take say, in the frame of its calibration: the mean
/// of all cameras that were at rest. Nothing where no camera recorded inertial samples.
/// `calibration` has the cameras of the take in its order. Errors: those of RecordingReader and of
/// parse_calibration(); unusable_input where no camera was at rest, or where they disagree.
Result<std::optional<Eigen::Vector3d>> gather_gravity(const SetReader& take,
                                                      const RigCalibration& calibration);

}  // namespace lockstep

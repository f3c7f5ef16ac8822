// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "lockstep/base/result.h"
#include "lockstep/calibrate/rig_solver.h"
#include "lockstep/take/set_reader.h"

namespace lockstep {

/// One camera of a take as its recording has it, in its modes. A sensor that is off has the lens of
/// NFOV unbinned or of 1080p. Errors: those of RecordingReader; unusable_input, naming the
/// recording, where its factory calibration cannot be read or computed with.
Result<CameraToSolve> camera_of_take(const SetReader& take, size_t camera);

}  // namespace lockstep

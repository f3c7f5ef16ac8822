// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/base/result.h"
#include "lockstep/recording/opened_recording.h"

namespace lockstep {

/// One pass over the heads of all blocks of a file.
Result<RecordingStamps> scan_stamps(OpenedRecording& recording);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/apps/k4arecorder/identity.h"
#include "lockstep/apps/k4arecorder/options.h"
#include "lockstep/base/result.h"
#include "lockstep/take/shared_take.h"

namespace lockstep {

/// This recorder's place in the take of --take; see SharedTake.
Result<SharedTake> enter_take(const RecorderOptions& options, const CameraIdentityInRig& identity,
                              const std::string& serial);

/// What the last recorder who leaves has to say of the take; empty for the others.
[[nodiscard]] std::string take_summary(const SharedTake& take, const SharedTake::Left& left);

}  // namespace lockstep

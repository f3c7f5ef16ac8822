// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/apps/lockstep/fuse_request.h"

namespace lockstep {

/// Arms the rig that request.footage.take names and fuses what it delivers, tick by tick, until the
/// length is reached or Ctrl-C; nothing is recorded. Returns the exit code: that of `record`, or of
/// what could not be fused.
int fuse_rig(const FuseRequest& request);

}  // namespace lockstep

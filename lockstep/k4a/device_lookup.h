// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "lockstep/k4a/device.h"
#include "lockstep/k4a/log.h"

namespace lockstep::k4a {

/// The device behind a handle; null, and a line in the log, when there is none.
std::shared_ptr<OpenDevice> find_device(k4a_device_t handle, const char* function);

}  // namespace lockstep::k4a

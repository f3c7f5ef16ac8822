// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

#include "lockstep/k4a/device.h"

namespace lockstep::k4a {

/// Says in the log why a call fails.
k4a_result_t refuse(const char* function, std::string_view why);

/// The device behind a handle; null, and a line in the log, when there is none.
std::shared_ptr<Device> find_device(k4a_device_t handle, const char* function);

}  // namespace lockstep::k4a

// SPDX-License-Identifier: MIT
#include "lockstep/k4a/device_lookup.h"

#include <fmt/core.h>

#include "lockstep/k4a/log.h"

namespace lockstep::k4a {

k4a_result_t refuse(const char* function, std::string_view why) {
  LOCKSTEP_K4A_ERROR("{}(). {}", function, why);
  return K4A_RESULT_FAILED;
}

std::shared_ptr<Device> find_device(k4a_device_t handle, const char* function) {
  auto device = DeviceTable::instance().find(handle);
  if (!device) refuse(function, "The device handle is not valid");
  return device;
}

}  // namespace lockstep::k4a

// SPDX-License-Identifier: MIT
#include "lockstep/k4a/device_lookup.h"

namespace lockstep::k4a {

std::shared_ptr<OpenDevice> find_device(k4a_device_t handle, const char* function) {
  auto device = DeviceTable::instance().find(handle);
  if (!device) refuse(function, "The device handle is not valid");
  return device;
}

}  // namespace lockstep::k4a

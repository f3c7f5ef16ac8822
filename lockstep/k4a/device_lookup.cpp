// SPDX-License-Identifier: MIT
#include "lockstep/k4a/device_lookup.h"

namespace lockstep::k4a {

std::shared_ptr<OpenDevice> find_device(k4a_device_t handle, const char* function) {
  auto device = DeviceTable::instance().find(handle);
  if (!device) refuse(function, "The device handle is not valid");
  // A forked child has no threads that would let go of the locks that it found taken.
  if (device && device->is_inherited()) {
    refuse(function, "The device was opened before this process was forked: open it anew here");
    return nullptr;
  }
  return device;
}

}  // namespace lockstep::k4a

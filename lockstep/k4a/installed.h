// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "lockstep/device/device.h"
#include "lockstep/virtual/virtual_rig.h"

namespace lockstep::k4a {

/// The devices that this process sees: the cameras of the rig that LOCKSTEP_RIG names, which all
/// processes of the user share. None without it, and none when the rig can't be read, which is
/// logged. Thread-safe.
struct Installed {
  std::shared_ptr<VirtualRig> rig;  ///< null: no devices
  std::vector<DeviceInfo> devices;  ///< by their index
};
[[nodiscard]] Installed installed_devices();

}  // namespace lockstep::k4a

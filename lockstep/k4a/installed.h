// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "lockstep/device/color_controls.h"
#include "lockstep/k4a/recorded_camera.h"
#include "lockstep/k4a/wait_clock.h"

namespace lockstep::k4a {

/// The devices that this process sees: the cameras of the rig that LOCKSTEP_RIG names, or the
/// recordings of the take, which all processes of the user share. None without it, and none when
/// it can't be read, which is logged. Thread-safe.
struct Installed {
  std::shared_ptr<ControlledSource> source;  ///< null: no devices
  std::vector<DeviceInfo> devices;           ///< by their index
  std::vector<RecordedCamera> recorded;      ///< of recordings, by their index; else empty
  std::shared_ptr<WaitClock> clock = std::make_shared<RealTime>();  ///< in which they live
};
using InstalledPtr = std::shared_ptr<const Installed>;

/// Never null.
[[nodiscard]] InstalledPtr installed_devices();

/// From now on those, as long as LOCKSTEP_RIG stays as it is: for programs that have a source of
/// their own.
void install(Installed devices);

}  // namespace lockstep::k4a

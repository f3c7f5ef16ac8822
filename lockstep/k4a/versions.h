// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include <string>

#include "lockstep/device/device.h"

namespace lockstep::k4a {

/// What a device answers for its versions. Of Femto cameras only that of the depth firmware is
/// known.
[[nodiscard]] k4a_hardware_version_t hardware_version(const DeviceInfo& info);

/// For the log: every version of a device, its serial and ours.
[[nodiscard]] std::string versions_text(const DeviceInfo& info);

enum class FirmwareAge { current, dated, too_old };
/// By the vendor's limits for the Azure Kinect; what a recording or another family says is current.
[[nodiscard]] FirmwareAge firmware_age(const DeviceInfo& info);

}  // namespace lockstep::k4a

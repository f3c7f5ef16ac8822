// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/sensor/modes.h"

namespace lockstep {

/// What is known of a camera beside what libk4a says: by the rig, take or recording that
/// LOCKSTEP_RIG names.
struct CameraIdentityInRig {
  std::string name;  ///< in the rig; of a camera of no rig its serial
  Family family = Family::azure_kinect;
  bool is_virtual = false;
  std::string rig_name{};
  std::string rig_toml{};
};

[[nodiscard]] CameraIdentityInRig identify(const std::string& serial);

}  // namespace lockstep

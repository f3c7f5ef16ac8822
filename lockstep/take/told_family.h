// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "lockstep/recording/reader.h"
#include "lockstep/sensor/modes.h"

namespace lockstep {

/// A family with what it is known from, as words that follow "family X, by ...".
struct ToldFamily {
  Family family = Family::azure_kinect;
  std::string by;  ///< "its tag", "its 25 frames per second", "its stamps, which count from 1970"
};

/// The family that a recording tells of: by our tag, else by what only Femto cameras do. Nothing
/// where it could be any.
[[nodiscard]] std::optional<ToldFamily> told_family(const RecordingInfo& recording);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

/// A rigid motion in metres: target = rotation * source + translation, rows of the rotation one
/// after the other.
struct Pose {
  double rotation[9];
  double translation[3];
};

Pose inverse(const Pose& pose);
/// a * b: b first.
Pose operator*(const Pose& a, const Pose& b);

/// Where the depth camera of this serial number stands, from the text of a calibration.json of
/// lockstep calibrate ("rig_from_depth"). Nothing when it is not there.
std::optional<Pose> rig_from_depth(const std::string& calibration_json, const std::string& serial);

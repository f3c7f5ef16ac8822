// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "lockstep/base/result.h"
#include "lockstep/geometry/rig_calibration.h"

namespace lockstep {

/// Where the user wants the frame of a rig: "camera", "gravity", "floor", "board" or "board:TICK".
struct OriginWish {
  RigOrigin origin = RigOrigin::camera;
  std::optional<int64_t> tick;  ///< of the board
};

/// Invalid_argument for what is no wish.
Result<OriginWish> origin_from(const std::string& text);

/// Unusable_input: why gravity says nothing.
[[nodiscard]] Error no_inertial_samples();

/// Refuses, before any work, the board at a tick that the take does not have, and gravity where no
/// camera recorded inertial samples. Errors: invalid_argument, unusable_input, and those of
/// SetReader.
Result<void> check_origin(const std::filesystem::path& take_folder, const OriginWish& wish);

/// Moves the frame of a calibration of a take. `rig_from_board` has the boards that were solved
/// with. Errors: unusable_input where the take does not tell: no inertial samples at rest, no
/// floor, no board at that tick.
Result<void> move_origin(const std::filesystem::path& take_folder, const OriginWish& wish,
                         const std::map<int64_t, RigidTransform>& rig_from_board,
                         RigCalibration& calibration);

}  // namespace lockstep

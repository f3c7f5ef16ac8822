// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/fuse/fusion_camera.h"

// What all that fuses asks of cameras and images alike.

namespace lockstep {

/// invalid_argument.
[[nodiscard]] Error refuse_fusion(std::string what);

/// How a sentence names each camera: "camera 1 ('left')", by its place in the list.
[[nodiscard]] std::vector<std::string> names_for_sentences(
    const std::vector<FusionCamera>& cameras);

/// Whether a lens is there that can be computed with.
[[nodiscard]] bool is_usable(const std::optional<CameraModel>& lens);
[[nodiscard]] size_t pixels_of(const CameraModel& lens);

/// Whether each camera has the lenses that are needed. The refusal names the first that has not.
Result<void> check_lenses(const std::vector<FusionCamera>& cameras, bool colors);

}  // namespace lockstep

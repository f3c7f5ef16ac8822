// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lockstep/report/calibration_page.h"

// Drawn from JSON that the page has parsed before: anything else throws the JSON library's
// exception.

namespace lockstep {

/// Whether the rig's frame stands upright, z up.
[[nodiscard]] bool stands_upright(std::string_view calibration_json);

/// The rig from above: cameras, where they look, and lines between those that share ticks. Of a rig
/// that stands upright y is up the page; else above is where the tops of the cameras' pictures
/// point, and the first camera looks up the page.
[[nodiscard]] std::string draw_rig_from_above(std::string_view calibration_json);

/// The views that have a picture, with their corners: where they were seen (rings) and, ten times
/// as far off as they are, where the solve expects them.
[[nodiscard]] std::string draw_shown_views(std::string_view shown_json,
                                           const std::vector<CalibrationPicture>& pictures);

}  // namespace lockstep

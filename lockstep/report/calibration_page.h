// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"

namespace lockstep {

/// A view of the board to show, drawn over a photograph of it.
struct CalibrationPicture {
  std::string jpeg;  ///< bytes, of the size of the image or smaller by a whole factor
  int width_px = 0;  ///< of the image, whose pixels the corners are in
  int height_px = 0;
};

/// Self-contained HTML page of a calibration, drawn from its JSON (calibration.json) and the views
/// to show (shown_views_to_json()), with one picture for each of them. unusable_input when a text
/// is not such JSON.
[[nodiscard]] Result<std::string> calibration_page_html(
    std::string_view calibration_json, std::string_view shown_json,
    const std::vector<CalibrationPicture>& pictures);

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

// The drawings of the plan page, from the plan's JSON. They throw what the JSON parser throws;
// plan_page_html is their only caller and turns that into an Error.

namespace lockstep {

/// Cameras and boxes as boxes, cables as arrows, from the source to the ends of its lines; ""
/// without cables.
std::string draw_cables(std::string_view plan_json);
/// One row per camera: the whole frame, and one laser pitch enlarged; "" without lasers.
std::string draw_lasers(std::string_view plan_json);

}  // namespace lockstep

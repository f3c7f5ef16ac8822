// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

// The drawings of the verify page, from the report's JSON. They throw what the JSON parser throws;
// verify_page_html is their only caller and turns that into an Error.

namespace lockstep {

/// Offsets of every camera's colour and depth over the take, with the gates.
std::string draw_residuals(std::string_view verify_json);
/// One row per camera over the take: lost and duplicated ticks, restarts.
std::string draw_tick_timeline(std::string_view verify_json);
/// Host arrival of every camera against the source's; "" where it is not recorded.
std::string draw_arrival(std::string_view verify_json);
/// Laser pulses of every camera across one pitch; "" without lasers.
std::string draw_laser_phases(std::string_view verify_json);
/// How the single ticks scatter about each camera's own offset.
std::string draw_histograms(std::string_view verify_json);

}  // namespace lockstep

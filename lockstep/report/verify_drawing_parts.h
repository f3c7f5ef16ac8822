// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lockstep/report/html.h"

// What the drawings of the verify page share. Lengths are px of a drawing kDrawingWidth wide.

namespace lockstep {

inline constexpr double kDrawingWidth = 1040;
inline constexpr double kPlotLeft = 225;  // room for names
inline constexpr double kPlotRight = 1020;

/// Place of a value on the horizontal axis between kPlotLeft and kPlotRight.
[[nodiscard]] double x_of(double value, double low, double high);
/// Class of the camera's colour as a fill; as a line it is stroke_of.
[[nodiscard]] std::string color_of(size_t device);
[[nodiscard]] std::string stroke_of(size_t device);
/// A name of at most `most` characters: the middle of a longer one goes, since cameras of a rig
/// differ at either end.
[[nodiscard]] std::string short_name(const std::string& name, size_t most = 24);
/// Grid and labels in seconds.
void time_axis(Svg& svg, double top, double bottom, double end_s);
/// A line of coloured boxes with what they mean: class and text of each.
void draw_legend(Svg& svg, double y,
                 const std::vector<std::pair<std::string, std::string>>& entries);

}  // namespace lockstep

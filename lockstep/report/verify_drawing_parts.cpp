// SPDX-License-Identifier: MIT
#include "lockstep/report/verify_drawing_parts.h"

#include <fmt/core.h>

#include <algorithm>

namespace lockstep {

double x_of(double value, double low, double high) {
  return kPlotLeft + (value - low) / (high - low) * (kPlotRight - kPlotLeft);
}

std::string color_of(size_t device) {
  return fmt::format("c{}", device % 10);
}

std::string stroke_of(size_t device) {
  return fmt::format("s{}", device % 10);
}

std::string short_name(const std::string& name, size_t most) {
  const auto continues = [&](size_t at) {  // a UTF-8 character that began before
    return at < name.size() && (static_cast<unsigned char>(name[at]) & 0xC0) == 0x80;
  };
  const auto characters =
      static_cast<size_t>(std::count_if(name.begin(), name.end(), [](const char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      }));
  if (characters <= most) return name;
  size_t head = 0, tail = name.size();
  for (size_t i = 0; i < most / 2; ++i) {
    do ++head;
    while (continues(head));
  }
  for (size_t i = 0; i + 1 < most - most / 2; ++i) {
    do --tail;
    while (tail > head && continues(tail));
  }
  return name.substr(0, head) + "…" + name.substr(tail);
}

void time_axis(Svg& svg, double top, double bottom, double end_s) {
  for (const double s : nice_ticks(0, end_s, 8)) {
    if (s < 0 || s > end_s) continue;
    const double x = x_of(s, 0, end_s);
    svg.line(x, top, x, bottom, "grid");
    svg.text(x, bottom + 16, fmt::format("{:g} s", s), "label", "middle");
  }
}

void draw_legend(Svg& svg, double y,
                 const std::vector<std::pair<std::string, std::string>>& entries) {
  double x = kPlotLeft;
  for (const auto& [css, text] : entries) {
    svg.rect(x, y, 14, 10, css);
    svg.text(x + 20, y + 10, text);
    x += 44 + 6.5 * static_cast<double>(text.size());
  }
}

}  // namespace lockstep

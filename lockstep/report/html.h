// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What every report page shares: the skeleton with its style (light and dark, no network, no
// script), escaping, and the few SVG elements that our drawings need. Colours come from CSS
// classes:
//   text and boxes  .good .warn .bad .muted, .badge, .card, .finding, table.data, td.num, .mono
//   SVG             .axis .grid .label .c0 ... .c9 (one colour per camera: .cN fills, .sN strokes)

namespace lockstep {

/// Text made safe for HTML content and quoted attributes.
[[nodiscard]] std::string html_escape(std::string_view text);

/// A whole page around `body_html` (trusted markup). `title` is text. `origin` says how the figures
/// came about ("simulated", "real"); empty leaves the line out.
[[nodiscard]] std::string html_page(std::string_view title, std::string_view body_html,
                                    std::string_view origin = {});

/// `<span class="badge good|warn|bad|muted">text</span>`.
[[nodiscard]] std::string html_badge(std::string_view css_class, std::string_view text);

/// A table with a header row. Cells are trusted markup (escape text yourself); columns whose header
/// starts with '>' are right-aligned numbers.
[[nodiscard]] std::string html_table(const std::vector<std::string>& headers,
                                     const std::vector<std::vector<std::string>>& rows);

/// Round values that divide [low, high] into about `count` steps; both ends may lie outside the
/// list.
[[nodiscard]] std::vector<double> nice_ticks(double low, double high, int count);

/// Collects the elements of one inline drawing. Lengths are SVG user units (px at natural size);
/// the drawing scales down with the page. `label` is its text for readers who do not see it.
class Svg {
 public:
  Svg(double width, double height, std::string_view label);

  void line(double x1, double y1, double x2, double y2, std::string_view css_class);
  void rect(double x, double y, double width, double height, std::string_view css_class,
            std::string_view tooltip = {});
  void circle(double x, double y, double radius, std::string_view css_class,
              std::string_view tooltip = {});
  /// `anchor` is start, middle or end.
  void text(double x, double y, std::string_view text, std::string_view css_class = "label",
            std::string_view anchor = "start");
  /// Points joined by straight lines, unfilled.
  void polyline(const std::vector<std::pair<double, double>>& points, std::string_view css_class);
  /// SVG path data, as of the d attribute.
  void path(std::string_view d, std::string_view css_class);

  /// The element; the object is spent afterwards.
  [[nodiscard]] std::string take();

 private:
  std::string text_;
};

}  // namespace lockstep

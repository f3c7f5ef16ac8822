// SPDX-License-Identifier: MIT
#include "lockstep/report/html.h"

#include <fmt/core.h>

#include <cmath>

namespace lockstep {
namespace {

constexpr std::string_view kStyle = R"css(
:root{--ink:#1c2127;--soft:#5b6570;--paper:#fff;--card:#f5f6f8;--rule:#d9dde2;--good:#1a7f4b;--warn:#a15c00;--bad:#c0262d;
--k0:#2f6fd0;--k1:#d9730d;--k2:#1a936f;--k3:#b13f9c;--k4:#8a6d00;--k5:#5c5fd6;--k6:#c8385a;--k7:#00838f;--k8:#6b7a2a;--k9:#7d5a4f}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#9aa5b1;--paper:#14181c;--card:#1d2329;--rule:#333b44;--good:#4cc38a;--warn:#f0a94b;--bad:#ff7b80;
--k0:#6ea8ff;--k1:#ffa657;--k2:#4fd1a5;--k3:#e58ad4;--k4:#e3c34a;--k5:#a5a7ff;--k6:#ff8fa8;--k7:#4fd3de;--k8:#c0d070;--k9:#cfa698}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 20px 48px}h1{font-size:26px;line-height:1.25;margin:0 0 4px}h2{font-size:18px;margin:32px 0 8px}
p{margin:6px 0}.muted{color:var(--soft)}.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
.mono,td.num,code{font-family:ui-monospace,"SFMono-Regular","DejaVu Sans Mono",monospace;font-size:13px}
.badge{display:inline-block;border:1px solid currentColor;border-radius:10px;padding:0 9px;font-size:13px;font-weight:600;white-space:nowrap}
.card,.finding{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:12px 16px;margin:10px 0}
.finding.bad,.finding.warn,.finding.note{color:inherit;border-left:4px solid var(--soft)}.finding.bad{border-left-color:var(--bad)}.finding.warn{border-left-color:var(--warn)}
.scroll{overflow-x:auto}table.data{border-collapse:collapse;width:100%;margin:8px 0}
table.data th,table.data td{padding:5px 10px 5px 0;border-bottom:1px solid var(--rule);text-align:left;vertical-align:top}
table.data th{font-weight:600;color:var(--soft);font-size:13px}table.data .num{text-align:right;padding-right:14px;white-space:nowrap}
svg{display:block;width:100%;height:auto;margin:8px 0}svg text{font:12px system-ui,"DejaVu Sans",sans-serif;fill:var(--ink)}svg text.label{fill:var(--soft)}svg text.strong{font-weight:600}
svg .axis{stroke:var(--soft);fill:none}svg .grid{stroke:var(--rule);fill:none}svg .box{fill:var(--card);stroke:var(--soft)}svg .wire{stroke:var(--soft);stroke-width:2;fill:none}
svg .head{fill:var(--soft)}svg .half{opacity:.45}svg .break{stroke:var(--bad);stroke-width:2;fill:none}svg text.onbar{paint-order:stroke;stroke:var(--paper);stroke-width:4px}svg .band{fill:var(--rule);opacity:.5}svg .limit{stroke:var(--bad);stroke-dasharray:4 3;fill:none}svg .fbad{fill:var(--bad)}svg .fwarn{fill:var(--warn)}svg .fgood{fill:var(--good)}
footer{margin-top:40px;border-top:1px solid var(--rule);padding-top:8px;font-size:13px;color:var(--soft)}
@media print{main{max-width:none}.card,.finding,svg{break-inside:avoid}}
)css";

std::string color_classes() {
  std::string css;
  for (int i = 0; i < 10; ++i) {
    css += fmt::format(
        "svg .c{0}{{fill:var(--k{0})}}svg .s{0}{{stroke:var(--k{0});fill:none;stroke-width:1.5}}",
        i);
  }
  return css;
}

void append_tooltip(std::string& out, std::string_view element, std::string_view tooltip) {
  if (tooltip.empty()) {
    out += "/>\n";
    return;
  }
  out += fmt::format("><title>{}</title></{}>\n", html_escape(tooltip), element);
}

}  // namespace

std::string html_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html_page(std::string_view title, std::string_view body_html, std::string_view origin) {
  const std::string escaped = html_escape(title);
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>{}</title>\n"
      "<style>{}{}</style></head>\n<body><main>\n{}\n<footer>Made by Lockstep.",
      escaped, kStyle, color_classes(), body_html);
  if (!origin.empty()) page += fmt::format(" Figures on this page are {}.", html_escape(origin));
  return page + "</footer></main></body></html>\n";
}

std::string html_badge(std::string_view css_class, std::string_view text) {
  return fmt::format("<span class=\"badge {}\">{}</span>", css_class, html_escape(text));
}

std::string html_table(const std::vector<std::string>& headers,
                       const std::vector<std::vector<std::string>>& rows) {
  const auto numeric = [&](size_t column) {
    return column < headers.size() && !headers[column].empty() && headers[column][0] == '>';
  };
  std::string out = "<div class=\"scroll\"><table class=\"data\"><thead><tr>";
  for (size_t i = 0; i < headers.size(); ++i) {
    out += numeric(i) ? fmt::format("<th class=\"num\">{}</th>", headers[i].substr(1))
                      : fmt::format("<th>{}</th>", headers[i]);
  }
  out += "</tr></thead><tbody>\n";
  for (const auto& row : rows) {
    out += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) {
      out += fmt::format("<td{}>{}</td>", numeric(i) ? " class=\"num\"" : "", row[i]);
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::vector<double> nice_ticks(double low, double high, int count) {
  if (!(high > low) || count < 1) return {};
  const double raw = (high - low) / count;
  const double magnitude = std::pow(10.0, std::floor(std::log10(raw)));
  double step = 10 * magnitude;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * magnitude >= raw * 0.999) {
      step = factor * magnitude;
      break;
    }
  }
  std::vector<double> ticks;
  const double first = std::ceil(low / step - 1e-9);
  for (double k = first; k * step <= high + step * 1e-9; ++k)
    ticks.push_back(k * step + 0.0);  // no "-0"
  return ticks;
}

Svg::Svg(double width, double height, std::string_view label)
    : text_(fmt::format("<svg viewBox=\"0 0 {:g} {:g}\" role=\"img\" aria-label=\"{}\">\n", width,
                        height, html_escape(label))) {}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view css_class) {
  text_ +=
      fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n",
                  x1, y1, x2, y2, css_class);
}

void Svg::rect(double x, double y, double width, double height, std::string_view css_class,
               std::string_view tooltip) {
  text_ +=
      fmt::format("<rect x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\" class=\"{}\"",
                  x, y, width, height, css_class);
  append_tooltip(text_, "rect", tooltip);
}

void Svg::circle(double x, double y, double radius, std::string_view css_class,
                 std::string_view tooltip) {
  text_ += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" class=\"{}\"", x, y,
                       radius, css_class);
  append_tooltip(text_, "circle", tooltip);
}

void Svg::text(double x, double y, std::string_view text, std::string_view css_class,
               std::string_view anchor) {
  text_ +=
      fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\" text-anchor=\"{}\">{}</text>\n", x,
                  y, css_class, anchor, html_escape(text));
}

void Svg::polyline(const std::vector<std::pair<double, double>>& points,
                   std::string_view css_class) {
  text_ += "<polyline points=\"";
  for (const auto& [x, y] : points) text_ += fmt::format("{:.1f},{:.1f} ", x, y);
  text_ += fmt::format("\" class=\"{}\"/>\n", css_class);
}

void Svg::path(std::string_view d, std::string_view css_class) {
  text_ += fmt::format("<path d=\"{}\" class=\"{}\"/>\n", d, css_class);
}

std::string Svg::take() {
  return std::move(text_) + "</svg>\n";
}

}  // namespace lockstep

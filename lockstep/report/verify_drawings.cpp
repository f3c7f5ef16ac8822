// SPDX-License-Identifier: MIT
#include "lockstep/report/verify_drawings.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "lockstep/report/verify_drawing_parts.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

struct Pulse {
  size_t device;
  std::string name;
  double phase_us, pulse_us, pitch_us;
};

std::vector<Pulse> pulses_of(const Json& report) {
  std::vector<Pulse> pulses;
  for (size_t i = 0; i < report.at("devices").size(); ++i) {
    const Json& device = report.at("devices")[i];
    const Json& laser = device.at("laser");
    if (laser.at("phase_us").is_null() || laser.at("pitch_us").get<double>() <= 0) continue;
    pulses.push_back({i, device.at("name").get<std::string>(), laser.at("phase_us").get<double>(),
                      laser.at("pulse_us").get<double>(), laser.at("pitch_us").get<double>()});
  }
  return pulses;
}

/// A pulse on a circle of one pitch, cut in two where it crosses the end.
void draw_pulse(Svg& svg, const Pulse& pulse, double pitch_us, double y, double height,
                const std::string& css) {
  for (double from = pulse.phase_us - pulse.pitch_us; from < pitch_us; from += pulse.pitch_us) {
    const double begin = std::max(0.0, from), end = std::min(pitch_us, from + pulse.pulse_us);
    if (begin >= end) continue;
    svg.rect(x_of(begin, 0, pitch_us), y, x_of(end, 0, pitch_us) - x_of(begin, 0, pitch_us), height,
             css, fmt::format("{}: starts at {:.0f} µs", pulse.name, pulse.phase_us));
  }
}

/// Where pulses of cameras whose views may overlap fire together.
void draw_meetings(Svg& svg, const Json& report, const std::vector<Pulse>& pulses, double pitch_us,
                   double y, double height) {
  const auto named = [&](const Json& name) {
    return std::find_if(pulses.begin(), pulses.end(),
                        [&](const Pulse& p) { return p.name == name; });
  };
  for (const Json& pair : report.at("lasers")) {
    const auto a = named(pair.at("a")), b = named(pair.at("b"));
    const bool meet = pair.at("overlap").get<bool>() && pair.at("sure_gap_us").get<double>() < 0;
    if (!meet || a == pulses.end() || b == pulses.end() || a->pitch_us != b->pitch_us) continue;
    const double apart = std::remainder(b->phase_us - a->phase_us, a->pitch_us);
    const Pulse& later = apart > 0 ? *b : *a;
    const double both_us = (apart > 0 ? a : b)->pulse_us - std::abs(apart);
    if (both_us <= 0) continue;
    const Pulse together{later.device, a->name + " and " + b->name + " together", later.phase_us,
                         std::min(both_us, later.pulse_us), later.pitch_us};
    draw_pulse(svg, together, pitch_us, y, height, "fbad");
  }
}

/// What the gates say of the lasers, else the smallest gap.
std::string gap_line(const Json& report) {
  std::string lines;
  for (const Json& finding : report.at("findings")) {
    const bool meet = finding.at("rule") == "lasers-meet";
    if (!meet && finding.at("rule") != "lasers-close") continue;
    lines += fmt::format("<p class=\"{}\">{}</p>\n", finding.at("level") == "fail" ? "bad" : "warn",
                         html_escape(finding.at("message").get<std::string>()));
  }
  if (!lines.empty()) return lines;
  const Json* smallest = nullptr;
  for (const Json& pair : report.at("lasers")) {
    if (!pair.at("overlap").get<bool>()) continue;
    if (smallest == nullptr || pair.at("typical_gap_us") < smallest->at("typical_gap_us"))
      smallest = &pair;
  }
  if (smallest == nullptr) return {};
  return fmt::format("<p>Smallest dark gap: <b>{:.0f} µs</b>, between {} and {}.</p>",
                     smallest->at("typical_gap_us").get<double>(),
                     html_escape(smallest->at("a").get<std::string>()),
                     html_escape(smallest->at("b").get<std::string>()));
}

struct Bins {
  double step_us;
  int reach;  ///< bins on either side of the middle
};

/// The scatter of one camera: a bin for each step that its stamps can take.
void draw_histogram(Svg& svg, const Json& device, size_t index, double left, const Bins& bins) {
  constexpr double kTop = 22, kHeight = 90, kSpan = 300;
  const auto all = device.at("histogram").get<std::vector<double>>();
  const auto middle = static_cast<int>(all.size() / 2);
  const double center_us = device.at("histogram_center_us").get<double>();
  const double most = std::max(1.0, *std::max_element(all.begin(), all.end()));
  const double step = kSpan / (2 * bins.reach + 1);
  svg.text(left, 14, short_name(device.at("name").get<std::string>(), 30), "strong");
  for (int i = -bins.reach; i <= bins.reach; ++i) {
    if (middle + i < 0 || middle + i >= static_cast<int>(all.size())) continue;
    const double ticks = all[static_cast<size_t>(middle + i)];
    const double height = ticks > 0 ? std::max(1.5, ticks / most * kHeight) : 0;
    svg.rect(left + (i + bins.reach) * step, kTop + kHeight - height, step - 1, height,
             color_of(index),
             fmt::format("{:+.0f} µs: {:.0f} ticks", center_us + i * bins.step_us, ticks));
  }
  svg.line(left, kTop + kHeight, left + kSpan, kTop + kHeight, "axis");
  const double reach_us = bins.reach * bins.step_us;
  const double y = kTop + kHeight + 15;
  svg.text(left, y, fmt::format("{:+.0f} µs", center_us - reach_us));
  svg.text(left + kSpan / 2, y, fmt::format("{:+.0f}", center_us), "label", "middle");
  svg.text(left + kSpan, y, fmt::format("{:+.0f} µs", center_us + reach_us), "label", "end");
  if (const auto outside = device.at("histogram_outside").get<int64_t>(); outside > 0)
    svg.text(left + kSpan, 14, fmt::format("{} further out", outside), "label", "end");
}

/// As many bins as hold every camera's scatter, and some about a quiet one's.
int bins_reach(const Json& devices) {
  int reach = 5;
  for (const Json& device : devices) {
    const auto all = device.at("histogram").get<std::vector<double>>();
    const auto middle = static_cast<int>(all.size() / 2);
    for (int i = 0; i < static_cast<int>(all.size()); ++i) {
      if (all[static_cast<size_t>(i)] > 0) reach = std::max(reach, std::abs(i - middle));
    }
  }
  return reach;
}

}  // namespace

std::string draw_laser_phases(std::string_view verify_json) {
  const Json report = Json::parse(verify_json);
  const std::vector<Pulse> pulses = pulses_of(report);
  if (pulses.size() < 2) return {};
  double pitch_us = 0;
  for (const Pulse& pulse : pulses) pitch_us = std::max(pitch_us, pulse.pitch_us);
  constexpr double kRow = 24;
  const double bottom = static_cast<double>(pulses.size() + 1) * kRow + 8;
  Svg svg(kDrawingWidth, bottom + 24, "Laser pulses of every camera across one pitch");
  for (const double us : nice_ticks(0, pitch_us, 8)) {
    if (us < 0 || us > pitch_us) continue;
    svg.line(x_of(us, 0, pitch_us), 0, x_of(us, 0, pitch_us), bottom, "grid");
    svg.text(x_of(us, 0, pitch_us), bottom + 16, fmt::format("{:g} µs", us), "label", "middle");
  }
  for (size_t i = 0; i < pulses.size(); ++i) {
    const double y = static_cast<double>(i) * kRow;
    svg.text(4, y + 16, short_name(pulses[i].name), "strong");
    svg.line(kPlotLeft, y + kRow - 3, kPlotRight, y + kRow - 3, "grid");
    draw_pulse(svg, pulses[i], pitch_us, y + 4, kRow - 8, color_of(pulses[i].device));
    draw_pulse(svg, pulses[i], pitch_us, bottom - kRow + 2, kRow - 6,
               color_of(pulses[i].device) + " half");
  }
  draw_meetings(svg, report, pulses, pitch_us, bottom - kRow + 2, kRow - 6);
  svg.text(4, bottom - kRow + 16, "all together", "label");
  svg.line(kPlotLeft, bottom - kRow - 2, kPlotRight, bottom - kRow - 2, "axis");
  return "<h2>Lasers across one pitch</h2>\n<p class=\"muted\">Every camera fires a train of such "
         "pulses, one "
         "per pitch. From the depth stamps, against the source's.</p>\n" +
         gap_line(report) + svg.take();
}

std::string draw_histograms(std::string_view verify_json) {
  const Json report = Json::parse(verify_json);
  const Json& devices = report.at("devices");
  const Bins bins{report.at("histogram_bin_us").get<double>(), bins_reach(devices)};
  std::string html;
  std::vector<size_t> shown;
  for (size_t i = 0; i < devices.size(); ++i) {
    if (!devices[i].at("histogram").empty()) shown.push_back(i);
  }
  constexpr size_t kPerRow = 3;
  for (size_t begin = 0; begin < shown.size(); begin += kPerRow) {
    Svg svg(kDrawingWidth, 134, "Offset to plan of single ticks");
    for (size_t k = begin; k < std::min(begin + kPerRow, shown.size()); ++k)
      draw_histogram(svg, devices[shown[k]], shown[k], 10 + static_cast<double>(k - begin) * 345,
                     bins);
    html += svg.take();
  }
  if (html.empty()) return {};
  return fmt::format(
             "<h2>Scatter of single ticks</h2>\n<p class=\"muted\">Offset to plan of single ticks; "
             "the source's scatter is in each. A bar is one step of the stamps, {:.1f} µs.</p>\n",
             bins.step_us) +
         html;
}

}  // namespace lockstep

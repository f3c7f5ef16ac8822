// SPDX-License-Identifier: MIT
#include "lockstep/report/verify_drawings.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "lockstep/report/html.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kWidth = 1040;
constexpr double kLeft = 190;  // room for names
constexpr double kRight = 1020;
constexpr size_t kDotsUpTo = 60;  // single ticks are dots, more are a band

double x_of(double value, double low, double high) {
  return kLeft + (value - low) / (high - low) * (kRight - kLeft);
}

std::string color_of(size_t device) {
  return fmt::format("c{}", device % 10);
}

/// The camera's name, cut to the room beside the drawings.
std::string name_of(const Json& device) {
  constexpr size_t kMost = 20;
  auto name = device.at("name").get<std::string>();
  if (name.size() <= kMost) return name;
  size_t end = kMost - 1;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;  // whole UTF-8
  return name.substr(0, end) + "…";
}

double length_s(const Json& report) {
  return std::max(1e-3, report.at("common_s").get<double>());
}

void time_axis(Svg& svg, double top, double bottom, double end_s) {
  for (const double s : nice_ticks(0, end_s, 8)) {
    if (s < 0 || s > end_s) continue;
    const double x = x_of(s, 0, end_s);
    svg.line(x, top, x, bottom, "grid");
    svg.text(x, bottom + 16, fmt::format("{:g} s", s), "label", "middle");
  }
}

struct Plot {
  double top, height, reach_us, end_s;
  [[nodiscard]] double y(double us) const {
    return top + height / 2 - std::clamp(us, -reach_us, reach_us) / reach_us * height / 2;
  }
};

/// The band between lowest and highest of every column, or dots where every tick has its own.
void draw_envelope(Svg& svg, const Plot& plot, const Json& envelope, const std::string& css) {
  const auto time = envelope.at("time_s").get<std::vector<double>>();
  const auto low = envelope.at("low_us").get<std::vector<double>>();
  const auto high = envelope.at("high_us").get<std::vector<double>>();
  if (time.empty() || low.size() != time.size() || high.size() != time.size()) return;
  if (time.size() <= kDotsUpTo) {
    for (size_t i = 0; i < time.size(); ++i)
      svg.circle(x_of(time[i], 0, plot.end_s), plot.y(high[i]), 3, css,
                 fmt::format("{:.3f} s: {:+.0f} us", time[i], high[i]));
    return;
  }
  std::string d;
  const auto add = [&](size_t i, double us) {
    d += fmt::format("{}{:.1f} {:.1f}", d.empty() ? "M" : "L", x_of(time[i], 0, plot.end_s),
                     plot.y(us));
  };
  // Never thinner than a hair, so that a quiet stream can be seen.
  const double hair_us = plot.reach_us / plot.height;
  for (size_t i = 0; i < time.size(); ++i) add(i, high[i] + hair_us / 2);
  for (size_t i = time.size(); i-- > 0;) add(i, low[i] - hair_us / 2);
  svg.path(d + "Z", css);
}

double reach_of(const Json& envelope, double least) {
  double reach = least;
  for (const char* side : {"low_us", "high_us"}) {
    for (const Json& us : envelope.at(side))
      reach = std::max(reach, std::abs(us.get<double>()) * 1.1);
  }
  return reach;
}

void draw_residual_row(Svg& svg, const Json& device, size_t index, const Plot& plot,
                       double gate_us) {
  const bool reference = device.at("reference").get<bool>();
  for (const double us : {-gate_us, gate_us}) {
    svg.line(kLeft, plot.y(us), kRight, plot.y(us), "limit");
    svg.text(kLeft - 6, plot.y(us) + 4, fmt::format("{:+.0f}", us), "label", "end");
  }
  svg.line(kLeft, plot.y(0), kRight, plot.y(0), "axis");
  svg.text(kLeft - 6, plot.y(0) + 4, "0 us", "label", "end");
  svg.text(4, plot.top + 16, name_of(device), "strong");
  if (plot.reach_us > 1.3 * gate_us)
    svg.text(4, plot.top + 32, fmt::format("axis to ±{:.0f} us", plot.reach_us), "label");
  draw_envelope(svg, plot, device.at("depth_residual"), "head");
  if (!reference) draw_envelope(svg, plot, device.at("residual"), color_of(index));
  if (reference) svg.text(4, plot.top + 32, "source", "label");
}

const char* css_of_marks(bool lost) {
  return lost ? "fbad" : "fwarn";
}

void draw_marks(Svg& svg, const Json& spans, const Json& report, double y, bool lost) {
  const double fps = report.at("frames_per_second").get<double>();
  for (const Json& span : spans) {
    const double first = span.at("first_tick").get<double>();
    const double count = span.at("count").get<double>();
    const double from = x_of(first / fps, 0, length_s(report));
    const double to = x_of((first + count) / fps, 0, length_s(report));
    svg.rect(from - 1, y, std::max(3.0, to - from), 9, css_of_marks(lost),
             fmt::format("{} tick {:.0f}, {:.0f} in a row", lost ? "lost:" : "duplicated:", first,
                         count));
  }
}

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
    pulses.push_back({i, name_of(device), laser.at("phase_us").get<double>(),
                      laser.at("pulse_us").get<double>(), laser.at("pitch_us").get<double>()});
  }
  return pulses;
}

/// A pulse on a circle of one pitch, cut in two where it crosses the end.
void draw_pulse(Svg& svg, const Pulse& pulse, double pitch_us, double y, double height) {
  for (double from = pulse.phase_us - pulse.pitch_us; from < pitch_us; from += pulse.pitch_us) {
    const double begin = std::max(0.0, from), end = std::min(pitch_us, from + pulse.pulse_us);
    if (begin >= end) continue;
    svg.rect(x_of(begin, 0, pitch_us), y, x_of(end, 0, pitch_us) - x_of(begin, 0, pitch_us), height,
             color_of(pulse.device),
             fmt::format("{}: starts at {:.0f} us", pulse.name, pulse.phase_us));
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

void draw_histogram(Svg& svg, const Json& device, size_t index, double left, double bin_us) {
  constexpr double kTop = 22, kHeight = 90, kSpan = 300;
  const auto bins = device.at("histogram").get<std::vector<double>>();
  const double most = std::max(1.0, *std::max_element(bins.begin(), bins.end()));
  const double step = kSpan / static_cast<double>(bins.size());
  const double reach = bin_us * static_cast<double>(bins.size() / 2);
  svg.text(left, 14, name_of(device), "strong");
  for (size_t i = 0; i < bins.size(); ++i) {
    const double height = bins[i] / most * kHeight;
    const double us = (static_cast<double>(i) - static_cast<double>(bins.size() / 2)) * bin_us;
    svg.rect(left + static_cast<double>(i) * step, kTop + kHeight - height, step - 1, height,
             color_of(index), fmt::format("{:+.0f} us: {:.0f} ticks", us, bins[i]));
  }
  svg.line(left, kTop + kHeight, left + kSpan, kTop + kHeight, "axis");
  svg.text(left, kTop + kHeight + 15, fmt::format("{:+.0f} us", -reach));
  svg.text(left + kSpan / 2, kTop + kHeight + 15, "0", "label", "middle");
  svg.text(left + kSpan, kTop + kHeight + 15, fmt::format("{:+.0f} us", reach), "label", "end");
}

}  // namespace

std::string draw_residuals(std::string_view verify_json) {
  const Json report = Json::parse(verify_json);
  const double gate_us = std::max(1.0, report.at("gates").at("color-offset-fail-us").get<double>());
  const Json& devices = report.at("devices");
  constexpr double kRow = 104, kGap = 14;
  const double bottom = static_cast<double>(devices.size()) * (kRow + kGap);
  Svg svg(kWidth, bottom + 24, "Offset to plan over the take, one row per camera");
  time_axis(svg, 0, bottom, length_s(report));
  for (size_t i = 0; i < devices.size(); ++i) {
    const double reach = std::max(reach_of(devices[i].at("residual"), 1.2 * gate_us),
                                  reach_of(devices[i].at("depth_residual"), 1.2 * gate_us));
    draw_residual_row(svg, devices[i], i,
                      {static_cast<double>(i) * (kRow + kGap), kRow, reach, length_s(report)},
                      gate_us);
  }
  return "<h2>Offset to plan over the take</h2>\n<p class=\"muted\">In colour: each camera's "
         "colour stamps "
         "against the source, less the planned delay. Grey: its depth against its own colour. "
         "Dashed: the "
         "gate.</p>\n" +
         svg.take();
}

std::string draw_tick_timeline(std::string_view verify_json) {
  const Json report = Json::parse(verify_json);
  const Json& devices = report.at("devices");
  constexpr double kRow = 30;
  const double bottom = static_cast<double>(devices.size()) * kRow;
  Svg svg(kWidth, bottom + 24, "Lost and duplicated ticks over the take, one row per camera");
  time_axis(svg, 0, bottom, length_s(report));
  int64_t faults = 0;
  for (size_t i = 0; i < devices.size(); ++i) {
    const Json& device = devices[i];
    const double y = static_cast<double>(i) * kRow;
    svg.text(4, y + 18, name_of(device), "strong");
    svg.rect(kLeft, y + 4, kRight - kLeft, 9, "fgood", "colour");
    svg.rect(kLeft, y + 15, kRight - kLeft, 9, "fgood", "depth");
    draw_marks(svg, device.at("lost_color"), report, y + 4, true);
    draw_marks(svg, device.at("lost_depth"), report, y + 15, true);
    draw_marks(svg, device.at("duplicated_color"), report, y + 4, false);
    draw_marks(svg, device.at("duplicated_depth"), report, y + 15, false);
    faults += device.at("lost").get<int64_t>() + device.at("duplicated").get<int64_t>();
  }
  return fmt::format("<h2>Ticks</h2>\n<p class=\"muted\">Upper bar: colour, lower: depth. {}</p>\n",
                     faults == 0 ? "Every camera has every tick of the range common to all, once."
                                 : "Red: lost. Orange: duplicated.") +
         svg.take();
}

std::string draw_laser_phases(std::string_view verify_json) {
  const Json report = Json::parse(verify_json);
  const std::vector<Pulse> pulses = pulses_of(report);
  if (pulses.size() < 2) return {};
  double pitch_us = 0;
  for (const Pulse& pulse : pulses) pitch_us = std::max(pitch_us, pulse.pitch_us);
  constexpr double kRow = 24;
  const double bottom = static_cast<double>(pulses.size() + 1) * kRow + 8;
  Svg svg(kWidth, bottom + 24, "Laser pulses of every camera across one pitch");
  for (const double us : nice_ticks(0, pitch_us, 8)) {
    if (us < 0 || us > pitch_us) continue;
    svg.line(x_of(us, 0, pitch_us), 0, x_of(us, 0, pitch_us), bottom, "grid");
    svg.text(x_of(us, 0, pitch_us), bottom + 16, fmt::format("{:g} us", us), "label", "middle");
  }
  for (size_t i = 0; i < pulses.size(); ++i) {
    const double y = static_cast<double>(i) * kRow;
    svg.text(4, y + 16, pulses[i].name, "strong");
    svg.line(kLeft, y + kRow - 3, kRight, y + kRow - 3, "grid");
    draw_pulse(svg, pulses[i], pitch_us, y + 4, kRow - 8);
    draw_pulse(svg, pulses[i], pitch_us, bottom - kRow + 2, kRow - 6);
  }
  svg.text(4, bottom - kRow + 16, "all together", "label");
  svg.line(kLeft, bottom - kRow - 2, kRight, bottom - kRow - 2, "axis");
  return "<h2>Lasers across one pitch</h2>\n<p class=\"muted\">Every camera fires a train of such "
         "pulses, one "
         "per pitch. From the depth stamps, against the source's.</p>\n" +
         gap_line(report) + svg.take();
}

std::string draw_histograms(std::string_view verify_json) {
  const Json report = Json::parse(verify_json);
  const double bin_us = report.at("histogram_bin_us").get<double>();
  std::string html;
  std::vector<size_t> shown;
  for (size_t i = 0; i < report.at("devices").size(); ++i) {
    if (!report.at("devices")[i].at("histogram").empty()) shown.push_back(i);
  }
  constexpr size_t kPerRow = 3;
  for (size_t begin = 0; begin < shown.size(); begin += kPerRow) {
    Svg svg(kWidth, 134, "Scatter of single ticks about the camera's own offset");
    for (size_t k = begin; k < std::min(begin + kPerRow, shown.size()); ++k)
      draw_histogram(svg, report.at("devices")[shown[k]], shown[k],
                     10 + static_cast<double>(k - begin) * 345, bin_us);
    html += svg.take();
  }
  if (html.empty()) return {};
  return "<h2>Scatter of single ticks</h2>\n<p class=\"muted\">Colour offset of single ticks about "
         "the camera's "
         "own offset; stamps come in steps of 11.1 µs, and the source's scatter is in each.</p>\n" +
         html;
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "lockstep/report/verify_drawing_parts.h"
#include "lockstep/report/verify_drawings.h"

// The drawings over the take's time: offsets, ticks and arrival.

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kDotsUpTo = 60;    // single ticks are dots, more are a line with its band
constexpr double kLabelApart = 11;  // of two labels below each other
constexpr double kTickMark = 7;     // width of a single lost tick, which a pixel would hide

std::string device_name(const Json& device) {
  return device.at("name").get<std::string>();
}

/// Length of the range common to all; never 0.
double length_s(const Json& report) {
  return std::max(1e-3, report.at("common_s").get<double>());
}

std::vector<double> numbers(const Json& object, const char* key) {
  return object.at(key).get<std::vector<double>>();
}

/// One lane of a plot over time, symmetric about 0.
struct Lane {
  double top, height, reach_us, end_s;
  [[nodiscard]] double y(double us) const {
    return top + height / 2 - std::clamp(us, -reach_us, reach_us) / reach_us * height / 2;
  }
};

/// Dots where every tick has its own place, else the band between lowest and highest of every
/// column with the line through its middle.
void draw_envelope(Svg& svg, const Lane& lane, const Json& envelope, size_t device) {
  const auto time = numbers(envelope, "time_s");
  const auto low = numbers(envelope, "low_us"), high = numbers(envelope, "high_us");
  if (time.empty() || low.size() != time.size() || high.size() != time.size()) return;
  if (time.size() <= kDotsUpTo) {
    for (size_t i = 0; i < time.size(); ++i)
      svg.circle(x_of(time[i], 0, lane.end_s), lane.y(high[i]), 3, color_of(device),
                 fmt::format("{:.3f} s: {:+.0f} µs", time[i], high[i]));
    return;
  }
  std::string band;
  const auto add = [&](size_t i, double us) {
    band += fmt::format("{}{:.1f} {:.1f}", band.empty() ? "M" : "L", x_of(time[i], 0, lane.end_s),
                        lane.y(us));
  };
  for (size_t i = 0; i < time.size(); ++i) add(i, high[i]);
  for (size_t i = time.size(); i-- > 0;) add(i, low[i]);
  svg.path(band + "Z", color_of(device) + " half");
  std::vector<std::pair<double, double>> middle;
  for (size_t i = 0; i < time.size(); ++i)
    middle.emplace_back(x_of(time[i], 0, lane.end_s), lane.y((low[i] + high[i]) / 2));
  svg.polyline(middle, stroke_of(device));
}

double reach_of(const Json& envelope, double least) {
  double reach = least;
  for (const char* side : {"low_us", "high_us"}) {
    for (const double us : numbers(envelope, side)) reach = std::max(reach, std::abs(us) * 1.1);
  }
  return reach;
}

/// A strip of a drawing.
struct Row {
  double top, height;
};

/// Full-height marks where ticks are lost or doubled, so that a single one is seen.
void mark_ticks(Svg& svg, const Json& spans, double fps, double end_s, const Row& row, bool lost) {
  for (const Json& span : spans) {
    const double first = span.at("first_tick").get<double>();
    const double count = span.at("count").get<double>();
    const double from = x_of(first / fps, 0, end_s);
    const double wide = x_of((first + count) / fps, 0, end_s) - from;
    const double extra = std::max(0.0, kTickMark - wide);
    svg.rect(from - extra / 2, row.top, wide + extra, row.height, lost ? "fbad" : "fwarn",
             fmt::format("{} {} from tick {:.0f}", lost ? "lost:" : "doubled:",
                         count == 1 ? "1 tick" : fmt::format("{:.0f} ticks", count), first));
  }
}

void draw_lane(Svg& svg, const Json& report, size_t index, const Lane& lane, bool color) {
  const Json& device = report.at("devices")[index];
  const Json& gates = report.at("gates");
  const char* gate = color ? "color-offset-fail-us" : "depth-offset-fail-us";
  const double gate_us = gates.at(gate).get<double>();
  for (const double us : {-gate_us, gate_us}) {
    svg.line(kPlotLeft, lane.y(us), kPlotRight, lane.y(us), "limit");
    if (std::abs(lane.y(us) - lane.y(0)) >= kLabelApart)
      svg.text(kPlotLeft - 6, lane.y(us) + 4, fmt::format("{:+.0f}", us), "label", "end");
  }
  svg.line(kPlotLeft, lane.y(0), kPlotRight, lane.y(0), "axis");
  svg.text(kPlotLeft - 34, lane.y(0) + 4,
           color && !device.at("color").is_null() ? "colour" : "depth", "label", "end");
  svg.text(kPlotLeft - 6, lane.y(0) + 4, "0 µs", "label", "end");
  constexpr double kInside = 4;  // off the lane below
  if (lane.y(gate_us) - lane.top >= kLabelApart + kInside) {
    svg.text(kPlotLeft - 6, lane.top + 4 + kInside, fmt::format("{:+.0f}", lane.reach_us), "label",
             "end");
    svg.text(kPlotLeft - 6, lane.top + lane.height + 4 - kInside,
             fmt::format("{:+.0f}", -lane.reach_us), "label", "end");
  }
  draw_envelope(svg, lane, device.at(color ? "residual" : "depth_residual"), index);
  const double fps = report.at("frames_per_second").get<double>();
  const Row foot{lane.top + lane.height - 8, 8};
  mark_ticks(svg, device.at(color ? "lost_color" : "lost_depth"), fps, lane.end_s, foot, true);
  mark_ticks(svg, device.at(color ? "duplicated_color" : "duplicated_depth"), fps, lane.end_s, foot,
             false);
}

/// What a camera has to show: `residual` is of depth where it has no colour.
struct Lanes {
  bool color, depth;
  [[nodiscard]] int count() const { return (color ? 1 : 0) + (depth ? 1 : 0); }
};

Lanes lanes_of(const Json& device) {
  return {!device.at("residual").at("time_s").empty(),
          !device.at("depth_residual").at("time_s").empty()};
}

/// Where the clock of a camera began anew: first tick and how many it then ran.
struct Restart {
  double from_s, to_s;
};

std::vector<Restart> restarts_of(const Json& report, const Json& device) {
  std::vector<Restart> restarts;
  const double fps = report.at("frames_per_second").get<double>();
  for (const Json& finding : report.at("findings")) {
    if (finding.at("rule") != "clock-restart" || finding.at("device") != device.at("name") ||
        finding.at("span").is_null())
      continue;
    const double first = finding.at("span").at("first_tick").get<double>();
    restarts.push_back({first / fps, (first + finding.at("span").at("count").get<double>()) / fps});
  }
  return restarts;
}

/// A row of the timeline: what is judged, what came after a restart, and what is missing.
void draw_timeline_row(Svg& svg, const Json& report, const Json& device, double y, double end_s) {
  constexpr double kBar = 10;
  svg.text(4, y + 18, short_name(device_name(device)), "strong");
  const double judged = x_of(length_s(report), 0, end_s);
  const double fps = report.at("frames_per_second").get<double>();
  const Json* stream[] = {&device.at("color_captures"), &device.at("depth_captures")};
  const char* lost[] = {"lost_color", "lost_depth"};
  const char* doubled[] = {"duplicated_color", "duplicated_depth"};
  for (int i = 0; i < 2; ++i) {
    if (stream[i]->get<int64_t>() == 0) continue;
    const double top = y + 3 + i * (kBar + 2);
    svg.rect(kPlotLeft, top, judged - kPlotLeft, kBar, "fgood", i == 0 ? "colour" : "depth");
    for (const Restart& restart : restarts_of(report, device)) {
      const double from = std::max(x_of(restart.from_s, 0, end_s), judged);
      const double to = x_of(restart.to_s, 0, end_s);
      if (to > from) svg.rect(from, top, to - from, kBar, "head", "on a clock that began anew");
    }
    mark_ticks(svg, device.at(lost[i]), fps, end_s, {top, kBar}, true);
    mark_ticks(svg, device.at(doubled[i]), fps, end_s, {top, kBar}, false);
  }
  for (const Restart& restart : restarts_of(report, device)) {
    const double x = std::clamp(x_of(restart.from_s, 0, end_s), kPlotLeft, kPlotRight);
    svg.line(x, y, x, y + 28, "break");
    const bool at_end = x > kPlotRight - 160;
    // The earlier part ended before the range that is judged.
    const char* said = restart.from_s > 0 ? "clock began anew"
                                          : "clock began anew; what it had before is not judged";
    svg.text(at_end ? x - 5 : x + 5, y + 18, said, "strong onbar", at_end ? "end" : "start");
  }
}

}  // namespace

std::string draw_residuals(std::string_view verify_json) {
  const Json report = Json::parse(verify_json);
  const Json& devices = report.at("devices");
  constexpr double kLane = 64, kGap = 16, kHead = 20;
  int lanes = 0;
  size_t shown = 0;
  for (const Json& device : devices) {
    lanes += lanes_of(device).count();
    shown += lanes_of(device).count() > 0;
  }
  if (lanes == 0) return {};
  const double bottom = kHead + lanes * kLane + static_cast<double>(shown) * kGap;
  Svg svg(kDrawingWidth, bottom + 24, "Offset to plan over the take, one row per camera");
  draw_legend(svg, 2, {{"fbad", "tick lost"}, {"fwarn", "tick doubled"}});
  svg.line(kPlotLeft + 240, 7, kPlotLeft + 264, 7, "limit");
  svg.text(kPlotLeft + 270, 12, "gate");
  time_axis(svg, kHead, bottom, length_s(report));
  double top = kHead;
  for (size_t i = 0; i < devices.size(); ++i) {
    const Lanes has = lanes_of(devices[i]);
    if (has.count() == 0) continue;
    svg.text(4, top + 14, short_name(device_name(devices[i]), 22), "strong");
    if (devices[i].at("reference").get<bool>()) svg.text(4, top + 30, "source", "label");
    for (const bool color : {true, false}) {
      if (!(color ? has.color : has.depth)) continue;
      const double gate_us = report.at("gates")
                                 .at(color ? "color-offset-fail-us" : "depth-offset-fail-us")
                                 .get<double>();
      const double reach = reach_of(devices[i].at(color ? "residual" : "depth_residual"),
                                    1.2 * std::max(1.0, gate_us));
      draw_lane(svg, report, i, {top, kLane - 6, reach, length_s(report)}, color);
      top += kLane;
    }
    top += kGap;
  }
  return "<h2>Offset to plan over the take</h2>\n<p class=\"muted\">Each camera's colour against "
         "the source, less the planned delay, and its depth against its own colour. A healthy "
         "camera is a flat band about 0.</p>\n" +
         svg.take();
}

std::string draw_tick_timeline(std::string_view verify_json) {
  const Json report = Json::parse(verify_json);
  const Json& devices = report.at("devices");
  constexpr double kRow = 30, kHead = 20;
  double end_s = length_s(report);
  int64_t faults = 0;
  bool restarted = false;
  for (const Json& device : devices) {
    faults += device.at("lost").get<int64_t>() + device.at("duplicated").get<int64_t>();
    for (const Restart& restart : restarts_of(report, device)) {
      end_s = std::max(end_s, restart.to_s);
      restarted = true;
    }
  }
  const double bottom = kHead + static_cast<double>(devices.size()) * kRow;
  Svg svg(kDrawingWidth, bottom + 24, "Ticks over the take, one row per camera");
  draw_legend(svg, 2,
              {{"fgood", "there"},
               {"fbad", "lost"},
               {"fwarn", "doubled"},
               {"head", "after a restart: not judged"}});
  time_axis(svg, kHead, bottom, end_s);
  for (size_t i = 0; i < devices.size(); ++i)
    draw_timeline_row(svg, report, devices[i], kHead + static_cast<double>(i) * kRow, end_s);
  return fmt::format("<h2>Ticks</h2>\n<p class=\"muted\">Upper bar: colour, lower: depth.{}</p>\n",
                     faults == 0 && !restarted
                         ? " Every camera has every tick of the range common to all, once."
                         : "") +
         svg.take();
}

namespace {

/// Names beside the ends of their lines, moved apart where they would meet.
void draw_end_names(Svg& svg, std::vector<std::pair<double, size_t>> ends, const Json& devices,
                    double x, double bottom) {
  constexpr double kApart = 14;
  std::sort(ends.begin(), ends.end());
  double next = 10;
  for (size_t i = 0; i < ends.size(); ++i) {
    const double room_below = static_cast<double>(ends.size() - i - 1) * kApart;
    const double y = std::min(std::max(ends[i].first + 4, next), bottom - room_below);
    next = y + kApart;
    svg.rect(x + 4, y - 8, 8, 8, color_of(ends[i].second));
    svg.text(x + 16, y, short_name(device_name(devices[ends[i].second]), 20));
  }
}

}  // namespace

std::string draw_arrival(std::string_view verify_json) {
  const Json report = Json::parse(verify_json);
  const Json& devices = report.at("devices");
  constexpr double kHeight = 200, kRight = 860;
  const double end_s = length_s(report);
  const double gate_ppm = report.at("gates").at("arrival-fail-ppm").get<double>();
  double reach = std::max(100.0, 1.2 * gate_ppm * end_s);
  for (const Json& device : devices) {
    for (const double us : numbers(device.at("arrival_trace"), "late_us"))
      reach = std::max(reach, 1.1 * std::abs(us));
  }
  const Lane lane{6, kHeight - 12, reach, end_s};
  const auto x = [&](double s) {
    return kPlotLeft + std::clamp(s / end_s, 0.0, 1.0) * (kRight - kPlotLeft);
  };
  Svg svg(kDrawingWidth, kHeight + 24, "Host arrival against the ticks, less the source's");
  for (const double s : nice_ticks(0, end_s, 8)) {
    svg.line(x(s), 0, x(s), kHeight, "grid");
    svg.text(x(s), kHeight + 16, fmt::format("{:g} s", s), "label", "middle");
  }
  for (const double us : nice_ticks(-reach, reach, 6)) {
    svg.line(kPlotLeft, lane.y(us), kRight, lane.y(us), us == 0 ? "axis" : "grid");
    svg.text(kPlotLeft - 6, lane.y(us) + 4, us == 0 ? "0 µs" : fmt::format("{:+g} µs", us), "label",
             "end");
  }
  for (const double sign : {-1.0, 1.0})
    svg.line(x(0), lane.y(0), x(end_s), lane.y(sign * gate_ppm * end_s), "limit");
  std::vector<std::pair<double, size_t>> ends;
  for (size_t i = 0; i < devices.size(); ++i) {
    const auto time = numbers(devices[i].at("arrival_trace"), "time_s");
    const auto late = numbers(devices[i].at("arrival_trace"), "late_us");
    if (time.empty() || time.size() != late.size()) continue;
    std::vector<std::pair<double, double>> points;
    for (size_t k = 0; k < time.size(); ++k) points.emplace_back(x(time[k]), lane.y(late[k]));
    svg.polyline(points, stroke_of(i));
    ends.emplace_back(points.back().second, i);
  }
  if (ends.empty()) return {};
  draw_end_names(svg, ends, devices, kRight, kHeight);
  for (const Json& finding : report.at("findings")) {
    if (finding.at("rule") != "arrival-rate" || finding.at("span").is_null()) continue;
    const double at = x(finding.at("span").at("first_tick").get<double>() /
                        report.at("frames_per_second").get<double>());
    const auto link = finding.at("link").get<std::string>();
    svg.line(at, 0, at, kHeight, "break");
    const bool at_end = at > kRight - 260;
    svg.text(at_end ? at - 5 : at + 5, 14,
             (finding.at("level") == "fail" ? "line broke: " : "line may have broken: ") +
                 (link.empty() ? finding.at("device").get<std::string>() : link),
             "strong", at_end ? "end" : "start");
  }
  return fmt::format(
             "<h2>Host arrival</h2>\n<p class=\"muted\">When frames reached the host, against "
             "their "
             "ticks and less the source's: the earliest of every short window. A camera on the "
             "line "
             "is flat; one that lost it goes on by its own crystal and leaves the wedge of ±{:g} "
             "ppm "
             "(dashed). A jump is a slow USB, or a changed delay or exposure.</p>\n",
             gate_ppm) +
         svg.take();
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/report/plan_drawings.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "lockstep/base/modulo.h"
#include "lockstep/report/html.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kPageWidth = 1040;
constexpr size_t kColors = 10;

std::string color(char kind, size_t camera) {
  return fmt::format("{}{}", kind, camera % kColors);
}

std::string shortened(const std::string& text, size_t most) {
  return text.size() <= most ? text : text.substr(0, most - 1) + "…";
}

// ---- cables

struct Cable {
  std::string from, to, part;
};

// A column per step away from the source, a row per node within it.
struct Layout {
  std::map<std::string, std::pair<size_t, size_t>> cells;  // column, row
  size_t columns = 0, rows = 0;
};

Layout lay_out(const std::vector<std::string>& nodes, const std::vector<Cable>& cables) {
  std::map<std::string, size_t> depth;
  std::set<std::string> fed;
  for (const Cable& cable : cables) fed.insert(cable.to);
  for (const std::string& node : nodes) {
    if (fed.count(node) == 0) depth[node] = 0;
  }
  // A node is placed one column behind the first that feeds it. In a circle nobody is first: then
  // the next node in the list is taken for it.
  for (size_t round = 0; round < nodes.size() && depth.size() < nodes.size(); ++round) {
    const size_t before = depth.size();
    for (const Cable& cable : cables) {
      if (depth.count(cable.from) > 0 && depth.count(cable.to) == 0)
        depth[cable.to] = depth[cable.from] + 1;
    }
    if (depth.size() > before) continue;
    const auto unplaced = std::find_if(nodes.begin(), nodes.end(), [&](const std::string& node) {
      return depth.count(node) == 0;
    });
    depth[*unplaced] = 0;
  }
  Layout layout;
  std::map<size_t, size_t> used;
  for (const std::string& node : nodes) {
    const size_t column = depth.count(node) > 0 ? depth[node] : 0;
    layout.cells[node] = {column, used[column]++};
    layout.columns = std::max(layout.columns, column + 1);
    layout.rows = std::max(layout.rows, used[column]);
  }
  return layout;
}

constexpr double kBoxWidth = 140, kBoxHeight = 48, kStepX = 250, kStepY = 84, kMargin = 24;

void draw_cable(Svg& svg, const Cable& cable, const Layout& layout) {
  const auto [from_column, from_row] = layout.cells.at(cable.from);
  const auto [to_column, to_row] = layout.cells.at(cable.to);
  const double x1 = kMargin + static_cast<double>(from_column) * kStepX + kBoxWidth;
  const double y1 = kMargin + static_cast<double>(from_row) * kStepY + kBoxHeight / 2;
  const double x2 = kMargin + static_cast<double>(to_column) * kStepX;
  const double y2 = kMargin + static_cast<double>(to_row) * kStepY + kBoxHeight / 2;
  if (x2 > x1) {
    const double bend = (x2 - x1) / 2;
    svg.path(fmt::format("M{:.1f},{:.1f} C{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}", x1, y1,
                         x1 + bend, y1, x2 - bend, y2, x2 - 7, y2),
             "wire");
  } else {
    // Back to an earlier column: below the boxes, so that the circle is seen.
    const double below = std::max(y1, y2) + kBoxHeight / 2 + 16;
    svg.path(
        fmt::format("M{:.1f},{:.1f} h12 V{:.1f} H{:.1f} V{:.1f} h8", x1, y1, below, x2 - 15, y2),
        "limit");
  }
  svg.path(fmt::format("M{:.1f},{:.1f} l-9,-5 l0,10 z", x2, y2), "head");
  // The part's text ends with the length, which is what one looks for along a cable.
  const size_t comma = cable.part.rfind(", ");
  const std::string length = comma == std::string::npos ? "" : cable.part.substr(comma + 2);
  svg.text(x2 - 14, y2 + (y2 > y1 ? 19 : -7), length.size() < 12 ? length : "", "label", "end");
}

void draw_node(Svg& svg, const std::string& name, const std::string& second_line,
               const std::string& css, const Layout& layout) {
  const auto [column, row] = layout.cells.at(name);
  const double x = kMargin + static_cast<double>(column) * kStepX;
  const double y = kMargin + static_cast<double>(row) * kStepY;
  svg.rect(x, y, kBoxWidth, kBoxHeight, "box", name);
  if (!css.empty()) svg.rect(x, y, 5, kBoxHeight, css);
  svg.text(x + 14, y + 20, shortened(name, 18), "strong");
  svg.text(x + 14, y + 37, second_line);
}

// ---- lasers

struct Train {
  std::string name;
  double start_us;
  int pulses;
  double pulse_us, pitch_us;
};

std::vector<Train> trains_of(const Json& plan) {
  std::vector<Train> trains;
  for (const Json& camera : plan.at("cameras")) {
    const Json& laser = camera.at("laser");
    trains.push_back({camera.at("name").get<std::string>(),
                      camera.at("first_pulse_us").get<double>(), laser.at("pulses").get<int>(),
                      laser.at("pulse_us").get<double>(), laser.at("pitch_us").get<double>()});
  }
  return trains;
}

// A window of time, seen from `origin_us` of the frame, drawn as one row per camera.
struct Window {
  double origin_us, length_us, period_us;
  const char* title;
};

std::string draw_window(const std::vector<Train>& trains, const Window& window) {
  constexpr double kLeft = 130, kRow = 24, kTop = 26;
  const double width = kPageWidth - kLeft - 16;
  const double height = kTop + kRow * static_cast<double>(trains.size()) + 30;
  const auto x_of = [&](double us) { return kLeft + us / window.length_us * width; };
  Svg svg(kPageWidth, height, window.title);
  svg.text(0, 14, window.title, "strong");
  for (const double tick : nice_ticks(0, window.length_us, 8)) {
    svg.line(x_of(tick), kTop - 4, x_of(tick), height - 24, "grid");
    svg.text(x_of(tick), height - 8, fmt::format("{:g}", tick), "label", "middle");
  }
  svg.text(0, height - 8, "µs");
  for (size_t i = 0; i < trains.size(); ++i) {
    const Train& train = trains[i];
    const double y = kTop + kRow * static_cast<double>(i);
    svg.text(0, y + 14, shortened(train.name, 17));
    svg.line(kLeft, y + 20, kLeft + width, y + 20, "grid");
    for (int k = 0; k < train.pulses; ++k) {
      const double at =
          modulo(train.start_us + k * train.pitch_us - window.origin_us, window.period_us);
      if (at >= window.length_us) continue;
      const double bar = std::max(1.5, train.pulse_us / window.length_us * width);
      svg.rect(x_of(at), y + 2, bar, kRow - 6, color('c', i),
               fmt::format("{}: pulse {} at {:.1f} µs", train.name, k + 1, at));
    }
  }
  return svg.take();
}

}  // namespace

std::string draw_cables(std::string_view plan_json) {
  const Json plan = Json::parse(plan_json);
  std::vector<Cable> cables;
  std::vector<std::string> nodes;
  const auto add_node = [&](const std::string& name) {
    if (std::find(nodes.begin(), nodes.end(), name) == nodes.end()) nodes.push_back(name);
  };
  for (const Json& line : plan.at("wiring")) {
    cables.push_back({line.at("from_node").get<std::string>(),
                      line.at("to_node").get<std::string>(), line.at("part").get<std::string>()});
    add_node(cables.back().from);
    add_node(cables.back().to);
  }
  if (cables.empty()) return "";
  for (const Json& camera : plan.at("cameras")) add_node(camera.at("name").get<std::string>());
  const Layout layout = lay_out(nodes, cables);
  const double wanted = 2 * kMargin + static_cast<double>(layout.columns - 1) * kStepX + kBoxWidth;
  Svg svg(std::max(kPageWidth, wanted),
          2 * kMargin + static_cast<double>(layout.rows - 1) * kStepY + kBoxHeight,
          "Cable graph, from the source on the left");
  for (const Cable& cable : cables) draw_cable(svg, cable, layout);
  std::set<std::string> cameras;
  size_t index = 0;
  for (const Json& camera : plan.at("cameras")) {
    const auto name = camera.at("name").get<std::string>();
    const auto role = camera.at("config").at("wired_sync").get<std::string>();
    draw_node(svg, name,
              role == "MASTER"        ? "master"
              : role == "SUBORDINATE" ? "subordinate"
                                      : "no pulses",
              color('c', index++), layout);
    cameras.insert(name);
  }
  const auto source = plan.at("source").get<std::string>();
  for (const std::string& node : nodes) {
    if (cameras.count(node) == 0)
      draw_node(svg, node, node == source ? "generator" : "box", "", layout);
  }
  return svg.take();
}

std::string draw_lasers(std::string_view plan_json) {
  const Json plan = Json::parse(plan_json);
  const std::vector<Train> trains = trains_of(plan);
  const auto first = std::find_if(trains.begin(), trains.end(),
                                  [](const Train& train) { return train.pulses > 0; });
  if (first == trains.end()) return "";
  const double period_us = 1e6 / plan.at("frame_rate").get<int>();
  double pitch_us = 0;
  for (const Train& train : trains) pitch_us = std::max(pitch_us, train.pitch_us);
  const std::string frame_title =
      fmt::format("A whole frame, from the first pulse of {}", first->name);
  const std::string pitch_title =
      fmt::format("Its first {:g} µs, enlarged: one pulse of each camera", pitch_us);
  return draw_window(trains, {first->start_us, period_us, period_us, frame_title.c_str()}) +
         draw_window(trains, {first->start_us, pitch_us, period_us, pitch_title.c_str()});
}

}  // namespace lockstep

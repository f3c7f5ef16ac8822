// SPDX-License-Identifier: MIT
#include "lockstep/report/plan_page.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lockstep/base/text.h"
#include "lockstep/report/html.h"
#include "lockstep/report/plan_drawings.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json, const char* key) {
  return html_escape(json.at(key).get<std::string>());
}

std::string microseconds(double us) {
  return fmt::format("{:.1f}", us);
}

std::string title_of(const Json& plan) {
  const auto name = plan.at("rig").get<std::string>();
  return name.empty() ? "Unnamed rig" : name;
}

int64_t count(const Json& plan, std::string_view severity) {
  int64_t number = 0;
  for (const Json& finding : plan.at("findings"))
    number += finding.at("severity") == severity ? 1 : 0;
  return number;
}

std::string head(const Json& plan) {
  const int64_t errors = count(plan, "error");
  const int64_t warnings = count(plan, "warning");
  std::string badge = html_badge("good", "the plan holds");
  if (errors > 0) {
    badge = html_badge("bad", counted(errors, "broken rule"));
  } else if (warnings > 0) {
    badge = html_badge("warn", "the plan holds, with " + counted(warnings, "warning"));
  }
  const auto source = plan.at("source").get<std::string>();
  std::string line =
      plan.at("cameras").size() == 1 ? "standalone, no sync line" : "nobody gives pulses";
  if (!source.empty()) {
    line = fmt::format("pulses from {}{}",
                       plan.at("external_source").get<bool>() ? "the generator " : "",
                       html_escape(source));
  }
  return fmt::format("<h1>{}: the plan</h1><p class=\"muted\">{}{} at {} fps, {}</p><p>{}</p>\n",
                     html_escape(title_of(plan)),
                     plan.at("virtual").get<bool>() ? "virtual rig, " : "",
                     counted(static_cast<int64_t>(plan.at("cameras").size()), "camera"),
                     plan.at("frame_rate").get<int>(), line, badge);
}

std::string findings(const Json& plan) {
  if (plan.at("findings").empty()) return "";
  std::string out = "<h2>Findings</h2>\n";
  for (const Json& finding : plan.at("findings")) {
    const auto severity = finding.at("severity").get<std::string>();
    const char* css = severity == "error" ? "bad" : severity == "warning" ? "warn" : "note";
    out += fmt::format(
        "<div class=\"finding {}\"><p>{} <strong>{}</strong></p><p>Mend: {}</p><p class=\"muted "
        "mono\">{} · {}</p></div>\n",
        css, html_badge(severity == "note" ? "muted" : css, severity), text_of(finding, "message"),
        text_of(finding, "mend"), text_of(finding, "where"), text_of(finding, "rule"));
  }
  return out;
}

std::string role_of(const Json& camera) {
  const auto role = camera.at("config").at("wired_sync").get<std::string>();
  return role == "MASTER" ? "master" : role == "SUBORDINATE" ? "subordinate" : "standalone";
}

std::string cameras(const Json& plan) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& camera : plan.at("cameras")) {
    const Json& config = camera.at("config");
    rows.push_back(
        {fmt::format("<strong>{}</strong><br><span class=\"muted mono\">{}</span>",
                     text_of(camera, "name"), text_of(camera, "serial")),
         role_of(camera), std::to_string(camera.at("start_order").get<int>() + 1),
         std::to_string(config.at("subordinate_delay_us").get<int64_t>()),
         std::to_string(config.at("depth_delay_us").get<int64_t>()),
         config.at("color_mode") == "OFF" ? "off"
                                          : microseconds(camera.at("color_delay_us").get<double>()),
         config.at("depth_mode") == "OFF"
             ? "off"
             : microseconds(camera.at("depth_offset_us").get<double>()),
         fmt::format("{}<br>{}", text_of(config, "color_mode"), text_of(config, "depth_mode")),
         config.contains("exposure_us")
             ? fmt::format("{} µs", config.at("exposure_us").get<int64_t>())
             : "automatic"});
  }
  return "<h2>Cameras</h2><p class=\"muted\">Times in µs after a pulse. Delays are as asked of the "
         "device; colour and depth are when "
         "they really come, on registers that count 11.11 µs.</p>" +
         html_table({"camera", "role", ">starts", ">subordinate delay", ">depth delay",
                     ">colour at", ">depth at", "modes", "exposure"},
                    rows);
}

std::string lasers(const Json& plan) {
  // Errors of the cables or cameras come first: without gaps nothing of the lasers is planned.
  if (count(plan, "error") > 0 && plan.at("gaps").empty() && plan.at("cameras").size() > 1)
    return "<h2>Lasers</h2><p class=\"muted\">Not planned until the errors above are mended.</p>";
  const std::string drawing = draw_lasers(plan.dump());
  if (drawing.empty()) return "";
  std::string out =
      "<h2>Lasers</h2><p class=\"muted\">When each laser is on. Two of them on at once spoil the "
      "depth of both where both "
      "look.</p>" +
      drawing;
  const double least_us = plan.at("dark_gap").at("least_us").get<double>();
  std::vector<std::vector<std::string>> rows;
  for (const Json& gap : plan.at("gaps")) {
    constexpr size_t kMostRows = 8;
    if (rows.size() == kMostRows) break;
    const double us = gap.at("gap_us").get<double>();
    const bool matters = gap.at("may_overlap").get<bool>();
    const char* css = !matters ? "muted" : us < 0 ? "bad" : us < least_us ? "warn" : "good";
    rows.push_back({text_of(gap, "a") + " and " + text_of(gap, "b"),
                    fmt::format("<span class=\"{}\">{:.1f} µs</span>", css, us),
                    !matters        ? "views never meet"
                    : us < 0        ? "on together"
                    : us < least_us ? "too close"
                                    : "apart"});
  }
  if (rows.empty()) return out;
  return out +
         fmt::format(
             "<p class=\"muted\">Smallest dark gaps ({:g} µs are needed, {:g} aimed for):</p>",
             least_us, plan.at("dark_gap").at("aimed_us").get<double>()) +
         html_table({"lasers of", ">dark between them", ""}, rows);
}

std::string load(const Json& plan) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> headers{"", ">moves", ">carries about", "cameras"};
  bool limited = false;
  for (const Json& line : plan.at("load")) {
    const double limit = line.at("limit_megabytes_per_s").get<double>();
    std::string names;
    for (const Json& name : line.at("cameras"))
      names += (names.empty() ? "" : ", ") + html_escape(name.get<std::string>());
    limited = limited || limit > 0;
    rows.push_back({text_of(line, "what"),
                    fmt::format("{:.1f} MB/s", line.at("megabytes_per_s").get<double>()),
                    limit > 0 ? fmt::format("{:g} MB/s", limit) : "", names});
  }
  // Without a controller that the rig file names nothing is known of what it carries.
  if (!limited) {
    headers.erase(headers.begin() + 2);
    for (auto& row : rows) row.erase(row.begin() + 2);
  }
  return "<h2>Load</h2><p class=\"muted\">Depth is exact; MJPG colour is typical, the scene "
         "decides.</p>" +
         html_table(headers, rows);
}

std::string wiring(const Json& plan) {
  std::string out = "<h2>Wiring</h2>" + draw_cables(plan.dump());
  std::vector<std::vector<std::string>> rows;
  for (const Json& line : plan.at("wiring")) {
    rows.push_back({text_of(line, "from"), text_of(line, "to"), text_of(line, "part"),
                    text_of(line, "remark")});
  }
  if (!rows.empty()) out += html_table({"from", "to", "part", ""}, rows);
  if (plan.at("wiring_notes").empty()) return out;
  out += "<ul>";
  for (const Json& note : plan.at("wiring_notes"))
    out += "<li>" + html_escape(note.get<std::string>()) + "</li>";
  return out + "</ul>\n";
}

std::string start_order(const Json& plan) {
  if (plan.at("source").get<std::string>().empty()) return "";
  std::vector<std::pair<int, std::string>> order;
  for (const Json& camera : plan.at("cameras")) {
    order.emplace_back(camera.at("start_order").get<int>(),
                       text_of(camera, "name") + " (" + role_of(camera) + ")");
  }
  std::sort(order.begin(), order.end());
  std::string out = "<h2>Start order</h2><ol>";
  for (const auto& [position, name] : order) out += "<li>" + name + "</li>";
  if (plan.at("external_source").get<bool>()) {
    out += "<li>" + text_of(plan, "source") + " (generator: silent until all cameras wait)</li>";
  }
  return out + "</ol>\n";
}

}  // namespace

Result<std::string> plan_page_html(std::string_view plan_json) {
  try {
    const Json plan = Json::parse(plan_json);
    const std::string body = head(plan) + findings(plan) + wiring(plan) + lasers(plan) +
                             cameras(plan) + start_order(plan) + load(plan);
    return html_page(title_of(plan) + ": plan", body,
                     "computed from the rig file and the published facts of the cameras");
  } catch (const std::exception& error) {
    return Error{Errc::unusable_input,
                 fmt::format("cannot draw this plan: {}", json_problem(error.what()))};
  }
}

}  // namespace lockstep

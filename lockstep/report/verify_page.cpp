// SPDX-License-Identifier: MIT
#include "lockstep/report/verify_page.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "lockstep/base/text.h"
#include "lockstep/report/html.h"
#include "lockstep/report/verify_drawings.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json, const char* key) {
  return html_escape(json.at(key).get<std::string>());
}

/// Cameras whose family nothing tells.
std::string assumed_families(const Json& report) {
  std::string names, family;
  size_t assumed = 0;
  for (const Json& device : report.at("devices")) {
    if (device.at("family_by") != "assumption") continue;
    names += (assumed++ == 0 ? "" : ", ") + text_of(device, "name");
    family = text_of(device, "family");
  }
  if (assumed == 0) return {};
  return fmt::format(
      "<p class=\"muted\">Family of {}: {}, assumed: no file says so (--family names "
      "another)</p>\n",
      assumed > 1 && assumed == report.at("devices").size() ? "all" : names, family);
}

std::string head(const Json& report) {
  const auto fails = report.at("failures").get<int64_t>();
  const auto warnings = report.at("warnings").get<int64_t>();
  const char* css = fails > 0 ? "bad" : warnings > 0 ? "warn" : "good";
  std::string line;
  if (fails > 0) line += counted(fails, "failure");
  if (warnings > 0) line += (fails > 0 ? ", " : "with ") + counted(warnings, "warning");
  for (const Json& finding : report.at("findings")) {
    const std::string separator = line.empty() ? "" : "; ";
    if (finding.at("rule") == "take-unproved") line += separator + "UNPROVED take";
    if (finding.at("rule") == "take-incomplete") line += separator + "incomplete take";
    if (finding.at("rule") == "take-unfinished") line += separator + "take still being recorded";
    if (finding.at("rule") == "take-left-behind") line += separator + "take whose recorder died";
  }
  const auto name = report.at("take").get<std::string>();
  std::string html = fmt::format(
      "<p class=\"muted\">{}{}</p>\n<h1 class=\"{}\">{}{}{}</h1>\n",
      name.empty() ? counted(static_cast<int64_t>(report.at("devices").size()), "recording")
                   : "Take " + html_escape(name),
      report.at("origin") == "simulated" ? " · <b>simulated</b>" : "", css,
      text_of(report, "verdict_text"),
      line.empty() ? ""
      : fails > 0  ? ": "
                   : ", ",
      line);
  const auto ticks = report.at("common_ticks").get<int64_t>();
  const Json& devices = report.at("devices");
  const auto recorded = std::count_if(devices.begin(), devices.end(), [](const Json& d) {
    return d.at("color_captures").get<int64_t>() + d.at("depth_captures").get<int64_t>() > 0;
  });
  if (ticks > 0) {
    html += fmt::format(
        "<p>{} common to {}, {:.1f} s at {} fps, against <b>{}</b>; expected delays by {}.</p>\n",
        counted(ticks, "tick"),
        recorded == static_cast<int64_t>(devices.size())
            ? "all"
            : fmt::format("the {} of {} cameras that recorded", recorded, devices.size()),
        report.at("common_s").get<double>(), report.at("frames_per_second").get<int>(),
        text_of(report, "reference"), text_of(report, "expected_from"));
  }
  if (report.at("verdict") == "in-step" && report.at("witnesses").size() == 1)
    html += "<p class=\"warn\">Stamps alone cannot see a pulled sync cable.</p>\n";
  html += assumed_families(report);
  for (const Json& note : report.at("witness_notes"))
    html += fmt::format("<p class=\"muted\">{}</p>\n", html_escape(note.get<std::string>()));
  return html;
}

/// Where it is, in ticks and the device's own time; as verify prints it.
std::string span_of(const Json& report, const Json& finding) {
  const Json& span = finding.at("span");
  if (span.is_null()) return {};
  const auto first = span.at("first_tick").get<int64_t>();
  const auto count = span.at("count").get<int64_t>();
  const bool all = first == 0 && count == report.at("common_ticks").get<int64_t>();
  const bool restart = finding.at("rule") == "clock-restart";
  if (all && !restart) return "the whole take";
  const char* clock = restart ? "its new clock" : "device time";
  const double from_s = span.at("from_us").get<double>() * 1e-6;
  if (count == 1) return fmt::format("tick {}, {} {:.3f} s", first, clock, from_s);
  return fmt::format("ticks {} to {}, {} {:.3f} to {:.3f} s", first, first + count - 1, clock,
                     from_s, span.at("to_us").get<double>() * 1e-6);
}

std::string findings(const Json& report) {
  const Json& list = report.at("findings");
  if (list.empty()) return "<p class=\"good\">Nothing was found wrong.</p>\n";
  std::string html = "<h2>Findings</h2>\n";
  for (const Json& finding : list) {
    const auto level = finding.at("level").get<std::string>();
    const char* css = level == "fail" ? "bad" : level == "warning" ? "warn" : "muted";
    html += fmt::format("<div class=\"card finding {}\">{} {}", css, html_badge(css, level),
                        text_of(finding, "message"));
    std::string numbers = span_of(report, finding);
    const bool counted = finding.at("unit") == "ticks";  // the sentence says how many
    if (!finding.at("value").is_null() && !finding.at("gate").is_null() && !counted)
      numbers += fmt::format("{}{} {unit}, gate {} {unit}", numbers.empty() ? "" : "; ",
                             plain_number(finding.at("value").get<double>()),
                             plain_number(finding.at("gate").get<double>()),
                             fmt::arg("unit", text_of(finding, "unit")));
    if (!numbers.empty()) html += fmt::format("<br><span class=\"muted\">{}</span>", numbers);
    if (!finding.at("cause").get<std::string>().empty())
      html += "<br><b>Likely:</b> " + text_of(finding, "cause");
    if (!finding.at("mend").get<std::string>().empty())
      html += "<br><b>Do:</b> " + text_of(finding, "mend");
    html += "</div>\n";
  }
  return html;
}

std::string offset_cell(const Json& estimate) {
  if (estimate.is_null()) return "–";
  const double resolution = estimate.at("resolution_us").get<double>();
  const double error = std::max(resolution, 2 * estimate.at("se_us").get<double>());
  const int decimals = resolution > 0 ? 0 : 1;
  return fmt::format("{} ± {:.{}f}",
                     signed_number(estimate.at("offset_us").get<double>(), decimals), error,
                     decimals);
}

std::string rate_cell(const Json& rate) {
  if (rate.is_null()) return "–";
  if (!rate.at("judged").get<bool>()) return "too short";
  return fmt::format("{} ± {:.2f}", signed_number(rate.at("ppm").get<double>(), 2),
                     std::max(0.01, 2 * rate.at("se_ppm").get<double>()));
}

std::string jitter_cell(const Json& device) {
  const Json& estimate = device.at("color").is_null() ? device.at("depth") : device.at("color");
  return estimate.is_null() ? "–"
                            : fmt::format("{:.1f}", estimate.at("jitter_rms_us").get<double>());
}

/// Of colour; of depth too where that is beyond the gate.
std::string change_cell(const Json& device, double gate_us) {
  const Json &color = device.at("color_change_us"), &depth = device.at("depth_change_us");
  const std::string cell = color.is_null() ? "–" : signed_number(color.get<double>(), 0);
  if (depth.is_null() || std::abs(depth.get<double>()) <= gate_us) return cell;
  return cell + ", depth " + signed_number(depth.get<double>(), 0);
}

std::string camera_cell(const Json& device) {
  const auto said = device.at("role").get<std::string>();
  const std::string role = said == "MASTER"        ? "master"
                           : said == "SUBORDINATE" ? "sub"
                           : said == "STANDALONE"  ? "alone"
                                                   : html_escape(said);
  return fmt::format(
      "<b style=\"white-space:nowrap\">{}</b><br><span class=\"muted\" "
      "style=\"white-space:nowrap;font-size:13px\">{} {}</span>",
      text_of(device, "name"), role, text_of(device, "serial"));
}

/// `cell`, in the colour of the worst finding of these rules on the device.
std::string marked(const Json& report, const Json& device, std::string cell,
                   std::initializer_list<std::string_view> rules) {
  const char* css = "";
  for (const Json& finding : report.at("findings")) {
    const bool of_rule = std::find(rules.begin(), rules.end(),
                                   finding.at("rule").get<std::string_view>()) != rules.end();
    const Json& behind = finding.at("behind");
    const bool concerned =
        finding.at("device") == device.at("name") ||
        std::find(behind.begin(), behind.end(), device.at("name")) != behind.end();
    if (!of_rule || !concerned) continue;
    if (finding.at("level") == "fail") css = "bad";
    if (finding.at("level") == "warning" && *css == '\0') css = "warn";
  }
  return *css == '\0' ? cell : fmt::format("<b class=\"{}\">{}</b>", css, cell);
}

std::vector<std::string> device_row(const Json& report, const Json& device) {
  const bool reference = device.at("reference").get<bool>();
  const auto against_source = [&](const std::string& cell) {
    return reference ? std::string("source") : cell;
  };
  const auto count = [&](const char* key) { return std::to_string(device.at(key).get<int64_t>()); };
  const auto mark = [&](std::string cell, std::initializer_list<std::string_view> rules) {
    return marked(report, device, std::move(cell), rules);
  };
  return {camera_cell(device),
          fmt::format("{:.1f}", device.at("expected_color_us").get<double>()),
          mark(against_source(offset_cell(device.at("color"))), {"color-offset", "tick-offset"}),
          mark(offset_cell(device.at("depth")), {"depth-offset"}),
          mark(against_source(rate_cell(device.at("rate"))), {"rate"}),
          mark(against_source(rate_cell(device.at("arrival"))), {"arrival-rate"}),
          jitter_cell(device),
          mark(count("lost"), {"lost-ticks"}),
          mark(count("duplicated"), {"duplicated-ticks"}),
          mark(text_of(device, "exposure"), {"exposure-differs", "exposure-automatic"})};
}

std::string device_table(const Json& report) {
  const bool changes = !report.at("last_good").get<std::string>().empty();
  std::vector<std::string> headers = {"Camera",    ">Plan µs",     ">Colour µs", ">Depth µs",
                                      ">Rate ppm", ">Arrival ppm", ">Jitter µs", ">Lost",
                                      ">Doubled",  ">Exposure µs"};
  if (changes) headers.push_back(">Change µs");
  const double gate_us = report.at("gates").at("change-warn-us").get<double>();
  std::vector<std::vector<std::string>> rows;
  for (const Json& device : report.at("devices")) {
    rows.push_back(device_row(report, device));
    if (changes)
      rows.back().push_back(marked(report, device, change_cell(device, gate_us), {"changed"}));
  }
  return "<h2>Cameras</h2>\n<p class=\"muted\">Colour: offset to plan at mid-take, against the "
         "source. Depth: against its own colour, to plan. Jitter: rms about the camera's own line. "
         "± is twice the standard error, or the stamps' resolution where nothing dithers "
         "them.</p>\n" +
         html_table(headers, rows);
}

std::string gates(const Json& report) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, value] : report.at("gates").items())
    rows.push_back({html_escape(name), value.is_string()
                                           ? html_escape(value.get<std::string>())
                                           : fmt::format("{:g}", value.get<double>())});
  return "<details><summary>Gates that were used</summary>\n" +
         html_table({"Gate", ">Value"}, rows) + "</details>\n";
}

std::string page(const Json& report, std::string_view json) {
  std::string body = head(report);
  const bool aligned = report.at("common_ticks").get<int64_t>() > 0;
  body += findings(report);
  if (aligned) {
    body += device_table(report);
    body += draw_residuals(json);
    body += draw_tick_timeline(json);
    body += draw_arrival(json);
    body += draw_laser_phases(json);
    body += draw_histograms(json);
  }
  body += gates(report);
  const auto name = report.at("take").get<std::string>();
  const bool simulated = report.at("origin") == "simulated";
  return html_page(
      (name.empty() ? "Recordings" : name) + ": " + report.at("verdict_text").get<std::string>(),
      body, simulated ? "simulated" : "measured on the recordings named");
}

}  // namespace

Result<std::string> verify_page_html(std::string_view verify_json) {
  const auto bad = [](std::string_view why) {
    return Error{Errc::unusable_input, "the report can't be drawn: " + std::string(why)};
  };
  const Json report = Json::parse(verify_json, nullptr, false);
  if (report.is_discarded()) return bad("it is no JSON");
  try {
    if (report.at("kind") != "lockstep-verify") return bad("it is no report of lockstep verify");
    return page(report, verify_json);
  } catch (const Json::exception& error) {  // a member is missing or of another kind
    return bad(json_problem(error.what()));
  }
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/report/calibration_page.h"

#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "lockstep/base/text.h"
#include "lockstep/geometry/rigid.h"
#include "lockstep/report/calibration_drawings.h"
#include "lockstep/report/html.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kStyle =
    "<style>.views{display:grid;grid-template-columns:repeat(auto-fill,minmax(330px,1fr));gap:1rem}"
    ".views figure{margin:0}.views svg{width:100%;height:auto}.seen{fill:none;stroke:#0c9;"
    "stroke-width:1}.off{stroke:#f33;stroke-width:1.5}</style>\n";

std::string text_of(const Json& json, const char* key) {
  return html_escape(json.at(key).get<std::string>());
}

std::string head(const Json& calibration) {
  const auto verdict = calibration.at("verdict").get<std::string>();
  const char* css = verdict == "good" ? "good" : verdict == "weak" ? "bad" : "warn";
  const Json& ticks = calibration.at("ticks");
  std::string html = fmt::format(
      "<h1>{}: {}</h1>\n<p>{}{}</p>\n", html_escape(calibration.at("take").get<std::string>()),
      "where the cameras are", html_badge(css, verdict),
      calibration.at("simulated").get<bool>() ? " <b>simulated</b>" : "");
  const Json& held_out = calibration.at("held_out");
  if (!held_out.is_null()) {
    html += fmt::format(
        "<p>At {} that the solve never saw, corners carried from one camera into another come out "
        "<b>{} mm</b> (<b>{} px</b>) from where they are.</p>\n",
        counted(ticks.at("held_out").get<int64_t>(), "tick"),
        or_below(held_out.at("mm").get<double>(), 2), or_below(held_out.at("px").get<double>(), 2));
  }
  html += fmt::format(
      "<p class=\"muted\">{} looked at, {} solved with; board of {} x {} squares "
      "of {:.1f} mm.</p>\n",
      counted(ticks.at("looked_at").get<int64_t>(), "tick"), ticks.at("solved_with").get<int64_t>(),
      calibration.at("board").at("squares_x").get<int>(),
      calibration.at("board").at("squares_y").get<int>(),
      calibration.at("board").at("square_m").get<double>() * 1000);
  return html;
}

std::string advice(const Json& calibration) {
  std::string html;
  for (const Json& one : calibration.at("advice")) {
    const auto level = one.at("level").get<std::string>();
    const char* css = level == "fail" ? "bad" : level == "warning" ? "warn" : "muted";
    html += fmt::format("<div class=\"card finding {}\">{} {}", css, html_badge(css, level),
                        text_of(one, "message"));
    if (!one.at("mend").get<std::string>().empty())
      html += "<br><b>Do:</b> " + text_of(one, "mend");
    html += "</div>\n";
  }
  return html;
}

double sigma(const Json& covariance, size_t first) {
  double sum = 0;
  for (size_t i = first; i < first + 3; ++i) sum += covariance.at(i).at(i).get<double>();
  return std::sqrt(sum);
}

std::string sensor_cell(const Json& sensor) {
  if (sensor.at("views") == 0) return "–";
  return fmt::format("{:.3f} px, {} views, {:.0f} %", sensor.at("rms_px").get<double>(),
                     sensor.at("views").get<int>(), 100 * sensor.at("coverage").get<double>());
}

std::string camera_table(const Json& calibration) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& camera : calibration.at("cameras")) {
    const Json& at = camera.at("rig_from_depth").at("translation_m");
    const Json& covariance = camera.at("rig_from_depth_covariance");
    const auto metres = [&](size_t axis) {
      // No minus before what rounds to 0.
      return fmt::format("{:.4f}", std::round(1e4 * at.at(axis).get<double>()) / 1e4 + 0.0);
    };
    const bool fixed = sigma(covariance, 3) == 0;
    rows.push_back({text_of(camera, "name"), metres(0), metres(1), metres(2),
                    fixed ? "the reference"
                          : fmt::format("{:.2f} mm, {:.3f}°", 1000 * sigma(covariance, 3),
                                        kDegPerRad * sigma(covariance, 0)),
                    signed_number(1000 * camera.at("depth_offset_m").get<double>(), 1)});
  }
  return fmt::format(
             "<h2>Cameras</h2>\n<p class=\"muted\">In the rig's frame, which is fixed to "
             "the {}.</p>\n",
             calibration.at("origin") == "camera" ? "first camera"
                                                  : text_of(calibration, "origin")) +
         html_table({"camera", ">x, m", ">y, m", ">z, m", ">known to", ">depth offset, mm"}, rows);
}

std::string evidence_table(const Json& calibration) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& evidence : calibration.at("evidence")) {
    rows.push_back(
        {text_of(evidence, "camera"), sensor_cell(evidence.at("color")),
         sensor_cell(evidence.at("infrared")),
         fmt::format("{:.1f}", evidence.at("depth_rms_mm").get<double>()),
         fmt::format("{:.1f} to {:.1f} m, {:.0f}°", evidence.at("nearest_m").get<double>(),
                     evidence.at("farthest_m").get<double>(),
                     evidence.at("most_tilt_deg").get<double>())});
  }
  return "<h2>What they saw of the board</h2>\n<p class=\"muted\">How far corners are from where "
         "the solve has them, in how many views, and how much of the image they covered; how far "
         "away the board was, and how far it was turned between two ticks.</p>\n" +
         html_table({"camera", ">colour", ">infrared", ">depth, mm", ">board at"}, rows);
}

std::string pair_table(const Json& calibration) {
  if (calibration.at("pairs").empty()) return {};
  std::vector<std::vector<std::string>> rows;
  for (const Json& pair : calibration.at("pairs")) {
    const Json& held_out = pair.at("held_out");
    const auto number = [&](const char* key) {
      return held_out.is_null() ? std::string("–") : or_below(held_out.at(key).get<double>(), 2);
    };
    rows.push_back({text_of(pair, "a") + " and " + text_of(pair, "b"),
                    std::to_string(pair.at("ticks").get<int>()),
                    held_out.is_null() ? "–" : std::to_string(held_out.at("ticks").get<int>()),
                    number("mm"), number("disagreement_mm"), number("px")});
  }
  return "<h2>Pairs</h2>\n" + html_table({"cameras", ">shared ticks", ">held out", ">error, mm",
                                          ">disagreement, mm", ">disagreement, px"},
                                         rows);
}

std::string from_above(std::string_view calibration_json) {
  return std::string("<h2>From above</h2>\n") +
         (stands_upright(calibration_json)
              ? ""
              : "<p class=\"muted\">As the cameras stand: above is where the tops of their "
                "pictures "
                "point, and the first camera looks up the page. With --origin gravity or floor the "
                "view is level.</p>\n") +
         draw_rig_from_above(calibration_json);
}

std::string views(std::string_view shown_json, const std::vector<CalibrationPicture>& pictures) {
  return "<h2>What was seen</h2>\n<p class=\"muted\">Rings: corners as they were found. Red: which "
         "way the solve expects them, ten times as far off as they are.</p>\n<div "
         "class=\"views\">\n" +
         draw_shown_views(shown_json, pictures) + "</div>\n";
}

}  // namespace

Result<std::string> calibration_page_html(std::string_view calibration_json,
                                          std::string_view shown_json,
                                          const std::vector<CalibrationPicture>& pictures) {
  try {
    const Json calibration = Json::parse(calibration_json);
    const std::string body = kStyle + head(calibration) + advice(calibration) +
                             from_above(calibration_json) + camera_table(calibration) +
                             pair_table(calibration) + evidence_table(calibration) +
                             views(shown_json, pictures);
    return html_page(calibration.at("take").get<std::string>() + ": calibration", body,
                     calibration.at("simulated").get<bool>() ? "simulated" : "");
  } catch (const Json::exception& wrong) {
    return Error{Errc::unusable_input,
                 "this is no JSON of a calibration: " + json_problem(wrong.what())};
  }
}

}  // namespace lockstep

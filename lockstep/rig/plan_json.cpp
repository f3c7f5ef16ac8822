// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "lockstep/base/text.h"
#include "lockstep/rig/laser_plan.h"

// The JSON form of a plan: docs/schemas/plan.schema.json.

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;
constexpr std::array<std::string_view, 3> kSeverities{"note", "warning", "error"};
constexpr std::array<std::string_view, 2> kClocks{"disciplined", "free-running"};

// ---- to JSON

Json config_json(const CameraConfig& config) {
  Json json{{"color_mode", color_mode_name(config.color_format, config.color_resolution)},
            {"depth_mode", to_string(config.depth_mode)},
            {"frame_rate", frames_per_second(config.frame_rate)},
            {"wired_sync", to_string(config.wired_sync)},
            {"depth_delay_us", config.depth_delay_off_color.count()},
            {"subordinate_delay_us", config.subordinate_delay_off_master.count()},
            {"synchronized_images_only", config.synchronized_images_only},
            {"imu", config.imu}};
  if (config.exposure) json["exposure_us"] = config.exposure->count();
  if (config.gain) json["gain"] = *config.gain;
  if (config.white_balance_k) json["white_balance_k"] = *config.white_balance_k;
  if (config.powerline) json["powerline_hz"] = *config.powerline == Powerline::hz50 ? 50 : 60;
  return json;
}

Json camera_json(const PlannedCamera& camera) {
  return {{"name", camera.name},
          {"serial", camera.serial},
          {"family", to_string(camera.family)},
          {"config", config_json(camera.config)},
          {"start_order", camera.start_order},
          {"hops", camera.hops},
          {"clock", kClocks[camera.clock_disciplined ? 0 : 1]},
          {"color_delay_us", camera.color_delay_us},
          {"depth_delay_us", camera.depth_delay_us},
          {"depth_offset_us", camera.depth_offset_us()},
          {"first_pulse_us", camera.first_pulse_us},
          {"laser",
           {{"pulses", camera.laser.pulses},
            {"pulse_us", camera.laser.pulse_us},
            {"pitch_us", camera.laser.pitch_us}}}};
}

Json load_json(const PlannedLoad::Line& line) {
  return {{"what", line.what},
          {"megabytes_per_s", line.megabytes_per_s},
          {"limit_megabytes_per_s", line.limit_megabytes_per_s},
          {"cameras", line.cameras}};
}

template <typename T, typename F>
Json list_json(const std::vector<T>& items, F to_json) {
  Json list = Json::array();
  for (const T& item : items) list.push_back(to_json(item));
  return list;
}

Json finding_json(const PlanFinding& finding) {
  return {{"severity", kSeverities[static_cast<size_t>(finding.severity)]},
          {"rule", finding.rule},
          {"where", finding.where},
          {"message", finding.message},
          {"mend", finding.mend}};
}

// ---- from JSON; nlohmann's exceptions say what is missing and stop in plan_from_json

// A value that JSON's types admit and the schema does not.
[[noreturn]] void refuse(std::string_view key, const std::string& value) {
  throw std::invalid_argument(fmt::format("'{}' cannot be '{}'", key, value));
}

template <typename T>
T known(std::optional<T> value, std::string_view key, const std::string& text) {
  if (!value) refuse(key, text);
  return *value;
}

template <typename F>
auto parsed(const Json& json, const char* key, F from_text) {
  const auto text = json.at(key).get<std::string>();
  return known(from_text(text), key, text);
}

// A whole number within what any plan can hold: beyond it arithmetic would overflow later.
int whole_at(const Json& json, const char* key) {
  constexpr double kMost = 1e9;
  const Json& value = json.at(key);
  if (!value.is_number_integer() || std::abs(value.get<double>()) > kMost)
    refuse(key, value.is_number() ? value.dump() : value.type_name());
  return value.get<int>();
}

double number_at(const Json& json, const char* key) {
  constexpr double kMost = 1e12;
  const auto value = json.at(key).get<double>();
  if (!(std::abs(value) <= kMost)) refuse(key, fmt::format("{}", value));
  return value;
}

FrameRate rate_from(const Json& json) {
  const int fps = whole_at(json, "frame_rate");
  return known(frame_rate_from(fps), "frame_rate", std::to_string(fps));
}

CameraConfig config_from(const Json& json) {
  CameraConfig config;
  const ColorMode color = parsed(json, "color_mode", color_mode_from);
  config.color_format = color.format;
  config.color_resolution = color.resolution;
  config.depth_mode = parsed(json, "depth_mode", depth_mode_from);
  config.frame_rate = rate_from(json);
  config.wired_sync = parsed(json, "wired_sync", wired_sync_from);
  config.depth_delay_off_color = Micros(whole_at(json, "depth_delay_us"));
  config.subordinate_delay_off_master = Micros(whole_at(json, "subordinate_delay_us"));
  config.synchronized_images_only = json.at("synchronized_images_only").get<bool>();
  config.imu = json.at("imu").get<bool>();
  if (json.contains("exposure_us")) config.exposure = Micros(whole_at(json, "exposure_us"));
  if (json.contains("gain")) config.gain = whole_at(json, "gain");
  if (json.contains("white_balance_k")) config.white_balance_k = whole_at(json, "white_balance_k");
  if (json.contains("powerline_hz")) {
    config.powerline = whole_at(json, "powerline_hz") == 50 ? Powerline::hz50 : Powerline::hz60;
  }
  return config;
}

bool disciplined_from(const Json& json) {
  const auto text = json.at("clock").get<std::string>();
  if (text != kClocks[0] && text != kClocks[1]) refuse("clock", text);
  return text == kClocks[0];
}

PlannedCamera camera_from(const Json& json) {
  PlannedCamera camera;
  camera.name = json.at("name").get<std::string>();
  camera.serial = json.at("serial").get<std::string>();
  camera.family = parsed(json, "family", family_from);
  camera.config = config_from(json.at("config"));
  camera.start_order = whole_at(json, "start_order");
  camera.hops = whole_at(json, "hops");
  camera.clock_disciplined = disciplined_from(json);
  camera.color_delay_us = number_at(json, "color_delay_us");
  camera.depth_delay_us = number_at(json, "depth_delay_us");
  camera.first_pulse_us = number_at(json, "first_pulse_us");
  const Json& laser = json.at("laser");
  camera.laser = {whole_at(laser, "pulses"), number_at(laser, "pulse_us"),
                  number_at(laser, "pitch_us")};
  return camera;
}

PlannedLoad::Line load_from(const Json& json) {
  return {json.at("what").get<std::string>(), number_at(json, "megabytes_per_s"),
          number_at(json, "limit_megabytes_per_s"),
          json.at("cameras").get<std::vector<std::string>>()};
}

Severity severity_from(const Json& json) {
  const auto text = json.at("severity").get<std::string>();
  for (size_t i = 0; i < kSeverities.size(); ++i) {
    if (kSeverities[i] == text) return static_cast<Severity>(i);
  }
  refuse("severity", text);
}

PlanFinding finding_from(const Json& json) {
  return {severity_from(json), json.at("rule").get<std::string>(),
          json.at("where").get<std::string>(), json.at("message").get<std::string>(),
          json.at("mend").get<std::string>()};
}

Plan plan_from(const Json& json) {
  if (whole_at(json, "schema") != kSchema) refuse("schema", json.at("schema").dump());
  Plan plan;
  plan.rig_name = json.at("rig").get<std::string>();
  plan.is_virtual = json.at("virtual").get<bool>();
  plan.frame_rate = rate_from(json);
  plan.source = json.at("source").get<std::string>();
  plan.external_source = json.at("external_source").get<bool>();
  plan.settle_before_master_s = number_at(json, "settle_before_master_s");
  for (const Json& camera : json.at("cameras")) plan.cameras.push_back(camera_from(camera));
  for (const Json& gap : json.at("gaps")) {
    plan.gaps.push_back({gap.at("a").get<std::string>(), gap.at("b").get<std::string>(),
                         number_at(gap, "gap_us"), gap.at("may_overlap").get<bool>()});
  }
  for (const Json& line : json.at("load")) plan.load.lines.push_back(load_from(line));
  for (const Json& line : json.at("wiring")) {
    plan.wiring.push_back({line.at("from").get<std::string>(), line.at("to").get<std::string>(),
                           line.at("part").get<std::string>(), line.at("remark").get<std::string>(),
                           line.at("from_node").get<std::string>(),
                           line.at("to_node").get<std::string>()});
  }
  plan.wiring_notes = json.at("wiring_notes").get<std::vector<std::string>>();
  for (const Json& finding : json.at("findings")) plan.findings.push_back(finding_from(finding));
  return plan;
}

}  // namespace

std::string plan_to_json(const Plan& plan) {
  Json json{{"schema", kSchema},
            {"kind", "lockstep-plan"},
            {"rig", plan.rig_name},
            {"virtual", plan.is_virtual},
            {"frame_rate", frames_per_second(plan.frame_rate)},
            {"source", plan.source},
            {"external_source", plan.external_source},
            {"settle_before_master_s", plan.settle_before_master_s}};
  json["cameras"] = list_json(plan.cameras, camera_json);
  json["gaps"] = list_json(plan.gaps, [](const LaserGap& gap) {
    return Json{
        {"a", gap.a}, {"b", gap.b}, {"gap_us", gap.gap_us}, {"may_overlap", gap.may_overlap}};
  });
  json["dark_gap"] = {{"least_us", kLeastDarkGapUs}, {"aimed_us", kAimedDarkGapUs}};
  json["load"] = list_json(plan.load.lines, load_json);
  json["wiring"] = list_json(plan.wiring, [](const WiringLine& line) {
    return Json{{"from", line.from},           {"to", line.to},
                {"part", line.part},           {"remark", line.remark},
                {"from_node", line.from_node}, {"to_node", line.to_node}};
  });
  json["wiring_notes"] = plan.wiring_notes;
  json["findings"] = list_json(plan.findings, finding_json);
  // A name in the rig file may hold bytes that are no UTF-8; a report must not fail over them.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Plan> plan_from_json(std::string_view json) {
  try {
    return plan_from(Json::parse(json));
  } catch (const std::exception& error) {
    return Error{Errc::unusable_input,
                 fmt::format("this is not the JSON of a plan: {}", json_problem(error.what()))};
  }
}

}  // namespace lockstep

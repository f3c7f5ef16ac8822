// SPDX-License-Identifier: MIT
#include <cmath>
#include <nlohmann/json.hpp>

#include "lockstep/sync/report.h"

// The report as JSON. Numbers are rounded to what they can carry, so that two builds write the
// same.

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchemaVersion = 2;
constexpr size_t kSpansKept = 500;  // of a hopeless take; the counts are whole

double hundredth(double value) {
  return std::round(value * 100) / 100 + 0.0;
}

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}
Json rounded_or_null(const std::optional<double>& value) {
  return value ? Json(hundredth(*value)) : Json(nullptr);
}

Json json_of(const TickSpan& span) {
  return {{"first_tick", span.first_tick},
          {"count", span.count},
          {"from_us", span.from_us},
          {"to_us", span.to_us}};
}

Json json_of(const std::vector<TickSpan>& spans) {
  Json list = Json::array();
  for (size_t i = 0; i < std::min(spans.size(), kSpansKept); ++i) list.push_back(json_of(spans[i]));
  return list;
}

Json json_of(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(hundredth(value));
  return list;
}

Json json_of(const std::optional<OffsetEstimate>& estimate) {
  if (!estimate) return nullptr;
  return {{"offset_us", hundredth(estimate->offset_us)},
          {"se_us", hundredth(estimate->se_us)},
          {"resolution_us", hundredth(estimate->resolution_us)},
          {"jitter_rms_us", hundredth(estimate->jitter_rms_us)},
          {"worst_tick_us", hundredth(estimate->worst_tick_us)},
          {"worst_tick", estimate->worst_tick},
          {"ticks", estimate->ticks}};
}

Json json_of(const std::optional<RateEstimate>& rate) {
  if (!rate) return nullptr;
  return {{"ppm", std::round(rate->ppm * 1000) / 1000 + 0.0},
          {"se_ppm", std::round(rate->se_ppm * 1000) / 1000 + 0.0},
          {"judged", rate->judged},
          {"first_tick", rate->first_tick},
          {"ticks", rate->ticks}};
}

Json json_of(const ArrivalTrace& trace) {
  Json time_s = Json::array();
  for (const double s : trace.time_s) time_s.push_back(hundredth(s));
  return {{"time_s", time_s}, {"late_us", json_of(trace.late_us)}};
}

/// On the rig time of take.json, with how well it is known.
Json json_of(const std::optional<ClockMap>& map) {
  if (!map) return nullptr;
  const auto fine = [](double value) { return std::round(value * 1e4) / 1e4 + 0.0; };
  return {{"offset_us", fine(map->offset_us)},
          {"offset_se_us", fine(map->offset_se_us)},
          {"at_rig_ns", map->mid.time_since_epoch().count()},
          {"rate_ppm", fine(map->rate_ppm)},
          {"rate_se_ppm", fine(map->rate_se_ppm)},
          {"residual_rms_us", fine(map->rms_us)},
          {"from_ns", map->from.ns()},
          {"to_ns", map->to.ns()}};
}

Json json_of(const Envelope& plot) {
  Json time_s = Json::array();
  for (const double s : plot.time_s) time_s.push_back(std::round(s * 1e4) / 1e4);
  return {{"time_s", time_s}, {"low_us", json_of(plot.low_us)}, {"high_us", json_of(plot.high_us)}};
}

Json json_of(const DeviceReport& device) {
  return {{"name", device.name},
          {"source", device.source},
          {"serial", device.serial},
          {"family", device.family},
          {"family_by", device.family_by},
          {"role", device.role},
          {"virtual", device.is_virtual},
          {"reference", device.is_reference},
          {"clock", device.clock_disciplined ? "disciplined" : "free-running"},
          {"color_captures", device.color_captures},
          {"depth_captures", device.depth_captures},
          {"first_stamp_us", hundredth(device.first_stamp_us)},
          {"expected_color_us", hundredth(device.expected_color_us)},
          {"expected_depth_us", hundredth(device.expected_depth_us)},
          {"color", json_of(device.color)},
          {"depth", json_of(device.depth)},
          {"rate", json_of(device.rate)},
          {"arrival", json_of(device.arrival)},
          {"arrival_trace", json_of(device.arrival_trace)},
          {"clock_map", json_of(device.clock_map)},
          {"exposure_us", or_null(device.exposure_us)},
          {"exposure", device.exposure},
          {"lost", device.lost},
          {"duplicated", device.duplicated},
          {"lost_color", json_of(device.lost_color)},
          {"lost_depth", json_of(device.lost_depth)},
          {"duplicated_color", json_of(device.duplicated_color)},
          {"duplicated_depth", json_of(device.duplicated_depth)},
          {"restarts", json_of(device.restarts)},
          {"color_change_us", rounded_or_null(device.color_change_us)},
          {"depth_change_us", rounded_or_null(device.depth_change_us)},
          {"laser",
           {{"phase_us", rounded_or_null(device.laser_phase_us)},
            {"pulse_us", device.laser_pulse_us},
            {"pitch_us", device.laser_pitch_us}}},
          {"damage", device.damage},
          {"residual", json_of(device.residual)},
          {"depth_residual", json_of(device.depth_residual)},
          {"histogram", device.histogram},
          {"histogram_center_us", hundredth(device.histogram_center_us)},
          {"histogram_outside", device.histogram_outside}};
}

Json json_of(const LaserReport& pair) {
  return {{"a", pair.a},
          {"b", pair.b},
          {"smallest_gap_us", hundredth(pair.smallest_gap_us)},
          {"typical_gap_us", hundredth(pair.typical_gap_us)},
          {"largest_gap_us", hundredth(pair.largest_gap_us)},
          {"judged_gap_us", hundredth(pair.judged_gap_us)},
          {"sure_gap_us", hundredth(pair.sure_gap_us)},
          {"short_from_s", hundredth(pair.short_from_s)},
          {"short_to_s", hundredth(pair.short_to_s)},
          {"at_s", hundredth(pair.at_s)},
          {"windows", pair.windows},
          {"windows_below", pair.windows_below},
          {"overlap", pair.overlap}};
}

Json json_of(const Finding& finding) {
  constexpr const char* kLevels[] = {"fail", "warning", "note"};
  return {{"level", kLevels[static_cast<int>(finding.level)]},
          {"rule", finding.rule},
          {"device", finding.device},
          {"link", finding.link},
          {"behind", finding.behind},
          {"stream", finding.stream},
          {"span", finding.span ? json_of(*finding.span) : Json(nullptr)},
          {"value", rounded_or_null(finding.value)},
          {"gate", rounded_or_null(finding.gate)},
          {"unit", finding.unit},
          {"message", finding.message},
          {"cause", finding.cause},
          {"mend", finding.mend}};
}

Json json_of(const Gates& gates) {
  Json json = Json::object();
  for (const GateEntry& entry : gate_entries()) json[std::string(entry.name)] = gates.*entry.value;
  json["clock"] = to_string(gates.clock);
  return json;
}

template <typename T>
Json list_of(const std::vector<T>& items) {
  Json list = Json::array();
  for (const T& item : items) list.push_back(json_of(item));
  return list;
}

std::string_view name_of(Verdict verdict) {
  constexpr std::string_view kNames[] = {"in-step",      "not-in-step", "not-wired",
                                         "not-one-take", "standalone",  "nothing-to-judge"};
  return kNames[static_cast<int>(verdict)];
}

}  // namespace

std::string sync_report_to_json(const SyncReport& report) {
  const Json json = {{"schema", kSchemaVersion},
                     {"kind", "lockstep-verify"},
                     {"verdict", name_of(report.verdict)},
                     {"verdict_text", report.verdict_text()},
                     {"passes", report.passes()},
                     {"failures", report.count(FindingLevel::fail)},
                     {"warnings", report.count(FindingLevel::warning)},
                     {"witnesses", report.witnesses},
                     {"witness_notes", report.witness_notes},
                     {"take", report.name},
                     {"origin", report.is_virtual ? "simulated" : "recorded"},
                     {"has_plan", report.has_plan},
                     {"expected_from", report.expected_from},
                     {"reference", report.reference},
                     {"stamp_meaning", report.stamp_meaning},
                     {"frames_per_second", report.frames_per_second},
                     {"common_ticks", report.common_ticks},
                     {"common_s", hundredth(report.common_s)},
                     {"histogram_bin_us", hundredth(kRegisterStepUs)},
                     {"last_good", report.last_good},
                     {"devices", list_of(report.devices)},
                     {"lasers", list_of(report.lasers)},
                     {"findings", list_of(report.findings)},
                     {"gates", json_of(report.gates)}};
  // Names come from files: bytes that are no UTF-8 must not stop the report.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<LastGood> last_good_from_json(std::string_view text, std::string_view name) {
  const auto bad = [&](std::string_view why) {
    return Error{Errc::unusable_input, std::string(name) + ": " + std::string(why)};
  };
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("kind", Json()) != "lockstep-verify")
    return bad("is not a report of lockstep verify");
  // Version 1 has what is compared at the same place.
  if (json.value("schema", Json()) != kSchemaVersion && json.value("schema", Json()) != 1)
    return bad("is of another version of lockstep verify");
  LastGood last;
  const auto text_at = [](const Json& object, const char* key) {
    const auto at = object.find(key);
    return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  const auto offset_at = [](const Json& object, const char* key) -> std::optional<double> {
    const auto at = object.find(key);
    if (at == object.end() || !at->is_object()) return std::nullopt;
    const auto offset = at->find("offset_us");
    if (offset == at->end() || !offset->is_number()) return std::nullopt;
    return offset->get<double>();
  };
  last.name = text_at(json, "take").empty() ? std::string(name) : text_at(json, "take");
  last.passes = json.value("passes", Json()) == true && json.value("verdict", Json()) == "in-step";
  const auto devices = json.find("devices");
  if (devices == json.end() || !devices->is_array()) return bad("names no devices");
  for (const Json& device : *devices) {
    if (!device.is_object()) return bad("names no devices");
    last.devices.push_back({text_at(device, "name"), text_at(device, "serial"),
                            offset_at(device, "color"), offset_at(device, "depth")});
  }
  return last;
}

}  // namespace lockstep

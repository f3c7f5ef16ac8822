// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/calibration_report_json.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 3> kLevels{"fail", "warning", "note"};

Json json_of(const CarriedCorners& carried) {
  return {{"corners", carried.corners},
          {"ticks", carried.ticks},
          {"mm", carried.mm},
          {"disagreement_mm", carried.disagreement_mm},
          {"with_noise_mm", carried.with_noise_mm},
          {"px", carried.px}};
}

Json json_of(const SensorEvidence& sensor) {
  return {{"views", sensor.views},
          {"rms_px", sensor.rms_px},
          {"worst_view_px", sensor.worst_view_px},
          {"coverage", sensor.coverage}};
}

Json evidence_of(const CalibrationReport& report) {
  Json all = Json::array();
  for (size_t i = 0; i < report.cameras.size(); ++i) {
    const CameraEvidence& camera = report.cameras[i];
    all.push_back({{"camera", report.calibration.cameras[i].name},
                   {"color", json_of(camera.color)},
                   {"infrared", json_of(camera.infrared)},
                   {"depth_rms_mm", camera.depth_rms_mm},
                   {"nearest_m", camera.nearest_m},
                   {"farthest_m", camera.farthest_m},
                   {"most_tilt_deg", camera.most_tilt_deg}});
  }
  return all;
}

Json pairs_of(const CalibrationReport& report) {
  Json all = Json::array();
  for (const PairEvidence& pair : report.pairs) {
    all.push_back({{"a", report.calibration.cameras[static_cast<size_t>(pair.a)].name},
                   {"b", report.calibration.cameras[static_cast<size_t>(pair.b)].name},
                   {"ticks", pair.ticks},
                   {"held_out", pair.held_out ? json_of(*pair.held_out) : Json()}});
  }
  return all;
}

Json advice_of(const CalibrationReport& report) {
  Json all = Json::array();
  for (const Advice& advice : report.advice) {
    all.push_back({{"level", kLevels[static_cast<size_t>(advice.level)]},
                   {"rule", advice.rule},
                   {"cameras", advice.cameras},
                   {"message", advice.message},
                   {"mend", advice.mend}});
  }
  return all;
}

}  // namespace

std::string calibration_report_to_json(const CalibrationReport& report) {
  Json root = Json::parse(write_rig_calibration(report.calibration));
  root["simulated"] = report.simulated;
  root["take"] = report.take;
  root["verdict"] = verdict_of(report);
  root["board"] = {
      {"squares_x", report.board.squares_x},
      {"squares_y", report.board.squares_y},
      {"square_m", report.board.square_m},
      {"square_by_depth",
       report.square_by_depth.ratio > 0 ? Json(report.square_by_depth.ratio) : Json()}};
  root["ticks"] = {{"looked_at", report.ticks_looked_at},
                   {"out_of_step", report.ticks_out_of_step},
                   {"solved_with", report.solve_ticks},
                   {"held_out", report.held_out_ticks},
                   {"alike", report.left_out.alike_ticks}};
  root["images_left_out"] = {{"blurred", report.left_out.blurred},
                             {"few_corners", report.left_out.few_corners},
                             {"contradicting", report.left_out.contradicting}};
  root["noise"] = {{"color_px", report.noise.color_px},
                   {"infrared_px", report.noise.infrared_px},
                   {"depth_mm", report.noise.depth_m * 1000}};
  root["held_out"] = report.held_out.all.corners > 0 ? json_of(report.held_out.all) : Json();
  root["evidence"] = evidence_of(report);
  root["pairs"] = pairs_of(report);
  root["advice"] = advice_of(report);
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string shown_views_to_json(const CalibrationReport& report) {
  Json all = Json::array();
  for (const ShownView& view : report.shown) {
    Json corners = Json::array();
    for (const ReprojectedCorner& corner : view.corners) {
      corners.push_back({corner.id, corner.seen_px.x(), corner.seen_px.y(), corner.expected_px.x(),
                         corner.expected_px.y()});
    }
    all.push_back({{"camera", report.calibration.cameras[static_cast<size_t>(view.camera)].name},
                   {"sensor", view.sensor == BoardSensor::color ? "color" : "infrared"},
                   {"tick", view.tick},
                   {"worst", view.worst},
                   {"rms_px", view.rms_px},
                   {"corners", std::move(corners)}});
  }
  return all.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <cmath>

#include "lockstep/rig/plan_parts.h"
#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

void delay_beyond_period(const RigCamera& said, CameraConfig& config, Findings& findings) {
  const int fps = frames_per_second(config.frame_rate);
  const double period = std::floor(frame_period_us(fps));
  const auto judge = [&](Micros& delay, const char* key) {
    if (std::abs(static_cast<double>(delay.count())) <= period) return;
    findings.error(
        "delay-beyond-period", said.where,
        fmt::format("{} of '{}' is {} us, and a frame lasts {:g} us at {} fps: the device refuses "
                    "more than one period",
                    key, said.name, delay.count(), period, fps),
        fmt::format("take the remainder, {} us, or leave the key out: the planner chooses",
                    delay.count() % static_cast<int64_t>(period)));
    delay = Micros(0);  // so that the refusal is reported once
  };
  judge(config.subordinate_delay_off_master, "subordinate_delay_us");
  judge(config.depth_delay_off_color, "depth_delay_us");
}

void subordinate_delay_elsewhere(const RigCamera& said, CameraConfig& config, Findings& findings) {
  if (config.wired_sync == WiredSync::subordinate ||
      config.subordinate_delay_off_master == Micros(0))
    return;
  findings.error(
      "delay-on-source", said.where,
      fmt::format(
          "'{}' has a subordinate delay of {} us and is {}: delays count from the master's pulse",
          said.name, config.subordinate_delay_off_master.count(),
          config.wired_sync == WiredSync::master ? "the master itself" : "on no line"),
      "leave subordinate_delay_us out here and delay the others");
  config.subordinate_delay_off_master = Micros(0);
}

void color_off(const RigCamera& said, CameraConfig& config, Findings& findings) {
  if (config.color_on()) return;
  if (config.wired_sync == WiredSync::master && family_traits(said.family).master_needs_color) {
    findings.error("color-off-on-master", said.where,
                   fmt::format("'{}' is the master with colour off: the pulses are its colour "
                               "camera's, so none would come",
                               said.name),
                   "give it a color_mode such as \"MJPG_720P\"");
    config.color_resolution = ColorResolution::p720;
  } else if (config.wired_sync == WiredSync::subordinate) {
    findings.warning("color-off-on-subordinate", said.where,
                     fmt::format("'{}' is a subordinate with colour off: firmware before 1.6.110 "
                                 "cannot restart it without power",
                                 said.name),
                     "give it a color_mode, or see that its firmware is 1.6.110 or newer");
  }
}

}  // namespace

void check_camera(const RigCamera& said, PlannedCamera& camera, Adjustments& adjustments,
                  Findings& findings) {
  delay_beyond_period(said, camera.config, findings);
  subordinate_delay_elsewhere(said, camera.config, findings);
  CameraConfig checked = camera.config;
  color_off(said, checked, findings);
  const ConfigCheck check = check_config(said.family, checked);
  for (const std::string& note : check.notes) {
    if (check.outcome == ConfigCheck::Outcome::invalid) {
      findings.error(
          "camera-cannot", said.where,
          fmt::format("'{}' ({}) cannot do this: {}", said.name, to_string(said.family), note),
          "change the setting here or in all_cameras; docs/sensor-facts.md lists what each family "
          "can do");
    } else {
      adjustments[note].push_back(&said);
    }
  }
  if (check.outcome == ConfigCheck::Outcome::invalid) return;
  const ColorResolution asked = camera.config.color_resolution;
  camera.config = check.adjusted;
  camera.config.color_resolution = asked;
}

void note_adjustments(const Adjustments& adjustments, Findings& findings) {
  for (const auto& [note, cameras] : adjustments) {
    std::string names;
    for (const RigCamera* camera : cameras)
      names += fmt::format("{}'{}'", names.empty() ? "" : ", ", camera->name);
    findings.note("adjusted", cameras.front()->where, fmt::format("{}: {}", names, note),
                  "nothing to do; write the realised value to make this note go away");
  }
}

}  // namespace lockstep

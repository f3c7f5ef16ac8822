// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <cmath>

#include "lockstep/rig/plan_parts.h"
#include "lockstep/sensor/family.h"
#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

void delay_beyond_period(const RigCamera& said, CameraConfig& config, Findings& findings) {
  const int fps = frames_per_second(config.frame_rate);
  const double period = std::floor(frame_period_us(fps));
  const auto judge = [&](Micros& delay, const char* key) {
    if (std::abs(static_cast<double>(delay.count())) <= period) return;
    findings.about(
        Severity::error, "delay-beyond-period", said, key,
        fmt::format("{} is {} us, and a frame lasts {:g} us at {} fps: the device refuses more "
                    "than one period",
                    key, delay.count(), period, fps),
        fmt::format("take the remainder, {} us, or leave the key out: the planner chooses",
                    delay.count() % static_cast<int64_t>(period)));
    delay = Micros(0);  // so that the refusal is reported once
  };
  judge(config.subordinate_delay_off_master, "subordinate_delay_us");
  judge(config.depth_delay_off_color, "depth_delay_us");
}

void subordinate_delay_elsewhere(const RigCamera& said, bool whole_line, CameraConfig& config,
                                 Findings& findings) {
  if (config.wired_sync == WiredSync::subordinate ||
      config.subordinate_delay_off_master == Micros(0))
    return;
  const bool master = config.wired_sync == WiredSync::master;
  // A camera that its cables leave out is a finding of the cables.
  if (whole_line || master) {
    findings.about(
        Severity::error, "delay-on-source", said, "subordinate_delay_us",
        fmt::format("a subordinate delay of {} us on {}: delays count from the master's pulse",
                    config.subordinate_delay_off_master.count(),
                    master ? "the master itself" : "a camera of no line"),
        "leave subordinate_delay_us out here and delay the others");
  }
  config.subordinate_delay_off_master = Micros(0);
}

void color_off(const RigCamera& said, CameraConfig& config, Findings& findings) {
  if (config.color_on()) return;
  if (config.wired_sync == WiredSync::master && family_traits(said.family).master_needs_color) {
    findings.about(Severity::error, "color-off-on-master", said, "color_mode",
                   "the master with colour off: the pulses are its colour camera's, so none would "
                   "come",
                   "give it a color_mode such as \"MJPG_720P\"");
    config.color_resolution = ColorResolution::p720;
  } else if (config.wired_sync == WiredSync::subordinate) {
    findings.about(Severity::warning, "color-off-on-subordinate", said, "color_mode",
                   "a subordinate with colour off: firmware before 1.6.110 cannot restart it "
                   "without power",
                   "give it a color_mode, or see that its firmware is 1.6.110 or newer");
  }
}

}  // namespace

void check_camera(const RigCamera& said, bool whole_line, PlannedCamera& camera,
                  Findings& findings) {
  delay_beyond_period(said, camera.config, findings);
  subordinate_delay_elsewhere(said, whole_line, camera.config, findings);
  CameraConfig checked = camera.config;
  color_off(said, checked, findings);
  const ConfigCheck check = check_config(said.family, checked);
  const bool invalid = check.outcome == ConfigCheck::Outcome::invalid;
  for (const ConfigNote& note : check.notes) {
    if (invalid) {
      findings.about(Severity::error, "camera-cannot", said, note.setting,
                     fmt::format("{} cannot do this: {}", to_string(said.family), note.text),
                     "change this setting; docs/sensor-facts.md lists what each family can do");
    } else {
      findings.about(Severity::note, "adjusted", said, note.setting, note.text,
                     "nothing to do; write the realised value to make this note go away");
    }
  }
  if (invalid) return;
  const ColorResolution asked = camera.config.color_resolution;
  camera.config = check.adjusted;
  camera.config.color_resolution = asked;
}

}  // namespace lockstep

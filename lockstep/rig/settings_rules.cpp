// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <array>
#include <charconv>
#include <map>

#include "lockstep/rig/plan_parts.h"
#include "lockstep/sensor/family.h"
#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

constexpr std::string_view kGoodFirmware =
    "1.6.110";  // Azure, colour: subordinates restart with colour off

// Warns of every camera whose value differs from the one that most cameras (or the first) have.
template <typename Describe>
void all_equal(const Rig& rig, Findings& findings, const char* rule, const char* setting,
               Describe describe, const char* what, const char* why, const char* mend) {
  std::map<std::string, int> counts;
  for (const RigCamera& camera : rig.cameras) ++counts[describe(camera)];
  if (counts.size() < 2) return;
  std::string usual = describe(rig.cameras[0]);
  for (const auto& [value, count] : counts) {
    if (count > counts[usual]) usual = value;
  }
  for (const RigCamera& camera : rig.cameras) {
    const std::string value = describe(camera);
    if (value == usual) continue;
    findings.about(Severity::warning, rule, camera, setting,
                   fmt::format("{} {}, others have {}: {}", what, value, usual, why), mend);
  }
}

std::string exposure_text(const RigCamera& camera) {
  const CameraConfig& config = camera.config;
  if (!config.exposure) return "automatic";
  const Micros realised =
      realised_exposure(camera.family, *config.exposure, config.powerline.value_or(Powerline::hz60),
                        config.frame_rate);
  return fmt::format("{} us", realised.count());
}

void exposures(const Rig& rig, Findings& findings) {
  std::string automatic;
  SourceLine where;
  bool refused = false;
  for (const RigCamera& camera : rig.cameras) {
    if (camera.config.exposure || !camera.config.color_on()) continue;
    if (automatic.empty()) where = camera.where_said("exposure_us");
    automatic += fmt::format("{}'{}'", automatic.empty() ? "" : ", ", camera.name);
    refused = refused || (!rig.is_virtual() && !camera.allow_auto.value_or(false));
  }
  if (!automatic.empty()) {
    findings.add(
        refused ? Severity::error : Severity::warning, "auto-exposure", where,
        fmt::format("automatic exposure on {}: images then drift in time against the "
                    "other cameras, and no laser plan holds "
                    "for certain",
                    automatic),
        refused ? "set exposure_us = 8330, for example, in all_cameras; or allow_auto = true if "
                  "you accept the drift"
                : "set exposure_us = 8330, for example, in all_cameras");
    return;
  }
  all_equal(rig, findings, "unequal-exposure", "exposure_us", exposure_text, "an exposure of",
            "centres of exposure, and lasers with them, move apart by half the difference",
            "give all cameras one exposure_us (in all_cameras) and one powerline_hz");
}

std::array<int, 3> version_of(std::string_view text) {
  std::array<int, 3> version{};
  const char* at = text.data();
  const char* end = at + text.size();
  for (int& part : version) {
    const auto parsed = std::from_chars(at, end, part);
    at = parsed.ptr;
    if (at != end && *at == '.') ++at;
  }
  return version;
}

void firmware(const Rig& rig, Findings& findings) {
  const auto firmware_of = [&](const RigCamera& camera) {
    return camera.color_firmware.empty() && rig.world ? rig.world->firmware : camera.color_firmware;
  };
  bool known = true;
  for (const RigCamera& camera : rig.cameras) {
    const std::string version = firmware_of(camera);
    known = known && !version.empty();
    if (camera.family != Family::azure_kinect || version.empty() ||
        version_of(version) >= version_of(kGoodFirmware))
      continue;
    findings.about(Severity::warning, "old-firmware", camera, "color_firmware",
                   fmt::format("colour firmware {}: before {} a subordinate with colour off cannot "
                               "be restarted, and first frames come at other times",
                               version, kGoodFirmware),
                   fmt::format("bring it to {} with the vendor's firmware tool", kGoodFirmware));
  }
  if (!known) return;
  all_equal(rig, findings, "unequal-firmware", "color_firmware", firmware_of, "colour firmware",
            "first frames come at different times after the first pulse",
            "bring all cameras to one firmware with the vendor's tool");
}

void clocks(const Rig& rig, Findings& findings) {
  for (const RigCamera& camera : rig.cameras) {
    if (camera.clock != DeviceClockMode::follow_host) continue;
    findings.about(Severity::warning, "host-clock", camera, "clock",
                   "a clock that is set to the host's and never zeroed: its stamps say nothing of "
                   "the pulses, so that no lock is seen and no record of it is proved in step",
                   "say clock = \"reset\", for which the first pulse zeroes it");
  }
}

void families(const Rig& rig, Findings& findings) {
  all_equal(
      rig, findings, "mixed-families", "family",
      [](const RigCamera& c) {
        return fmt::format("{:g} V", family_traits(c.family).sync_level_v);
      },
      "a sync line of",
      "the two cannot be wired together directly, and their laser pulses have different pitches",
      "put a level adapter between them, or make two rigs of them");
}

}  // namespace

void compare_rates(const Rig& rig, const CableGraph& graph, Findings& findings) {
  if (rig.cameras.size() < 2 && graph.source.empty()) return;
  const int fps = frames_per_second(rig.frame_rate);
  for (const RigCamera& camera : rig.cameras) {
    if (camera.config.frame_rate == rig.frame_rate) continue;
    findings.about(Severity::error, "mixed-rates", camera, "frame_rate",
                   fmt::format("a rate of {} fps, and the rig has {} fps: cameras of different "
                               "rates on one sync line skip and stall",
                               frames_per_second(camera.config.frame_rate), fps),
                   "say frame_rate once, in rig, for all cameras");
  }
  for (const RigBox& box : rig.boxes) {
    if (box.kind != BoxKind::generator || box.name != graph.source || !box.rate_hz ||
        *box.rate_hz == fps)
      continue;
    findings.error("generator-rate", box.where,
                   fmt::format("the generator '{}' gives {:g} Hz, and the rig has {} fps: cameras "
                               "take one pulse for each frame, at exactly their rate",
                               box.name, *box.rate_hz, fps),
                   fmt::format("set the generator to {} Hz and write rate_hz = {}.0, or give the "
                               "rig the generator's frame_rate",
                               fps, fps));
  }
}

void compare_settings(const Rig& rig, const CableGraph& graph, Findings& findings) {
  if (rig.cameras.size() < 2 && graph.source.empty()) return;
  all_equal(
      rig, findings, "mixed-color-modes", "color_mode",
      [](const RigCamera& c) {
        return color_mode_name(c.config.color_format, c.config.color_resolution);
      },
      "the colour mode", "the vendor recommends one configuration for all",
      "give color_mode in all_cameras only");
  all_equal(
      rig, findings, "mixed-depth-modes", "depth_mode",
      [](const RigCamera& c) { return std::string(to_string(c.config.depth_mode)); },
      "the depth mode",
      "the vendor recommends one configuration for all, and pulses of different pitch are hard to "
      "keep apart",
      "give depth_mode in all_cameras only");
  all_equal(
      rig, findings, "mixed-powerline", "powerline_hz",
      [](const RigCamera& c) {
        return c.config.powerline == Powerline::hz50 ? std::string("50 Hz") : std::string("60 Hz");
      },
      "a power line of", "exposure steps differ, and one of the two flickers",
      "give powerline_hz in all_cameras only");
  exposures(rig, findings);
  firmware(rig, findings);
  clocks(rig, findings);
  families(rig, findings);
}

}  // namespace lockstep

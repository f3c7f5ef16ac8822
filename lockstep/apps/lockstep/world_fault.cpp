// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/world_fault.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

namespace lockstep {
namespace {

std::vector<std::string_view> fields_of(std::string_view text) {
  std::vector<std::string_view> fields;
  while (true) {
    const size_t colon = text.find(':');
    fields.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return fields;
    text.remove_prefix(colon + 1);
  }
}

template <typename T>
bool read_number(std::string_view text, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

Error wrong(const std::string& text, const std::string& why) {
  return {Errc::invalid_argument,
          fmt::format("--fault {}: {}. It reads camera:kind:at_s[:value[:count]], such as "
                      "right:lose-tick:0.5:0:2",
                      text, why)};
}

/// Why a fault does nothing, whenever it comes; empty: it does something.
std::string without_effect(const WorldFault& fault, const Plan& plan) {
  const bool adds = fault.kind == FaultKind::delay || fault.kind == FaultKind::depth_delay ||
                    fault.kind == FaultKind::slow_usb;
  if (adds && fault.value == 0)
    return fmt::format("it says no value, the us that it adds, as in {}:{}:{:g}:150", fault.camera,
                       to_string(fault.kind), fault.at_s);
  const bool of_cable = fault.kind == FaultKind::cable_pull || fault.kind == FaultKind::cable_loose;
  const PlannedCamera* camera = plan.find(fault.camera);
  if (of_cable && camera != nullptr && camera->config.wired_sync != WiredSync::subordinate)
    return fmt::format("no pulses come to {} through a cable in its Sync In", fault.camera);
  return {};
}

}  // namespace

std::string world_fault_kinds() {
  std::string all;
  for (const std::string_view kind : kFaultKindNames)
    all += fmt::format("{}{}", all.empty() ? "" : ", ", kind);
  return all;
}

Result<WorldFault> parse_world_fault(const std::string& text, const Rig& rig) {
  const std::vector<std::string_view> fields = fields_of(text);
  if (fields.size() < 2 || fields.size() > 5) return wrong(text, "it has not two to five fields");
  WorldFault fault;
  fault.camera = fields[0];
  const bool known =
      std::any_of(rig.cameras.begin(), rig.cameras.end(),
                  [&](const RigCamera& camera) { return camera.name == fault.camera; });
  if (!known) return wrong(text, fmt::format("the rig has no camera '{}'", fault.camera));
  const auto kind = std::find(kFaultKindNames.begin(), kFaultKindNames.end(), fields[1]);
  if (kind == kFaultKindNames.end()) {
    return wrong(
        text, fmt::format("there is no kind '{}'; there are {}", fields[1], world_fault_kinds()));
  }
  fault.kind = static_cast<FaultKind>(kind - kFaultKindNames.begin());
  const bool numbers = (fields.size() < 3 || read_number(fields[2], fault.at_s)) &&
                       (fields.size() < 4 || read_number(fields[3], fault.value)) &&
                       (fields.size() < 5 || read_number(fields[4], fault.count));
  if (!numbers) return wrong(text, "a number cannot be read");
  // The ranges of the rig file; what is not a number is in none.
  const bool in_range = fault.at_s >= 0 && fault.at_s <= kMostFaultNumber &&
                        std::abs(fault.value) <= kMostFaultNumber && fault.count >= 1 &&
                        static_cast<double>(fault.count) <= kMostFaultNumber;
  if (!in_range) {
    return wrong(text, fmt::format("a number is out of range: at_s is 0 to {0:g}, value -{0:g} to "
                                   "{0:g}, count 1 to {0:g}",
                                   kMostFaultNumber));
  }
  return fault;
}

std::vector<std::string> faults_outside(const RigWorld& world, const Plan& plan, double from_s,
                                        double to_s) {
  std::vector<std::string> said;
  const int fps = frames_per_second(plan.frame_rate);
  for (const WorldFault& fault : world.faults) {
    if (const std::string why = without_effect(fault, plan); !why.empty()) {
      said.push_back(fmt::format("the fault {}:{}:{:g} changes nothing: {}", fault.camera,
                                 to_string(fault.kind), fault.at_s, why));
      continue;
    }
    // What begins earlier lasts, but for ticks, of which only so many are concerned.
    const bool ticks =
        fault.kind == FaultKind::lose_tick || fault.kind == FaultKind::duplicate_tick;
    // It concerns the tick that is nearest to at_s, and those that follow.
    const double end_s = fault.at_s + (static_cast<double>(fault.count) - 0.5) / fps;
    const bool over = ticks && end_s <= from_s;
    if (fault.at_s < to_s && !over) continue;
    said.push_back(
        fmt::format("the fault {}:{}:{:g} never falls into the take, which spans {:.1f} "
                    "to {:.1f} s of device time: at_s counts from the first pulse, and "
                    "-l from tick 0, the first tick that all cameras recorded",
                    fault.camera, to_string(fault.kind), fault.at_s, from_s, to_s));
  }
  return said;
}

}  // namespace lockstep

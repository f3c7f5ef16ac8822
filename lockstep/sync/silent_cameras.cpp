// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "lockstep/sync/line_graph.h"
#include "lockstep/sync/set_rules.h"

namespace lockstep {
namespace {

Finding nothing_of(const DeviceEvidence& device) {
  Finding f;
  f.level = FindingLevel::fail;
  f.rule = "recorded-nothing";
  f.device = device.name;
  f.message = fmt::format("{} recorded nothing: {} holds no images. The others are judged.",
                          device.name, device.source);
  f.cause = device.config.wired_sync == WiredSync::subordinate
                ? "No pulse reached it, so it never began; or its file was cut off."
                : "The camera delivered nothing, or its file was cut off.";
  f.mend = fmt::format("Push in the cables of {} at both ends and record again.", device.name);
  return f;
}

}  // namespace

std::vector<Finding> recorded_nothing(const Evidence& evidence,
                                      const std::vector<DeviceEvidence>& silent) {
  const LineGraph graph(evidence.plan ? &*evidence.plan : nullptr);
  std::vector<std::string> all, waiting;  // subordinates without a frame wait for a pulse
  for (const DeviceEvidence& device : evidence.devices) all.push_back(device.name);
  for (const DeviceEvidence& device : silent) {
    all.push_back(device.name);
    if (device.config.wired_sync == WiredSync::subordinate) waiting.push_back(device.name);
  }
  const auto waits = [&](const std::string& name) {
    return std::find(waiting.begin(), waiting.end(), name) != waiting.end();
  };
  std::vector<Finding> out;
  std::set<const WiringLine*> told;
  for (const DeviceEvidence& device : silent) {
    Finding f = nothing_of(device);
    const WiringLine* cable =
        waits(device.name) ? graph.broken_at(device.name, all, waits) : nullptr;
    if (cable != nullptr) {
      if (!told.insert(cable).second) continue;
      std::vector<std::string> behind = graph.behind(*cable, all);
      const auto nearest = std::find(behind.begin(), behind.end(), cable->to_node);
      f.device = nearest == behind.end() ? behind.front() : *nearest;
      behind.erase(std::find(behind.begin(), behind.end(), f.device));
      f.link = link_name(*cable);
      f.behind = behind;
      f.message = fmt::format(
          "{} recorded nothing{}: no pulse came through {}.", f.device,
          behind.empty() ? "" : fmt::format(", nor did {} behind it", fmt::join(behind, ", ")),
          f.link);
      f.cause = "The cable is loose or broken there, or the files were cut off.";
      f.mend = fmt::format("Push in the cable from {} to {} at both ends and record again.",
                           cable->from, cable->to);
    }
    out.push_back(f);
  }
  return out;
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lockstep/sync/findings.h"
#include "lockstep/sync/line_graph.h"

// Where the sync line broke: cameras that no pulse reaches, by the pace of their arrival.

namespace lockstep {
namespace {

constexpr const char* kOwnCrystal =
    "The cable was pulled or came loose there. What is behind it runs on by its own crystal, with "
    "stamps that look perfect.";

bool strays(const DeviceReport& device, const Gates& gates) {
  return device.arrival && device.arrival->judged &&
         std::abs(device.arrival->ppm) >
             std::max(gates.arrival_fail_ppm, 4 * device.arrival->se_ppm);
}

/// Less than what convicts, but more than chance, beside one that is convicted.
bool strays_a_little(const DeviceReport& device, const Gates& gates) {
  return device.arrival && std::abs(device.arrival->ppm) >
                               std::max(gates.arrival_judged_se_ppm, 4 * device.arrival->se_ppm);
}

const DeviceReport* device_named(const SyncReport& report, const std::string& name) {
  const auto at = std::find_if(report.devices.begin(), report.devices.end(),
                               [&](const DeviceReport& d) { return d.name == name; });
  return at == report.devices.end() ? nullptr : &*at;
}

std::vector<std::string> names_of(const SyncReport& report) {
  std::vector<std::string> names;
  for (const DeviceReport& device : report.devices) names.push_back(device.name);
  return names;
}

/// "from about 20.1 s into the take on", "up to 3.0 s", "from 2.0 to 9.5 s"; empty: over all that
/// was judged.
std::string when_text(const Case& set, const RateEstimate& rate) {
  const auto seconds = [&](int64_t tick) {
    return static_cast<double>(tick) * set.all.period_us() * 1e-6;
  };
  const bool from = rate.first_tick > 0, to = rate.first_tick + rate.ticks < set.all.ticks;
  if (from && to)
    return fmt::format(" from about {:.1f} s to {:.1f} s into the take", seconds(rate.first_tick),
                       seconds(rate.first_tick + rate.ticks));
  if (from) return fmt::format(" from about {:.1f} s into the take on", seconds(rate.first_tick));
  return to ? fmt::format(" up to about {:.1f} s into the take", seconds(rate.ticks)) : "";
}

/// What the finding says of a camera on its own crystal, wherever the line broke.
Finding off_the_line(const Case& set, const std::string& name, const RateEstimate& rate) {
  Finding f;
  f.level = FindingLevel::fail;
  f.rule = "arrival-rate";
  f.device = name;
  f.value = rate.ppm;
  f.gate = set.gates.arrival_fail_ppm;
  f.unit = "ppm";
  for (const AlignedDevice& device : set.all.devices) {
    if (device.evidence->name == name)
      f.span = span_of(set.all, device.lead(), rate.first_tick, rate.ticks);
  }
  return f;
}

/// Without a master in the set another camera stands for the line: when all others stray alike, it
/// is that one which does.
bool reference_strays(const Case& set, const SyncReport& report) {
  if (set.evidence.devices[set.reference].config.wired_sync == WiredSync::master) return false;
  std::vector<RateEstimate> others;
  for (const DeviceReport& device : report.devices) {
    if (device.is_reference) continue;
    if (!strays(device, set.gates)) return false;
    others.push_back(*device.arrival);
  }
  return others.size() > 1 &&
         std::all_of(others.begin(), others.end(), [&](const RateEstimate& rate) {
           return std::abs(rate.ppm - others.front().ppm) <
                  4 * std::hypot(rate.se_ppm, others.front().se_ppm);
         });
}

/// Whether two cameras left the line together, as far as a trace tells.
bool together(const Case& set, const DeviceReport& a, const DeviceReport& b) {
  const int64_t apart = std::abs(a.arrival->first_tick - b.arrival->first_tick);
  return apart * 12 <= set.all.ticks;
}

const WiringLine* broken_for(const Case& set, const SyncReport& report, const LineGraph& graph,
                             const DeviceReport& device) {
  return graph.broken_at(device.name, names_of(report), [&](const std::string& name) {
    const DeviceReport* other = device_named(report, name);
    if (strays(*other, set.gates)) return together(set, device, *other);
    return strays_a_little(*other, set.gates);
  });
}

void name_link(const Plan& plan, const WiringLine& cable, Finding& f) {
  f.link = link_name(cable);
  f.cause = kOwnCrystal;
  f.mend = fmt::format(
      "Push in the cable from {} to {} at both ends, or replace it{}.", cable.from, cable.to,
      plan.find(cable.to_node) == nullptr ? ", and see that the box has power" : "");
}

/// "and so do those of b and c, behind it".
std::string behind_text(const std::vector<std::string>& behind) {
  if (behind.empty()) return "";
  return fmt::format(" Behind it {} off the line, too: {}.", behind.size() == 1 ? "is" : "are",
                     fmt::join(behind, ", "));
}

/// One break of the line, found by the cameras behind it.
Finding broken_line(const Case& set, const SyncReport& report, const LineGraph& graph,
                    const WiringLine* cable, const std::vector<const DeviceReport*>& strayed) {
  const DeviceReport* nearest = strayed.front();
  for (const DeviceReport* device : strayed) {
    if (cable != nullptr && device->name == cable->to_node) nearest = device;
  }
  RateEstimate rate = *nearest->arrival;
  Finding f = off_the_line(set, nearest->name, rate);
  const std::string pace =
      fmt::format("frames of {} reach the host at a pace {:+.1f} ppm off that of {}{}", f.device,
                  rate.ppm, report.devices[set.reference].name, when_text(set, rate));
  if (cable == nullptr) {
    f.message = "No pulse reached it: " + pace + ".";
    f.cause = "It runs on its own crystal: its stamps look perfect, but no pulse reaches it.";
    f.mend =
        fmt::format("Push in the sync cable of {} at both ends and record again.", nearest->name);
    return f;
  }
  for (const std::string& name : graph.behind(*cable, names_of(report))) {
    if (name != nearest->name) f.behind.push_back(name);
  }
  name_link(*set.evidence.plan, *cable, f);
  f.message = fmt::format("The line broke at {}: {}.{}", f.link, pace, behind_text(f.behind));
  const DeviceReport* before = device_named(report, cable->from_node);
  if (before != nullptr && !before->is_reference && (!before->arrival || !before->arrival->judged))
    f.message += fmt::format(" Of {}, before it, arrival cannot tell.", before->name);
  return f;
}

}  // namespace

void judge_line(const Case& set, const SyncReport& report, std::vector<Finding>& out) {
  const LineGraph graph(set.evidence.plan ? &*set.evidence.plan : nullptr);
  if (reference_strays(set, report)) {
    const DeviceReport& device = report.devices[set.reference];
    RateEstimate rate;
    for (const DeviceReport& other : report.devices) {
      if (!other.is_reference) rate = *other.arrival;
    }
    rate.ppm = -rate.ppm;
    Finding f = off_the_line(set, device.name, rate);
    f.message = fmt::format("Frames of {} reach the host at a pace {:+.1f} ppm off all others{}.",
                            device.name, rate.ppm, when_text(set, rate));
    f.cause = "It runs on its own crystal: its stamps look perfect, but no pulse reaches it.";
    f.mend = "Push in its sync cable at both ends and record again.";
    if (const WiringLine* cable = graph.into(device.name)) name_link(*set.evidence.plan, *cable, f);
    out.push_back(f);
    return;
  }
  std::vector<std::pair<const WiringLine*, std::vector<const DeviceReport*>>> breaks;
  for (const DeviceReport& device : report.devices) {
    if (!strays(device, set.gates)) continue;
    const WiringLine* cable = broken_for(set, report, graph, device);
    const auto same = std::find_if(breaks.begin(), breaks.end(), [&](const auto& known) {
      return cable != nullptr && known.first == cable;
    });
    if (same == breaks.end()) {
      breaks.push_back({cable, {&device}});
    } else {
      same->second.push_back(&device);
    }
  }
  for (const auto& [cable, strayed] : breaks)
    out.push_back(broken_line(set, report, graph, cable, strayed));
}

bool hangs_on_line(const std::vector<Finding>& findings, const std::string& device) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) {
    return f.rule == "arrival-rate" &&
           (f.device == device ||
            std::find(f.behind.begin(), f.behind.end(), device) != f.behind.end());
  });
}

}  // namespace lockstep

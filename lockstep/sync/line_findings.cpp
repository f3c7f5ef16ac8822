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
                               std::max(gates.arrival_warn_ppm, 4 * device.arrival->se_ppm);
}

/// Less than what convicts, but surely there, with nobody beside it.
bool may_stray(const DeviceReport& device, const Gates& gates) {
  return device.arrival && device.arrival->judged &&
         std::abs(device.arrival->ppm) >
             std::max(gates.arrival_warn_ppm, 6 * device.arrival->se_ppm);
}

/// Whether a crystal that is nearly right may hide that this camera is off the line, too.
bool leaves_open(const DeviceReport& device) {
  return device.arrival && std::abs(device.arrival->ppm) > 2 * device.arrival->se_ppm;
}

using Predicate = bool (*)(const DeviceReport&, const Gates&);

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
bool reference_strays(const Case& set, const SyncReport& report, Predicate off) {
  if (set.evidence.devices[set.reference].config.wired_sync == WiredSync::master) return false;
  std::vector<RateEstimate> others;
  for (const DeviceReport& device : report.devices) {
    if (device.is_reference) continue;
    if (!off(device, set.gates)) return false;
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

/// Cables nearer to the source where the line may have broken as well, since cameras before the
/// break leave it open.
std::vector<const WiringLine*> perhaps_before(const Case& set, const SyncReport& report,
                                              const LineGraph& graph, const WiringLine& cable) {
  std::vector<const WiringLine*> found;
  const WiringLine* at = graph.into(cable.from_node);
  for (size_t hops = 0; at != nullptr && hops < set.evidence.plan->wiring.size(); ++hops) {
    const DeviceReport* device = device_named(report, at->to_node);
    if (device != nullptr && (device->is_reference || !leaves_open(*device))) break;
    if (device != nullptr) found.push_back(at);
    at = graph.into(at->from_node);
  }
  return found;
}

/// Says of a break that it may be nearer to the source, and why.
void leave_open(const SyncReport& report, const std::vector<const WiringLine*>& cables,
                Finding& f) {
  if (cables.empty()) return;
  std::string names;
  for (const WiringLine* cable : cables) {
    const DeviceReport& device = *device_named(report, cable->to_node);
    names += fmt::format("{}{} ({:+.1f} ± {:.1f} ppm)", names.empty() ? "" : ", ", device.name,
                         device.arrival->ppm, 2 * device.arrival->se_ppm);
    f.mend += fmt::format(" The same goes for the cable from {} to {}.", cable->from, cable->to);
  }
  f.message += fmt::format(" Of {}, before it, arrival leaves that open.", names);
}

/// Arrival speaks for the camera before the break as well as it can.
void speak_of_before(const DeviceReport& before, const WiringLine* cable, Finding& f) {
  if (!before.arrival || !before.arrival->judged) {
    f.message += fmt::format(" Of {}, before it, arrival cannot tell.", before.name);
  } else if (cable != nullptr) {
    f.mend += fmt::format(
        " If that one is well, look at the one before it, from {} to {}, too: a crystal of {} that "
        "is right to {:.1f} ppm would hide it.",
        cable->from, cable->to, before.name,
        std::abs(before.arrival->ppm) + 2 * before.arrival->se_ppm);
  }
}

/// "and so do those of b and c, behind it".
std::string behind_text(const std::vector<std::string>& behind) {
  if (behind.empty()) return "";
  return fmt::format(" Behind it {} off the line, too: {}.", behind.size() == 1 ? "is" : "are",
                     fmt::join(behind, ", "));
}

/// The first behind the cable lost the line, though another one's crystal may show it better.
std::string first_behind(const SyncReport& report, const WiringLine* cable,
                         const DeviceReport& strayed) {
  const bool known = cable != nullptr && device_named(report, cable->to_node) != nullptr;
  return known ? cable->to_node : strayed.name;
}

/// One break of the line, found by the cameras behind it.
Finding broken_line(const Case& set, const SyncReport& report, const LineGraph& graph,
                    const WiringLine* cable, const std::vector<const DeviceReport*>& strayed) {
  const DeviceReport* nearest = strayed.front();
  for (const DeviceReport* device : strayed) {
    if (cable != nullptr && device->name == cable->to_node) nearest = device;
  }
  const RateEstimate rate = *nearest->arrival;
  Finding f = off_the_line(set, first_behind(report, cable, *nearest), rate);
  const std::string pace = fmt::format(
      "frames of {} reach the host at a pace {:+.1f} ppm off that of {}{}", nearest->name, rate.ppm,
      report.devices[set.reference].name, when_text(set, rate));
  if (cable == nullptr) {
    f.message = "No pulse reached it: " + pace + ".";
    f.cause = "It runs on its own crystal: its stamps look perfect, but no pulse reaches it.";
    f.mend =
        fmt::format("Push in the sync cable of {} at both ends and record again.", nearest->name);
    return f;
  }
  for (const std::string& name : graph.behind(*cable, names_of(report))) {
    if (name != f.device) f.behind.push_back(name);
  }
  name_link(*set.evidence.plan, *cable, f);
  const auto earlier = perhaps_before(set, report, graph, *cable);
  std::string where = f.link;
  for (const WiringLine* other : earlier) where += ", or before it at " + link_name(*other);
  f.message = fmt::format("The line broke at {}: {}.{}", where, pace, behind_text(f.behind));
  leave_open(report, earlier, f);
  const DeviceReport* before = device_named(report, cable->from_node);
  if (earlier.empty() && before != nullptr && !before->is_reference)
    speak_of_before(*before, graph.into(before->name), f);
  return f;
}

/// The camera that stands for the line is off it.
Finding reference_off(const Case& set, const SyncReport& report, const LineGraph& graph) {
  const DeviceReport& device = report.devices[set.reference];
  RateEstimate rate;
  for (const DeviceReport& other : report.devices) {
    if (!other.is_reference) rate = *other.arrival;
  }
  rate.ppm = -rate.ppm;
  Finding f = off_the_line(set, device.name, rate);
  f.cause = "It runs on its own crystal: its stamps look perfect, but no pulse reaches it.";
  f.mend = "Push in its sync cable at both ends and record again.";
  if (const WiringLine* cable = graph.into(device.name)) name_link(*set.evidence.plan, *cable, f);
  f.message = fmt::format("{}rames of {} reach the host at a pace {:+.1f} ppm off all others{}.",
                          f.link.empty() ? "F" : fmt::format("The line broke at {}: f", f.link),
                          device.name, rate.ppm, when_text(set, rate));
  return f;
}

void make_warning(const Case& set, Finding& f) {
  f.level = FindingLevel::warning;
  f.gate = set.gates.arrival_warn_ppm;
  f.cause =
      "A sync cable may have been pulled or loose, and a crystal that happens to be nearly right "
      "hides it; or the way to the host became slower little by little.";
  f.mend = f.link.empty() ? "Look at the sync cable of " + f.device
                          : fmt::format("Look at the sync cable at {}", f.link);
  f.mend += "; a longer take tells more surely.";
}

/// Cameras that stray by less than what convicts, but by more than chance.
Finding perhaps_broken(const Case& set, const SyncReport& report, const LineGraph& graph,
                       const WiringLine* cable, const std::vector<const DeviceReport*>& strayed) {
  Finding f =
      off_the_line(set, first_behind(report, cable, *strayed.front()), *strayed.front()->arrival);
  std::string paces;
  for (const DeviceReport* device : strayed)
    paces += fmt::format("{}{} ({:+.1f} ± {:.1f} ppm)", paces.empty() ? "" : ", ", device->name,
                         device->arrival->ppm, 2 * device->arrival->se_ppm);
  f.message = fmt::format(
      "Frames of {} reach the host at a pace off that of {}: too little to convict, too much for "
      "chance.",
      paces, report.devices[set.reference].name);
  if (cable != nullptr) {
    f.link = link_name(*cable);
    for (const std::string& name : graph.behind(*cable, names_of(report))) {
      if (name != f.device) f.behind.push_back(name);
    }
  }
  make_warning(set, f);
  return f;
}

struct Break {
  const WiringLine* cable;
  std::vector<const DeviceReport*> strayed;
};

/// Cameras that are off, and not yet told of, by the cable where that began.
std::vector<Break> breaks_of(const Case& set, const SyncReport& report, const LineGraph& graph,
                             const std::vector<Finding>& told, Predicate off) {
  std::vector<Break> breaks;
  for (const DeviceReport& device : report.devices) {
    if (!off(device, set.gates) || hangs_on_line(told, device.name)) continue;
    const WiringLine* cable = broken_for(set, report, graph, device);
    const auto same = std::find_if(breaks.begin(), breaks.end(), [&](const Break& known) {
      return cable != nullptr && known.cable == cable;
    });
    if (same == breaks.end()) {
      breaks.push_back(Break{cable, {&device}});
    } else {
      same->strayed.push_back(&device);
    }
  }
  return breaks;
}

}  // namespace

void judge_line(const Case& set, const SyncReport& report, std::vector<Finding>& out) {
  if (began_anew(set)) return;
  const LineGraph graph(set.evidence.plan ? &*set.evidence.plan : nullptr);
  if (reference_strays(set, report, strays)) {
    out.push_back(reference_off(set, report, graph));
    return;
  }
  const std::vector<Break> broken = breaks_of(set, report, graph, out, strays);
  for (const Break& found : broken)
    out.push_back(broken_line(set, report, graph, found.cable, found.strayed));
  if (broken.empty() && reference_strays(set, report, may_stray)) {
    out.push_back(reference_off(set, report, graph));
    make_warning(set, out.back());
    return;
  }
  for (const Break& found : breaks_of(set, report, graph, out, may_stray))
    out.push_back(perhaps_broken(set, report, graph, found.cable, found.strayed));
}

bool began_anew(const Case& set) {
  return set.evidence.devices[set.reference].part > 1;
}

bool hangs_on_line(const std::vector<Finding>& findings, const std::string& device) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) {
    return f.rule == "arrival-rate" && f.level == FindingLevel::fail &&
           (f.device == device ||
            std::find(f.behind.begin(), f.behind.end(), device) != f.behind.end());
  });
}

}  // namespace lockstep

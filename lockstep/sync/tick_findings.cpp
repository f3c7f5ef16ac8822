// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "lockstep/base/text.h"
#include "lockstep/sync/findings.h"

namespace lockstep {
namespace {

constexpr size_t kSpansListed = 4;
constexpr double kEndsEarlyS = 2;

/// All spans, where there are several: a finding carries the first.
std::string spans_text(const std::vector<TickSpan>& spans) {
  if (spans.size() < 2) return "";
  std::string text = fmt::format(", in {} places: ", spans.size());
  for (size_t i = 0; i < std::min(spans.size(), kSpansListed); ++i)
    text += (i == 0 ? "" : ", ") + span_text(spans[i]);
  if (spans.size() > kSpansListed) text += fmt::format(" and {} more", spans.size() - kSpansListed);
  return text;
}

bool same_ticks(const std::vector<TickSpan>& a, const std::vector<TickSpan>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const TickSpan& x, const TickSpan& y) {
                      return x.first_tick == y.first_tick && x.count == y.count;
                    });
}

bool meets(const std::vector<TickSpan>& a, const std::vector<TickSpan>& b) {
  return std::any_of(a.begin(), a.end(), [&](const TickSpan& x) {
    return std::any_of(b.begin(), b.end(), [&](const TickSpan& y) {
      return x.first_tick < y.first_tick + y.count && y.first_tick < x.first_tick + x.count;
    });
  });
}

struct TickFault {
  std::string rule, stream, verb;
  const std::vector<TickSpan>& spans;
};

void report_fault(const DeviceReport& device, const TickFault& fault, const std::string& cause,
                  const std::string& mend, std::vector<Finding>& out) {
  if (fault.spans.empty()) return;
  const int64_t ticks = ticks_in(fault.spans);
  Finding f;
  f.level = FindingLevel::fail;
  f.rule = fault.rule;
  f.device = device.name;
  f.stream = fault.stream;
  f.span = fault.spans.front();
  f.value = static_cast<double>(ticks);
  f.gate = 0;
  f.unit = "ticks";
  f.message = fmt::format("{} {} {} in {} of {}{}.", ticks, ticks == 1 ? "tick is" : "ticks are",
                          fault.verb, fault.stream, device.name, spans_text(fault.spans));
  f.cause = cause;
  f.mend = mend;
  out.push_back(f);
}

std::string cause_of_loss(const Case& set, const SyncReport& report, size_t index,
                          std::string_view stream) {
  const DeviceReport& device = report.devices[index];
  uint64_t owned_up = 0;
  for (const auto& drop : set.evidence.devices[index].drops) owned_up += drop.second;
  for (const DeviceReport& other : report.devices) {
    if (&other != &device &&
        meets(device.lost_color.empty() ? device.lost_depth : device.lost_color,
              other.lost_color.empty() ? other.lost_depth : other.lost_color))
      return fmt::format(
          "{} lost the same ticks: the host or its disk stalled, or the source skipped a pulse.",
          other.name);
  }
  if (owned_up > 0)
    return fmt::format("The recorder itself dropped {}: the disk or the computer did not keep up.",
                       counted(static_cast<int64_t>(owned_up), "capture"));
  if (stream == "depth")
    return "The depth stream lost them: USB bandwidth, or the depth engine's GPU.";
  return "USB lost them: too many cameras on one controller, a hub, or a long cable.";
}

void judge_lost(const Case& set, const SyncReport& report, size_t index,
                std::vector<Finding>& out) {
  const DeviceReport& device = report.devices[index];
  const std::string mend = fmt::format(
      "Give {} a USB controller of its own and look at the disk (lockstep plan shows the load).",
      device.name);
  const auto say = [&](std::string stream, const std::vector<TickSpan>& spans) {
    report_fault(device, {"lost-ticks", stream, "lost", spans},
                 cause_of_loss(set, report, index, stream), mend, out);
  };
  if (!device.lost_color.empty() && same_ticks(device.lost_color, device.lost_depth)) {
    say("colour and depth", device.lost_color);
    return;
  }
  say("colour", device.lost_color);
  say("depth", device.lost_depth);
}

void judge_duplicated(const DeviceReport& device, std::vector<Finding>& out) {
  const std::string cause =
      "The camera or its driver delivered a frame twice, or a tool joined two files.";
  const std::string mend =
      fmt::format("Start {} again; update its firmware if it comes back.", device.name);
  const auto say = [&](std::string stream, const std::vector<TickSpan>& spans) {
    report_fault(device, {"duplicated-ticks", stream, "duplicated", spans}, cause, mend, out);
  };
  if (!device.duplicated_color.empty() &&
      same_ticks(device.duplicated_color, device.duplicated_depth)) {
    say("colour and depth", device.duplicated_color);
    return;
  }
  say("colour", device.duplicated_color);
  say("depth", device.duplicated_depth);
}

void judge_restarts(const DeviceReport& device, std::vector<Finding>& out) {
  for (const TickSpan& span : device.restarts) {
    Finding f;
    f.level = FindingLevel::fail;
    f.rule = "clock-restart";
    f.device = device.name;
    f.span = span;
    f.message = fmt::format(
        "The clock of {} began anew after tick {}: it jumped to {:.3f} s and then ran {}.",
        device.name, span.first_tick - 1, static_cast<double>(span.from_us) * 1e-6,
        counted(span.count, "tick"));
    f.cause =
        "The camera was restarted or replugged during the take; what follows shares no zero with "
        "the others.";
    f.mend =
        "Find out why it restarted (power, USB); after a restart of one, start the whole rig "
        "again.";
    out.push_back(f);
  }
}

/// A camera that the take lost: on which tick, and what the others missed of it.
void place_loss(const Case& set, const AlignedDevice& device, double early_s,
                std::vector<Finding>& out) {
  for (Finding& f : out) {
    if (f.device != device.evidence->name || f.rule != "camera-lost") continue;
    const int64_t last = device.lead().last_tick();
    f.span = span_of(set.all, device.lead(), last, 1);
    f.message += fmt::format(" Its last tick is {}, {:.1f} s into the take", last,
                             static_cast<double>(last) * set.all.period_us() * 1e-6);
    f.message += early_s > 0 ? fmt::format("; {:.1f} s were recorded without it.", early_s) : ".";
    if (early_s > 0 && device.evidence->config.wired_sync == WiredSync::master)
      f.message += " It gave the pulses: the others ran on without any.";
  }
}

/// Its early end follows from a failure that is already told.
bool explained(const std::string& device, const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) {
    return f.device == device && (f.rule == "camera-lost" || f.rule == "clock-restart");
  });
}

/// The stream of a device that ends first: a camera whose depth falls silent ends there.
const AlignedStream& first_to_end(const AlignedDevice& device) {
  const bool both = !device.color.empty() && !device.depth.empty();
  return both && device.depth.last_tick() < device.color.last_tick() ? device.depth : device.lead();
}

Finding ended_early(const Case& set, const AlignedDevice& device, int64_t missing) {
  const AlignedStream& stream = first_to_end(device);
  const double early_s = static_cast<double>(missing) * set.all.period_us() * 1e-6;
  Finding f;
  f.device = device.evidence->name;
  f.stream = &stream == &device.color ? "colour" : "depth";
  if (set.evidence.cut_on_one_tick) {
    f.level = FindingLevel::fail;
    f.rule = "lost-ticks";
    f.span = span_of(set.all, stream, stream.last_tick() + 1, missing);
    f.value = static_cast<double>(missing);
    f.unit = "ticks";
    f.message = fmt::format("{} delivered no {} for the last {} of the take ({:.1f} s).", f.device,
                            f.stream, counted(missing, "tick"), early_s);
    f.cause = "It stopped delivering: it restarted, lost its pulses, or its USB gave up.";
    f.mend = "Look at its cables, power and controller, and record again.";
    return f;
  }
  f.level = FindingLevel::warning;
  f.rule = "ended-early";
  f.span = span_of(set.all, stream, stream.last_tick(), 1);
  f.value = early_s;
  f.gate = kEndsEarlyS;
  f.unit = "s";
  f.message =
      fmt::format("{} ends {:.1f} s before the last: only the range common to all is judged.",
                  f.device, early_s);
  f.cause = "Its recorder was stopped first, or it stopped delivering.";
  f.mend = "Record all cameras with one lockstep record, which cuts them on one tick.";
  return f;
}

void judge_ends(const Case& set, std::vector<Finding>& out) {
  int64_t longest = 0;
  for (const AlignedDevice& device : set.all.devices) {
    if (!device.empty()) longest = std::max(longest, device.lead().last_tick());
  }
  for (const AlignedDevice& device : set.all.devices) {
    if (device.empty()) continue;
    const int64_t missing = longest - first_to_end(device).last_tick();
    const double early_s = static_cast<double>(missing) * set.all.period_us() * 1e-6;
    place_loss(set, device, early_s, out);
    if (explained(device.evidence->name, out)) continue;
    if (set.evidence.cut_on_one_tick ? missing > 0 : early_s >= kEndsEarlyS)
      out.push_back(ended_early(set, device, missing));
  }
}

}  // namespace

void judge_ticks(const Case& set, const SyncReport& report, std::vector<Finding>& out) {
  for (size_t i = 0; i < report.devices.size(); ++i) {
    judge_lost(set, report, i, out);
    judge_duplicated(report.devices[i], out);
    judge_restarts(report.devices[i], out);
  }
  judge_ends(set, out);
}

}  // namespace lockstep

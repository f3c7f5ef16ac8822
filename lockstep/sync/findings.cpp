// SPDX-License-Identifier: MIT
#include "lockstep/sync/findings.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "lockstep/base/text.h"

namespace lockstep {
namespace {

constexpr size_t kPairsListed = 6;

Finding measured(FindingLevel level, std::string rule, const std::string& device, double value,
                 double gate, std::string unit) {
  Finding f;
  f.level = level;
  f.rule = std::move(rule);
  f.device = device;
  f.value = value;
  f.gate = gate;
  f.unit = std::move(unit);
  return f;
}

/// Fail or warning for a magnitude, or nothing.
std::optional<FindingLevel> level_of(double magnitude, double fail, double warn) {
  if (magnitude > fail) return FindingLevel::fail;
  if (magnitude > warn) return FindingLevel::warning;
  return std::nullopt;
}

std::string early_or_late(double us) {
  return us > 0 ? "after" : "before";
}

void judge_lead_offset(const Case& set, size_t index, std::vector<Finding>& out) {
  const AlignedDevice& device = set.all.devices[index];
  const bool has_color = !device.color.empty();
  const double fail = has_color ? set.gates.color_offset_fail_us : set.gates.depth_offset_fail_us;
  const double warn = has_color ? set.gates.color_offset_warn_us : set.gates.depth_offset_warn_us;
  const double us = set.measures.devices[index].lead->level_us;
  const auto level = level_of(std::abs(us), fail, warn);
  if (!level) return;
  Finding f = measured(*level, has_color ? "color-offset" : "depth-offset", device.evidence->name,
                       us, *level == FindingLevel::fail ? fail : warn, "us");
  f.stream = has_color ? "colour" : "depth";
  f.span = span_of(set.all, device.lead(), 0, set.all.ticks);
  f.message = fmt::format("{} of {} comes {:.0f} us {} plan (against {}, at mid-take).",
                          has_color ? "Colour" : "Depth", f.device, std::abs(us), early_or_late(us),
                          set.all.devices[set.reference].evidence->name);
  f.mend =
      *level == FindingLevel::warning
          ? "Usable as it is. Equal firmware, exposure and settings on all cameras bring it down."
          : fmt::format(
                "Set the subordinate delay of {} as planned (plan {:.0f} us) and record again.",
                f.device, device.expected_lead_us());
  out.push_back(f);
}

void judge_depth_offset(const Case& set, size_t index, std::vector<Finding>& out) {
  const AlignedDevice& device = set.all.devices[index];
  const double us = set.measures.devices[index].depth->level_us;
  const auto level =
      level_of(std::abs(us), set.gates.depth_offset_fail_us, set.gates.depth_offset_warn_us);
  if (!level) return;
  Finding f = measured(*level, "depth-offset", device.evidence->name, us,
                       *level == FindingLevel::fail ? set.gates.depth_offset_fail_us
                                                    : set.gates.depth_offset_warn_us,
                       "us");
  f.stream = "depth";
  f.span = span_of(set.all, device.depth, 0, set.all.ticks);
  f.message =
      fmt::format("Depth of {} comes {:.0f} us {} plan, against its own colour (plan {:+.0f} us).",
                  f.device, std::abs(us), early_or_late(us), device.expected_depth_us);
  f.cause = std::abs(us) > 5000
                ? "The camera started in a bad state (seen on early firmware), or the depth delay "
                  "is far off."
                : "The depth delay that the camera ran with is not the planned one.";
  f.mend = fmt::format("Compare the depth delay of {} to the rig file; start the camera again.",
                       f.device);
  out.push_back(f);
}

struct Run {
  int64_t first = 0;
  int64_t count = 0;
};

/// Runs of neighbouring ticks whose offset is beyond `gate`.
std::vector<Run> runs_beyond(const OffsetSeries& series, double gate) {
  std::vector<Run> runs;
  for (size_t i = 0; i < series.tick.size(); ++i) {
    if (std::abs(series.offset_us[i]) <= gate) continue;
    if (!runs.empty() && runs.back().first + runs.back().count == series.tick[i]) {
      ++runs.back().count;
    } else {
      runs.push_back({series.tick[i], 1});
    }
  }
  return runs;
}

double worst_in(const OffsetSeries& series, const Run& run) {
  double worst = 0;
  for (size_t i = 0; i < series.tick.size(); ++i) {
    const bool inside = series.tick[i] >= run.first && series.tick[i] < run.first + run.count;
    if (inside && std::abs(series.offset_us[i]) > std::abs(worst)) worst = series.offset_us[i];
  }
  return worst;
}

}  // namespace

TickSpan span_of(const Alignment& all, const AlignedStream& stream, int64_t first, int64_t count) {
  TickSpan span{first, count, 0, 0};
  const auto& stamps = stream.segment().stamps;
  const auto stamp_at = [&](int64_t tick) {
    const int64_t own = tick - stream.tick_of_first;
    const auto at = std::lower_bound(stamps.begin(), stamps.end(), own,
                                     [](const TickStamp& s, int64_t t) { return s.tick < t; });
    const TickStamp& near = at == stamps.end() ? stamps.back() : *at;
    return near.stamp.us() + std::llround(static_cast<double>(own - near.tick) * all.period_us());
  };
  span.from_us = stamp_at(first);
  span.to_us = stamp_at(first + count - 1);
  return span;
}

void judge_offsets(const Case& set, std::vector<Finding>& out) {
  for (size_t i = 0; i < set.all.devices.size(); ++i) {
    if (set.measures.devices[i].lead) judge_lead_offset(set, i, out);
    if (set.measures.devices[i].depth) judge_depth_offset(set, i, out);
  }
}

void judge_single_ticks(const Case& set, std::vector<Finding>& out) {
  const double gate = set.gates.tick_offset_us_at(set.all.frames_per_second);
  for (size_t i = 0; i < set.all.devices.size(); ++i) {
    const auto& series = set.measures.devices[i].lead;
    if (!series) continue;
    std::vector<Run> runs = runs_beyond(*series, gate);
    if (runs.empty()) continue;
    const auto longest = std::max_element(
        runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.count < b.count; });
    const bool in_a_row = static_cast<double>(longest->count) >= set.gates.ticks_in_a_row;
    const AlignedDevice& device = set.all.devices[i];
    Finding f = measured(in_a_row ? FindingLevel::fail : FindingLevel::warning, "tick-offset",
                         device.evidence->name, worst_in(*series, *longest), gate, "us");
    f.stream = device.color.empty() ? "depth" : "colour";
    f.span = span_of(set.all, device.lead(), longest->first, longest->count);
    int64_t total = 0;
    for (const Run& run : runs) total += run.count;
    f.message =
        fmt::format("{} of {} of {} {} more than {:.0f} us off plan, {} in a row from tick {}.",
                    total, counted(static_cast<int64_t>(series->tick.size()), "tick"), f.device,
                    total == 1 ? "is" : "are", gate, longest->count, longest->first);
    f.mend =
        "Look at the residual plot: a step is a changed exposure or a lost line, a spike is a late "
        "frame.";
    out.push_back(f);
  }
}

void judge_rates(const Case& set, const SyncReport& report, std::vector<Finding>& out) {
  for (size_t i = 0; i < report.devices.size(); ++i) {
    const DeviceReport& device = report.devices[i];
    if (!device.rate || !device.rate->judged || !device.clock_disciplined) continue;
    if (hangs_on_line(out, device.name)) continue;
    const double ppm = device.rate->ppm;
    const auto level = level_of(std::abs(ppm), set.gates.rate_fail_ppm, set.gates.rate_warn_ppm);
    if (!level) continue;
    Finding f = measured(
        *level, "rate", device.name, ppm,
        *level == FindingLevel::fail ? set.gates.rate_fail_ppm : set.gates.rate_warn_ppm, "ppm");
    f.span = span_of(set.all, set.all.devices[i].lead(), 0, set.all.ticks);
    f.message = fmt::format("Stamps of {} run {:+.2f} ppm against the line.", device.name, ppm);
    f.cause =
        "A clock that the pulses discipline has no rate of its own: it runs free, so no pulse "
        "reaches it.";
    f.mend =
        fmt::format("Push in the sync cable of {} at both ends and record again.", device.name);
    out.push_back(f);
  }
}

void judge_measured_lasers(const Case& set, std::vector<Finding>& out) {
  const bool planned = set.evidence.plan.has_value();
  size_t listed = 0, more = 0;
  for (const LaserReport& pair : set.lasers) {
    if (!pair.overlap || pair.sure_gap_us >= set.gates.laser_gap_warn_us) continue;
    if (++listed > kPairsListed) {
      ++more;
      continue;
    }
    const bool meet = pair.sure_gap_us < set.gates.laser_gap_fail_us;
    Finding f =
        measured(meet && planned ? FindingLevel::fail : FindingLevel::warning,
                 meet ? "lasers-meet" : "lasers-close", pair.a + ", " + pair.b, pair.judged_gap_us,
                 meet ? set.gates.laser_gap_fail_us : set.gates.laser_gap_warn_us, "us");
    f.stream = "depth";
    const auto named =
        std::find_if(set.all.devices.begin(), set.all.devices.end(),
                     [&](const AlignedDevice& d) { return d.evidence->name == pair.a; });
    const int64_t first = std::llround(pair.short_from_s * set.all.frames_per_second);
    const int64_t end = std::llround(pair.short_to_s * set.all.frames_per_second);
    // The last window takes the rest of the take.
    const int64_t rest = set.all.ticks - end;
    const bool to_the_end = rest < set.all.frames_per_second * set.gates.laser_window_s ||
                            rest < static_cast<int64_t>(set.gates.laser_window_ticks);
    f.span = span_of(set.all, named->depth, first, (to_the_end ? set.all.ticks : end) - first);
    f.message =
        meet ? fmt::format(
                   "The lasers of {} and {} fire together: their pulses overlap by {:.0f} us.",
                   pair.a, pair.b, -pair.judged_gap_us)
             : fmt::format("Only {:.0f} us are dark between the lasers of {} and {}.",
                           pair.judged_gap_us, pair.a, pair.b);
    f.cause =
        planned
            ? "A delay is not as planned, or the plan lets them meet."
            : "No delay keeps them apart; where their views overlap, depth has holes and jumps.";
    f.mend = planned ? "lockstep plan shows the laser timeline; mend the delays and record again."
                     : "Give every subordinate a delay (lockstep plan chooses them), or declare in "
                       "a rig file "
                       "that their views never overlap.";
    out.push_back(f);
  }
  if (more > 0) {
    out.back().message += fmt::format(" So it is for {} more pairs (see the report).", more);
  }
}

}  // namespace lockstep

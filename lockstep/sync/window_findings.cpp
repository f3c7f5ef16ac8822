// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "lockstep/sync/findings.h"

// Offsets that leave the plan for a part of the take, though neither on average nor by so much that
// a single tick tells.

namespace lockstep {
namespace {

constexpr double kWindowS = 1;
constexpr int64_t kWindowTicks = 10;
constexpr double kSure = 4;  // standard errors of a window's median

/// A stretch of neighbouring windows whose medians are beyond the gate, and the worst of them.
struct Stretch {
  int64_t first = 0, end = 0;  ///< ticks
  double worst_us = 0;
};

/// The longest stretch of windows beyond `gate_us`.
Stretch longest_beyond(const OffsetSeries& series, int64_t window, double gate_us) {
  Stretch longest, at;
  for (size_t i = 0; i < series.tick.size();) {
    std::vector<double> offsets;
    const int64_t from = series.tick[i];
    for (; i < series.tick.size() && series.tick[i] < from + window; ++i)
      offsets.push_back(series.offset_us[i]);
    if (2 * static_cast<int64_t>(offsets.size()) < window) continue;  // the rest of the take
    const double us = median(offsets);
    const bool beyond = std::abs(us) > gate_us;
    const bool goes_on = beyond && at.end == from && (us > 0) == (at.worst_us > 0);
    if (!goes_on) at = {from, from, 0};
    if (!beyond) continue;
    at.end = series.tick[i - 1] + 1;
    if (std::abs(us) > std::abs(at.worst_us)) at.worst_us = us;
    if (at.end - at.first > longest.end - longest.first) longest = at;
  }
  return longest;
}

/// Jitter of an offset from tick to tick, which a step or a slope does not raise.
double noise_of(const OffsetSeries& series) {
  std::vector<double> steps;
  for (size_t i = 1; i < series.offset_us.size(); ++i)
    steps.push_back(std::abs(series.offset_us[i] - series.offset_us[i - 1]));
  return steps.empty() ? 0 : kSigmaFromMad * median(steps) / std::sqrt(2.0);
}

bool is_told(const std::vector<Finding>& findings, const std::string& device,
             const std::string& stream) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) {
    return f.device == device && f.stream == stream && f.level == FindingLevel::fail &&
           (f.rule == "color-offset" || f.rule == "depth-offset" || f.rule == "tick-offset");
  });
}

void judge_series(const Case& set, const AlignedDevice& device, const AlignedStream& stream,
                  const OffsetSeries& series, std::vector<Finding>& out) {
  const bool color = &stream == &device.color;
  const std::string name = color ? "colour" : "depth";
  if (is_told(out, device.evidence->name, name)) return;
  const int fps = set.all.frames_per_second;
  const int64_t window = std::max<int64_t>(kWindowTicks, std::llround(kWindowS * fps));
  const double gate = color ? set.gates.color_offset_fail_us : set.gates.depth_offset_fail_us;
  const double noise_us = 1.25 * noise_of(series) / std::sqrt(static_cast<double>(window));
  const Stretch found = longest_beyond(series, window, gate + kSure * noise_us);
  if (found.end == found.first) return;
  const auto seconds = [&](int64_t tick) { return static_cast<double>(tick) / fps; };
  Finding f;
  f.level = FindingLevel::fail;
  f.rule = &stream == &device.lead() ? "tick-offset" : "depth-offset";
  f.device = device.evidence->name;
  f.stream = name;
  f.value = found.worst_us;
  f.gate = gate;
  f.unit = "us";
  f.span = span_of(set.all, stream, found.first, found.end - found.first);
  f.message = fmt::format(
      "{} of {} comes up to {:.0f} us {} plan from {:.1f} s to {:.1f} s into the take, though not "
      "over all of it.",
      color ? "Colour" : "Depth", f.device, std::abs(found.worst_us),
      found.worst_us > 0 ? "after" : "before", seconds(found.first), seconds(found.end));
  f.cause = "A delay or an exposure changed during the take.";
  f.mend =
      "Look at the residual plot; set delays and exposure once before the start and record again.";
  out.push_back(f);
}

}  // namespace

void judge_windows(const Case& set, std::vector<Finding>& out) {
  for (size_t i = 0; i < set.all.devices.size(); ++i) {
    const AlignedDevice& device = set.all.devices[i];
    const DeviceMeasure& measure = set.measures.devices[i];
    if (measure.lead) judge_series(set, device, device.lead(), *measure.lead, out);
    if (measure.depth) judge_series(set, device, device.depth, *measure.depth, out);
  }
}

}  // namespace lockstep

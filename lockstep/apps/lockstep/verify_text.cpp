// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/verify_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/common/text_table.h"
#include "lockstep/base/text.h"
#include "lockstep/sync/evidence.h"

namespace lockstep {
namespace {

constexpr size_t kGapsListed = 6;

std::string verdict_line(const SyncReport& report, bool color) {
  const int fails = report.count(FindingLevel::fail);
  const int warnings = report.count(FindingLevel::warning);
  Tone tone = fails > 0 ? Tone::bad : warnings > 0 ? Tone::warning : Tone::good;
  std::string line = toned(report.verdict_text(), tone, color);
  if (fails > 0) line += ": " + counted(fails, "failure");
  if (warnings > 0) line += (fails > 0 ? " and " : ", with ") + counted(warnings, "warning");
  for (const Finding& finding : report.findings) {
    if (finding.rule == "take-unproved") line += "; UNPROVED take";
    if (finding.rule == "take-incomplete") line += "; incomplete take";
    if (finding.rule == "take-unfinished") line += "; take still being recorded";
    if (finding.rule == "take-left-behind") line += "; take whose recorder died";
  }
  return line + "\n";
}

/// "all", or how many: of cameras that recorded nothing nothing is common.
std::string having_ticks(const SyncReport& report) {
  const auto recorded =
      std::count_if(report.devices.begin(), report.devices.end(),
                    [](const DeviceReport& d) { return d.color_captures + d.depth_captures > 0; });
  if (recorded == static_cast<int64_t>(report.devices.size())) return "all";
  return fmt::format("the {} of {} cameras that recorded", recorded, report.devices.size());
}

std::string range_line(const SyncReport& report) {
  std::string line = report.name.empty()
                         ? counted(static_cast<int64_t>(report.devices.size()), "recording")
                         : "take " + report.name;
  if (report.is_virtual) line += " (simulated)";
  if (report.common_ticks > 0)
    line +=
        fmt::format(", {} common to {} ({:.1f} s at {} fps)", counted(report.common_ticks, "tick"),
                    having_ticks(report), report.common_s, report.frames_per_second);
  if (!report.reference.empty() && report.devices.size() > 1)
    line += fmt::format("; against {}, expected by {}", report.reference, report.expected_from);
  return wrapped(line) + "\n";
}

std::string offset_cell(const std::optional<OffsetEstimate>& estimate) {
  if (!estimate) return "-";
  const double error = std::max(estimate->resolution_us, 2 * estimate->se_us);
  if (estimate->resolution_us > 0)
    return fmt::format("{} ±{:.0f}", signed_number(estimate->offset_us, 0), error);
  return fmt::format("{} ±{:.1f}", signed_number(estimate->offset_us, 1), std::max(0.1, error));
}

std::string rate_cell(const std::optional<RateEstimate>& rate, std::string_view without) {
  if (!rate) return std::string(without);
  return rate->judged ? signed_number(rate->ppm, 2) : "too short";
}

std::string role_of(const DeviceReport& device) {
  if (device.role == "MASTER") return "master";
  if (device.role == "SUBORDINATE") return "sub";
  return device.role == "STANDALONE" ? "alone" : device.role;
}

double jitter_of(const DeviceReport& device) {
  const auto& estimate = device.color ? device.color : device.depth;
  return estimate ? estimate->jitter_rms_us : 0;
}

std::string device_table(const SyncReport& report) {
  const bool changes = !report.last_good.empty();
  std::vector<TextTable::Column> columns = {{"camera"},
                                            {"role"},
                                            {"colour us", Align::right},
                                            {"depth-colour us", Align::right},
                                            {"rate ppm", Align::right},
                                            {"arrival ppm", Align::right},
                                            {"jitter us", Align::right},
                                            {"lost", Align::right},
                                            {"dup", Align::right}};
  if (changes) columns.push_back({"change us", Align::right});
  TextTable table(columns);
  for (const DeviceReport& device : report.devices) {
    const std::string none = device.is_reference ? "source" : "-";
    std::vector<std::string> row = {device.name,
                                    role_of(device),
                                    device.color ? offset_cell(device.color) : none,
                                    offset_cell(device.depth),
                                    rate_cell(device.rate, none),
                                    rate_cell(device.arrival, none),
                                    fmt::format("{:.1f}", jitter_of(device)),
                                    std::to_string(device.lost),
                                    std::to_string(device.duplicated)};
    if (changes)
      row.push_back(device.color_change_us ? signed_number(*device.color_change_us, 0) : "-");
    table.add_row(row);
  }
  return table.text(2);
}

std::string laser_line(const LaserReport& pair) {
  std::string text = fmt::format("  lasers of {} and {}: ", pair.a, pair.b);
  if (pair.sure_gap_us < 0)
    text += fmt::format("meet by {:.0f} us", -pair.judged_gap_us);
  else
    text += fmt::format("{:.0f} us dark between them", pair.typical_gap_us);
  if (pair.sure_gap_us >= 0 && pair.windows_below > 0)
    text += fmt::format(", {:.0f} at worst", pair.smallest_gap_us);
  return wrapped(text + (pair.overlap ? "" : " (their views never overlap)"), 4) + "\n";
}

/// Every pair that is too near, up to a number; where none is, the nearest.
std::string laser_lines(const SyncReport& report) {
  const auto near = [&](const LaserReport& pair) {
    return pair.sure_gap_us < report.gates.laser_gap_warn_us;
  };
  std::string text;
  size_t listed = 0, all = 0;
  for (const LaserReport& pair : report.lasers) {
    if (!near(pair)) continue;
    ++all;
    if (listed == kGapsListed) continue;
    ++listed;
    text += laser_line(pair);
  }
  if (all > listed) text += fmt::format("  and {} more\n", counted(int64_t(all - listed), "pair"));
  if (!text.empty()) return text;
  const auto nearest = std::min_element(report.lasers.begin(), report.lasers.end(),
                                        [](const LaserReport& a, const LaserReport& b) {
                                          return a.typical_gap_us < b.typical_gap_us;
                                        });
  if (report.lasers.size() == 1) return laser_line(*nearest);
  return wrapped(fmt::format("  lasers: {:.0f} us dark or more between any two (least: {} and {})",
                             nearest->typical_gap_us, nearest->a, nearest->b),
                 4) +
         "\n";
}

/// Where it is and how much against which gate: "[ticks 3 to 9, ...; 150 us, gate 100 us]".
std::string measured_text(const SyncReport& report, const Finding& finding) {
  std::string text;
  if (finding.span) {
    const bool all = finding.span->first_tick == 0 && finding.span->count == report.common_ticks &&
                     finding.rule != "clock-restart";
    text = all ? "the whole take" : span_text(*finding.span, clock_of(finding.rule));
  }
  if (finding.value && finding.gate && finding.unit != "ticks")  // the sentence counts them
    text += fmt::format("{}{} {unit}, gate {} {unit}", text.empty() ? "" : "; ",
                        plain_number(*finding.value), plain_number(*finding.gate),
                        fmt::arg("unit", finding.unit));
  return text.empty() ? text : "    [" + text + "]\n";
}

std::string finding_text(const SyncReport& report, const Finding& finding, bool color) {
  constexpr std::string_view kWords[] = {"FAIL", "warning", "note"};
  constexpr Tone kTones[] = {Tone::bad, Tone::warning, Tone::faint};
  const auto level = static_cast<size_t>(finding.level);
  std::string head(kWords[level]);
  if (!finding.device.empty()) head += " " + finding.device;
  std::string text = wrapped(toned(head, kTones[level], color) + ": " + finding.message, 4) + "\n";
  text += measured_text(report, finding);
  if (!finding.cause.empty()) text += wrapped("    likely: " + finding.cause, 12) + "\n";
  if (!finding.mend.empty()) text += wrapped("    do: " + finding.mend, 8) + "\n";
  return text;
}

/// Families that no rig file and no tag declares, and what they are taken from.
std::string family_notes(const SyncReport& report) {
  std::map<std::string, std::vector<std::string>> cameras_of;  // by what is said of them
  for (const DeviceReport& device : report.devices) {
    if (device.family_by == kFamilyByRig || device.family_by == kFamilyByTag) continue;
    cameras_of[device.family_by == kFamilyAssumed
                   ? device.family + ", assumed: no file says so (--family names another)"
                   : device.family + ", by " + device.family_by]
        .push_back(device.name);
  }
  std::string text;
  for (const auto& [said, names] : cameras_of) {
    const bool all = names.size() > 1 && names.size() == report.devices.size();
    text += wrapped(fmt::format("  family of {}: {}",
                                all ? "all" : fmt::to_string(fmt::join(names, ", ")), said),
                    4);
    text += "\n";
  }
  return text;
}

std::string notes(const SyncReport& report) {
  std::string text = family_notes(report);
  if (report.verdict == Verdict::in_step && report.witnesses.size() == 1)
    text += "  stamps alone cannot see a pulled sync cable\n";
  for (const std::string& note : report.witness_notes) text += wrapped("  " + note, 4) + "\n";
  if (!report.last_good.empty())
    text += wrapped("  changes are against " + report.last_good, 4) + "\n";
  if (!report.stamp_meaning.empty() && report.stamp_meaning.rfind("either", 0) != 0)
    text += wrapped("  stamps fit best as: " + report.stamp_meaning, 4) + "\n";
  return text;
}

/// Every gate with its value, or only those that are not the default's.
std::string gates_text(const Gates& gates, GatesShown shown) {
  const Gates defaults;
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value, const std::string& usual) {
    if (shown == GatesShown::changed && value == usual) return;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
    if (value != usual) text += fmt::format(" (default {})", usual);
  };
  for (const GateEntry& entry : gate_entries())
    add(entry.name, fmt::format("{:g}", gates.*entry.value),
        fmt::format("{:g}", defaults.*entry.value));
  add("clock", std::string(to_string(gates.clock)), std::string(to_string(defaults.clock)));
  if (text.empty()) text = "the defaults (--gates lists them)";
  return wrapped("gates: " + text, 2) + "\n";
}

/// Names and sentences come from files: what would drive the terminal is taken out of all of them.
SyncReport for_terminal(SyncReport report) {
  const auto clean = [](std::string& text) { text = printable(text); };
  for (std::string* text : {&report.name, &report.reference, &report.expected_from,
                            &report.last_good, &report.stamp_meaning})
    clean(*text);
  for (std::string& note : report.witness_notes) clean(note);
  for (DeviceReport& device : report.devices) {
    for (std::string* text : {&device.name, &device.source, &device.serial, &device.family,
                              &device.family_by, &device.role, &device.exposure})
      clean(*text);
  }
  for (LaserReport& pair : report.lasers) {
    clean(pair.a);
    clean(pair.b);
  }
  for (Finding& finding : report.findings) {
    for (std::string* text : {&finding.device, &finding.message, &finding.cause, &finding.mend})
      clean(*text);
  }
  return report;
}

}  // namespace

std::string sync_report_to_text(const SyncReport& said, bool color, GatesShown shown) {
  const SyncReport report = for_terminal(said);
  std::string text = verdict_line(report, color) + range_line(report);
  if (report.common_ticks > 0) {
    text += "\n" + device_table(report);
    if (!report.lasers.empty()) text += "\n" + laser_lines(report);
  }
  if (const std::string more = notes(report); !more.empty()) text += "\n" + more;
  for (const Finding& finding : report.findings)
    text += "\n" + finding_text(report, finding, color);
  return text + "\n" + toned(gates_text(report.gates, shown), Tone::faint, color);
}

std::string verdict_to_text(const SyncReport& said, bool color, size_t most) {
  const SyncReport report = for_terminal(said);
  std::string text = "verdict: " + verdict_line(report, color);
  size_t failures = 0;
  for (const Finding& finding : report.findings) {
    if (finding.level == FindingLevel::fail && ++failures <= most)
      text += finding_text(report, finding, color);
  }
  if (failures > most)
    text += fmt::format("and {} more\n", counted(static_cast<int64_t>(failures - most), "failure"));
  return text;
}

}  // namespace lockstep

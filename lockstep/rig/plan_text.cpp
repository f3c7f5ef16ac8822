// SPDX-License-Identifier: MIT
#include "lockstep/rig/plan_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "lockstep/base/modulo.h"
#include "lockstep/base/text.h"
#include "lockstep/rig/laser_plan.h"
#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

constexpr size_t kMostGaps = 5;
constexpr int kTimelineColumns = 72;

// `text` behind `head`, its lines under each other.
std::string paragraph(std::string_view head, std::string_view text) {
  return wrapped(std::string(head).append(text), display_columns(head)) + "\n";
}

// The first cell of a row; a name that is too long for its column has a line of its own.
std::string name_cell(const std::string& name) {
  constexpr size_t kWidth = 14;
  return name.size() <= kWidth ? fmt::format("  {:<14}", name)
                               : fmt::format("  {}\n  {:<14}", name, "");
}

std::string_view role_text(const PlannedCamera& camera) {
  switch (camera.config.wired_sync) {
    case WiredSync::master:
      return "master";
    case WiredSync::subordinate:
      return "sub";
    case WiredSync::standalone:
      return "alone";
  }
  return "";
}

std::string heading(const Plan& plan) {
  const std::string name = plan.rig_name.empty() ? "unnamed rig" : plan.rig_name;
  std::string source =
      plan.cameras.size() == 1 ? "standalone, no sync line" : "nobody gives pulses";
  if (plan.external_source) {
    source = fmt::format("pulses from the generator '{}'", plan.source);
  } else if (!plan.source.empty()) {
    source = fmt::format("pulses from '{}'", plan.source);
  }
  return paragraph("", fmt::format("{}: {} at {} fps, {}", name,
                                   counted(static_cast<int64_t>(plan.cameras.size()),
                                           plan.is_virtual ? "virtual camera" : "camera"),
                                   frames_per_second(plan.frame_rate), source));
}

std::string asked_and_real(int64_t asked, double real) {
  if (asked == 0 && real == 0) return "0";
  return fmt::format("{} ({:.1f})", asked, real);
}

std::string cameras_text(const Plan& plan) {
  std::string out = "\nCameras (us after a pulse; delays as asked, in brackets as realised)\n";
  out += fmt::format("  {:<14} {:<12} {:<6} {:>5} {:>16} {:>18} {:>9} {:>9}\n", "name", "serial",
                     "role", "start", "sub. delay", "depth delay", "colour", "depth");
  for (const PlannedCamera& camera : plan.cameras) {
    const CameraConfig& config = camera.config;
    out += fmt::format(
        "{} {:<12} {:<6} {:>5} {:>16} {:>18} {:>9} {:>9}\n", name_cell(camera.name), camera.serial,
        role_text(camera), camera.start_order + 1,
        asked_and_real(config.subordinate_delay_off_master.count(),
                       realised_delay_us(camera.family, config.subordinate_delay_off_master)),
        asked_and_real(config.depth_delay_off_color.count(),
                       realised_delay_us(camera.family, config.depth_delay_off_color)),
        config.color_on() ? fmt::format("{:.1f}", camera.color_delay_us) : "off",
        config.depth_on() ? fmt::format("{:.1f}", camera.depth_offset_us()) : "off");
  }
  return out;
}

// What each camera is set to, once when all are alike.
std::string settings_text(const Plan& plan) {
  std::vector<std::pair<std::string, std::string>> groups;  // settings, names
  for (const PlannedCamera& camera : plan.cameras) {
    const CameraConfig& c = camera.config;
    std::string text =
        fmt::format("{}, colour {}, depth {}, exposure {}", to_string(camera.family),
                    color_mode_name(c.color_format, c.color_resolution), to_string(c.depth_mode),
                    c.exposure ? fmt::format("{} us", c.exposure->count()) : "automatic");
    if (c.gain) text += fmt::format(", gain {}", *c.gain);
    if (c.white_balance_k) text += fmt::format(", {} K", *c.white_balance_k);
    if (c.powerline)
      text += fmt::format(", mains {} Hz", *c.powerline == Powerline::hz50 ? 50 : 60);
    text += c.imu ? ", IMU on" : ", IMU off";
    const auto same = std::find_if(groups.begin(), groups.end(),
                                   [&](const auto& group) { return group.first == text; });
    if (same == groups.end()) {
      groups.emplace_back(text, camera.name);
    } else {
      same->second += ", " + camera.name;
    }
  }
  std::string out = "\nSettings\n";
  for (const auto& [text, names] : groups)
    out += paragraph(fmt::format("  {}: ", groups.size() == 1 ? "all" : names), text);
  return out;
}

// One line per camera over one laser pitch: where in it the pulses fall, and which block they are
// in.
std::string timeline_text(const Plan& plan) {
  if (!plan.lasers_planned()) return "\nLasers: not planned until the errors below are mended.\n";
  double pitch = 0;
  const PlannedCamera* first = nullptr;
  for (const PlannedCamera& camera : plan.cameras) {
    if (camera.laser.pulses == 0) continue;
    if (first == nullptr) first = &camera;
    pitch = std::max(pitch, camera.laser.pitch_us);
  }
  if (first == nullptr) return "";
  const double period = frame_period_us(frames_per_second(plan.frame_rate));
  const double column_us = pitch / kTimelineColumns;
  std::string out =
      "\n" +
      paragraph(
          "",
          fmt::format("Lasers: the first {:g} us from the first pulse of '{}', {:.1f} us a column",
                      pitch, first->name, column_us));
  for (const PlannedCamera& camera : plan.cameras) {
    if (camera.laser.pulses == 0) continue;
    const double start = modulo(camera.first_pulse_us - first->first_pulse_us, period);
    std::string line(kTimelineColumns, '.');
    for (int i = 0; i < camera.laser.pulses; ++i) {
      const double at = modulo(start + i * camera.laser.pitch_us, period);
      const bool alike = camera.laser.pitch_us == pitch;
      if (i > 0 && !alike) continue;
      const double in_pitch = std::fmod(at, pitch);
      const auto from = static_cast<int>(std::lround(in_pitch / column_us));
      const auto to = static_cast<int>(std::lround((in_pitch + camera.laser.pulse_us) / column_us));
      for (int column = from; column < std::max(to, from + 1); ++column)
        line[static_cast<size_t>(column % kTimelineColumns)] = '#';
      if (alike) break;
    }
    out += fmt::format("{} {} {:+.1f}\n", name_cell(camera.name), line,
                       start > period / 2 ? start - period : start);
  }
  out += paragraph("  ", fmt::format("{} pulses of {:g} us, one every {:g} us; the train lasts "
                                     "{:g} us of the {:.0f} us frame.",
                                     first->laser.pulses, first->laser.pulse_us,
                                     first->laser.pitch_us, first->laser.duration_us(), period));
  return out;
}

std::string gaps_text(const Plan& plan) {
  if (plan.gaps.empty()) return "";
  std::string out =
      fmt::format("\nSmallest dark gaps between lasers ({:g} us needed, {:g} aimed for)\n",
                  kLeastDarkGapUs, kAimedDarkGapUs);
  size_t shown = 0;
  for (const LaserGap& gap : plan.gaps) {
    if (++shown > kMostGaps) break;
    out += paragraph(fmt::format("  {:>8.1f} us  ", gap.gap_us),
                     fmt::format("{} and {}{}", gap.a, gap.b,
                                 gap.may_overlap ? "" : " (views never meet: does not matter)"));
  }
  if (plan.gaps.size() > kMostGaps)
    out += fmt::format("  ... and {} that {} wider\n", plan.gaps.size() - kMostGaps,
                       plan.gaps.size() - kMostGaps == 1 ? "is" : "are");
  return out;
}

std::string load_text(const Plan& plan) {
  std::string out = "\nLoad (depth exact, MJPG typical: it depends on the scene)\n";
  for (const PlannedLoad::Line& line : plan.load.lines) {
    out += fmt::format("  {:>7.1f} MB/s  {}{}, {}\n", line.megabytes_per_s, line.what,
                       line.limit_megabytes_per_s > 0
                           ? fmt::format(" (carries about {:g})", line.limit_megabytes_per_s)
                           : "",
                       counted(static_cast<int64_t>(line.cameras.size()), "camera"));
  }
  return out;
}

std::string start_text(const Plan& plan) {
  if (plan.source.empty()) return "";
  std::vector<const PlannedCamera*> order;
  for (const PlannedCamera& camera : plan.cameras) order.push_back(&camera);
  std::sort(order.begin(), order.end(),
            [](const auto* a, const auto* b) { return a->start_order < b->start_order; });
  std::string names;
  for (const PlannedCamera* camera : order) {
    if (!names.empty()) {
      const bool master = camera->config.wired_sync == WiredSync::master;
      const double wait_s = plan.settle_before_master_s;
      names += !master      ? ", "
               : wait_s > 0 ? fmt::format(", wait {:g} s, then ", wait_s)
                            : ", then ";
    }
    names += camera->name;
  }
  if (plan.external_source)
    names += fmt::format("; then turn on '{}', which must be silent until all wait", plan.source);
  return "\n" + paragraph("Start order: ", names);
}

std::string wiring_text(const Plan& plan) {
  if (plan.wiring.empty()) return "";
  std::string out = "\nWiring\n";
  for (const WiringLine& line : plan.wiring) {
    out += paragraph("  ", fmt::format("{} -> {}: {}{}{}", line.from, line.to, line.part,
                                       line.remark.empty() ? "" : "; ", line.remark));
  }
  for (const std::string& note : plan.wiring_notes) out += paragraph("  * ", note);
  return out;
}

std::string_view severity_text(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "";
}

std::string verdict_text(const Plan& plan) {
  const auto count = [&](Severity severity) {
    return std::count_if(plan.findings.begin(), plan.findings.end(),
                         [&](const PlanFinding& f) { return f.severity == severity; });
  };
  const auto errors = count(Severity::error);
  const auto warnings = count(Severity::warning);
  if (errors > 0) {
    return fmt::format("\nThis rig breaks {} ({}). Mend and plan again.\n", counted(errors, "rule"),
                       counted(warnings, "warning"));
  }
  return warnings > 0 ? fmt::format("\nThe plan holds, with {}.\n", counted(warnings, "warning"))
                      : "\nThe plan holds.\n";
}

}  // namespace

std::string findings_to_text(const Plan& plan, Severity least) {
  std::string out;
  for (const PlanFinding& finding : plan.findings) {
    if (finding.severity < least) continue;
    out += wrapped(fmt::format("  {}: {}: {} [{}]", finding.where, severity_text(finding.severity),
                               finding.message, finding.rule),
                   6) +
           "\n";
    out += paragraph("      mend: ", finding.mend);
  }
  return out;
}

std::string plan_to_text(const Plan& plan) {
  std::string out = heading(plan) + cameras_text(plan) + settings_text(plan) + timeline_text(plan) +
                    gaps_text(plan) + load_text(plan) + start_text(plan) + wiring_text(plan);
  const std::string findings = findings_to_text(plan, Severity::note);
  if (!findings.empty()) out += "\nFindings\n" + findings;
  return out + verdict_text(plan);
}

}  // namespace lockstep

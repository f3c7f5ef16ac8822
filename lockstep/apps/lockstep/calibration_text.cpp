// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/calibration_text.h"

#include <fmt/core.h>

#include <cmath>

#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/common/text_table.h"

namespace lockstep {
namespace {

std::string head(const CalibrationReport& report, bool color) {
  const std::string verdict = verdict_of(report);
  const Tone tone = verdict == "good" ? Tone::good : verdict == "weak" ? Tone::bad : Tone::warning;
  std::string text =
      fmt::format("{}: {}, {}{}\n", report.take,
                  counted(static_cast<int64_t>(report.calibration.cameras.size()), "camera"),
                  toned(verdict, tone, color), report.simulated ? " (simulated)" : "");
  text += fmt::format("{} looked at, {} solved with, {} held out\n",
                      counted(report.ticks_looked_at, "tick"), report.solve_ticks,
                      report.held_out_ticks);
  const CarriedCorners& held_out = report.held_out.all;
  if (held_out.corners > 0) {
    text += wrapped(fmt::format(
                        "held out: corners carried from one camera into another come out {} mm ({} "
                        "px) from where they are",
                        or_below(held_out.mm, 2), or_below(held_out.px, 2)),
                    2) +
            "\n";
  }
  return text;
}

std::string residual(const SensorEvidence& sensor) {
  return sensor.views == 0 ? "–" : fmt::format("{:.2f}", sensor.rms_px);
}

std::string cameras(const CalibrationReport& report) {
  TextTable table({{"camera"},
                   {"x m", Align::right},
                   {"y m", Align::right},
                   {"z m", Align::right},
                   {"known to", Align::right},
                   {"colour px", Align::right},
                   {"infrared px", Align::right},
                   {"depth offset mm", Align::right},
                   {"board seen at"}});
  for (size_t i = 0; i < report.cameras.size(); ++i) {
    const CalibratedCamera& camera = report.calibration.cameras[i];
    const CameraEvidence& evidence = report.cameras[i];
    const Eigen::Vector3d& at = camera.rig_from_depth.translation;
    const PoseSigma known = known_to(camera.covariance);
    // No minus before what rounds to 0.
    const auto metres = [](double value) {
      return fmt::format("{:.3f}", std::round(1e3 * value) / 1e3 + 0.0);
    };
    table.add_row({camera.name, metres(at.x()), metres(at.y()), metres(at.z()),
                   known.shift_m == 0 ? "the reference"
                                      : fmt::format("{:.2f} mm {:.3f}°", 1000 * known.shift_m,
                                                    kDegPerRad * known.turn_rad),
                   residual(evidence.color), residual(evidence.infrared),
                   signed_number(camera.depth_offset_m * 1000, 1),
                   fmt::format("{:.1f}–{:.1f} m", evidence.nearest_m, evidence.farthest_m)});
  }
  return table.text();
}

std::string pairs(const CalibrationReport& report) {
  TextTable table({{"pair"}, {"ticks", Align::right}, {"held out mm", Align::right}});
  for (const PairEvidence& pair : report.pairs) {
    table.add_row({report.calibration.cameras[static_cast<size_t>(pair.a)].name + " – " +
                       report.calibration.cameras[static_cast<size_t>(pair.b)].name,
                   std::to_string(pair.ticks),
                   pair.held_out ? or_below(pair.held_out->mm, 2) : "–"});
  }
  return table.text();
}

std::string advice(const CalibrationReport& report, bool color) {
  std::string text;
  for (const Advice& one : report.advice) {
    const Tone tone = one.level == AdviceLevel::fail      ? Tone::bad
                      : one.level == AdviceLevel::warning ? Tone::warning
                                                          : Tone::faint;
    const char* const level = one.level == AdviceLevel::fail      ? "falls short"
                              : one.level == AdviceLevel::warning ? "advice"
                                                                  : "note";
    text += wrapped(toned(level, tone, color) + ": " + one.message +
                        (one.mend.empty() ? "" : ": " + one.mend),
                    2) +
            "\n";
  }
  return text;
}

}  // namespace

std::string calibration_to_text(const CalibrationReport& report, bool color) {
  std::string text = head(report, color) + "\n" + cameras(report);
  if (!report.pairs.empty()) text += "\n" + pairs(report);
  if (!report.advice.empty()) text += "\n" + advice(report, color);
  return text;
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
// `lockstep calibrate --check`: whether a camera has moved since it was calibrated.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/common/text_table.h"
#include "lockstep/apps/common/undivided_job.h"
#include "lockstep/apps/lockstep/calibrate_scene.h"
#include "lockstep/calibrate/pose_check.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kNoNudgeM = 0.03;
// A move that shows only from here on is one of which the scene says nothing.
constexpr double kNeverShowsM = 1;
constexpr double kNeverShowsRad = 30 / kDegPerRad;
constexpr const char* kVerdicts[] = {"stayed", "moved", "one-of", "cannot-tell"};

struct Checked {
  const CalibratedScene& seen;
  const PoseCheck& check;

  [[nodiscard]] const std::string& name(size_t i) const { return seen.scene.cameras[i].name; }
  /// Whether every camera of the take is one that stayed.
  [[nodiscard]] bool good() const {
    return seen.scene.uncalibrated.empty() &&
           with(MoveVerdict::stayed).size() == check.cameras.size();
  }
  [[nodiscard]] std::vector<std::string> with(MoveVerdict verdict) const {
    std::vector<std::string> names;
    for (size_t i = 0; i < check.cameras.size(); ++i) {
      if (check.cameras[i].verdict == verdict) names.push_back(name(i));
    }
    return names;
  }
};

/// How far a camera went, as far as it is known, and what of it is not. A size that is smaller than
/// what would show is none that was measured.
struct MoveInWords {
  std::string known, unknown;
};

MoveInWords move_in_words(const CameraMove& move) {
  const Eigen::Vector3d mm = 1000 * move.shift_m;
  const bool shift_known = move.shift_m.norm() >= move.least_shift_m;
  const bool turn_known = move.turn_rad.norm() >= move.least_turn_rad;
  const std::string shift =
      fmt::format("{:.1f} mm ({} right, {} down, {} forward)", mm.norm(), signed_number(mm.x(), 1),
                  signed_number(mm.y(), 1), signed_number(mm.z(), 1));
  const std::string turn = fmt::format("{:.2f}°", kDegPerRad * move.turn_rad.norm());
  if (shift_known && turn_known) return {shift + " and " + turn, ""};
  if (shift_known) {
    return {shift, move.least_turn_rad < kNeverShowsRad
                       ? fmt::format("; a turn of less than {:.2f}° would not show",
                                     kDegPerRad * move.least_turn_rad)
                       : "; whether it is turned, too, this scene cannot tell"};
  }
  if (turn_known) {
    return {turn, move.least_shift_m < kNeverShowsM
                      ? fmt::format("; a shift of less than {:.1f} mm would not show",
                                    1000 * move.least_shift_m)
                      : "; whether it is shifted, too, this scene cannot tell"};
  }
  return {"", "; how far, this scene cannot tell"};
}

std::string cannot_tell(const std::vector<std::string>& names, const std::string& unseen) {
  return fmt::format(
      "{}: this scene cannot tell. A move would not show: {}. Record the check where "
      "{} and another camera see surfaces that face three ways, such as a corner of "
      "the room or boxes on the floor.",
      listing(names), unseen, names.size() == 1 ? "it" : "each of them");
}

std::string sentence(const Checked& all, size_t i) {
  const CameraMove& move = all.check.cameras[i];
  const std::string name = "'" + all.name(i) + "'";
  const MoveInWords words = move_in_words(move);
  switch (move.verdict) {
    case MoveVerdict::stayed:
      return {};
    case MoveVerdict::moved:
      return fmt::format(
          "{} has moved{}{}. Calibrate the rig again.", name,
          words.known.empty()
              ? ""
              : fmt::format(": it stands {} from where it was calibrated", words.known),
          words.unknown);
    case MoveVerdict::one_of: {
      std::vector<std::string> rivals;
      for (const int rival : move.rivals) rivals.push_back(all.name(static_cast<size_t>(rival)));
      return fmt::format(
          "{} has moved{}, unless it was {}: no other camera sees enough of the "
          "same surfaces to tell which{}. Look at their stands, and calibrate the rig "
          "again.",
          name, words.known.empty() ? "" : " by " + words.known, listing(rivals), words.unknown);
    }
    case MoveVerdict::cannot_tell:
      break;
  }
  return cannot_tell({all.name(i)}, directions_in_words(move.open_shifts, move.open_turns));
}

/// Of all cameras; one for those of whom the same cannot be told.
std::string sentences(const Checked& all) {
  std::map<std::string, std::vector<std::string>> open;
  std::string text;
  for (size_t i = 0; i < all.check.cameras.size(); ++i) {
    const CameraMove& move = all.check.cameras[i];
    if (move.verdict == MoveVerdict::cannot_tell) {
      open[directions_in_words(move.open_shifts, move.open_turns)].push_back(all.name(i));
    } else if (move.verdict != MoveVerdict::stayed) {
      text += wrapped(sentence(all, i), 2) + "\n";
    }
  }
  for (const SceneOverlap& overlap : all.check.overlaps) {
    if (overlap.apart_m < kNoNudgeM) continue;
    text +=
        wrapped(fmt::format("By this calibration, surfaces that {} see are {:.0f} mm apart: that "
                            "is no nudge. See that it is the calibration of this rig.",
                            listing({all.name(static_cast<size_t>(overlap.one)),
                                     all.name(static_cast<size_t>(overlap.other))}),
                            1000 * overlap.apart_m),
                2) +
        "\n";
  }
  for (const auto& [unseen, names] : open) text += wrapped(cannot_tell(names, unseen), 2) + "\n";
  return text;
}

std::string headline(const Checked& all) {
  const auto moved = all.with(MoveVerdict::moved);
  const auto one_of = all.with(MoveVerdict::one_of);
  const auto open = all.with(MoveVerdict::cannot_tell);
  if (!moved.empty()) return listing(moved) + (moved.size() == 1 ? " has moved" : " have moved");
  if (!one_of.empty()) return "one of " + listing(one_of) + " has moved";
  if (!open.empty()) return "this scene cannot tell of " + listing(open);
  const auto& unknown = all.seen.scene.uncalibrated;
  return unknown.empty() ? "no camera has moved"
                         : "of " + listing(unknown) + " nothing is known; the others stayed";
}

/// `most`: beyond this nobody would call it a nudge.
std::string least(double value, double most, int decimals, const char* unit) {
  return value < most ? fmt::format("{:.{}f}{}", value, decimals, unit) : "never";
}

std::string to_text(const Checked& all, bool color) {
  const bool good = all.good();
  std::string text =
      wrapped(fmt::format("{} against {}: {}{}", all.seen.scene.take, all.seen.file.string(),
                          toned(headline(all), good ? Tone::good : Tone::bad, color),
                          all.seen.scene.simulated ? " (simulated)" : ""),
              2);
  text += fmt::format("\n{} looked at\n\n", counted(all.seen.scene.ticks_looked_at, "tick"));
  TextTable cameras({{"camera"},
                     {"verdict"},
                     {"a shift shows from", Align::right},
                     {"a turn shows from", Align::right}});
  for (size_t i = 0; i < all.check.cameras.size(); ++i) {
    const CameraMove& move = all.check.cameras[i];
    cameras.add_row({all.name(i), kVerdicts[static_cast<size_t>(move.verdict)],
                     least(1000 * move.least_shift_m, 1000 * kNeverShowsM, 1, " mm"),
                     least(kDegPerRad * move.least_turn_rad, kDegPerRad * kNeverShowsRad, 2, "°")});
  }
  for (const std::string& name : all.seen.scene.uncalibrated)
    cameras.add_row({name, "not calibrated", "", ""});
  text += cameras.text();
  if (!all.check.overlaps.empty()) {
    TextTable pairs({{"pair"}, {"surfaces apart", Align::right}, {"places", Align::right}});
    for (const SceneOverlap& overlap : all.check.overlaps) {
      pairs.add_row({all.name(static_cast<size_t>(overlap.one)) + " – " +
                         all.name(static_cast<size_t>(overlap.other)),
                     fmt::format("{:.1f} mm", 1000 * overlap.apart_m),
                     std::to_string(overlap.places)});
    }
    text += "\n" + pairs.text();
  }
  const std::string said = sentences(all);
  return said.empty() ? text : text + "\n" + said;
}

Json three(const Eigen::Vector3d& v) {
  return {v.x(), v.y(), v.z()};
}

Json directions(const std::vector<Eigen::Vector3d>& all) {
  Json list = Json::array();
  for (const Eigen::Vector3d& way : all) list.push_back(three(way));
  return list;
}

Json finite(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

Json camera_json(const Checked& all, size_t i) {
  const CameraMove& move = all.check.cameras[i];
  Json rivals = Json::array();
  for (const int rival : move.rivals) rivals.push_back(all.name(static_cast<size_t>(rival)));
  return {{"name", all.name(i)},
          {"serial", all.seen.scene.serials[i]},
          {"verdict", kVerdicts[static_cast<size_t>(move.verdict)]},
          {"rivals", rivals},
          {"shift_m", three(move.shift_m)},
          {"turn_rad", three(move.turn_rad)},
          {"chi_square", move.chi_square},
          {"least_shift_m", finite(move.least_shift_m)},
          {"least_turn_rad", finite(move.least_turn_rad)},
          {"open_shifts", directions(move.open_shifts)},
          {"open_turns", directions(move.open_turns)},
          {"message", sentence(all, i)}};
}

std::string to_json(const Checked& all) {
  Json cameras = Json::array();
  for (size_t i = 0; i < all.check.cameras.size(); ++i) cameras.push_back(camera_json(all, i));
  Json pairs = Json::array();
  for (const SceneOverlap& overlap : all.check.overlaps) {
    pairs.push_back({{"a", all.name(static_cast<size_t>(overlap.one))},
                     {"b", all.name(static_cast<size_t>(overlap.other))},
                     {"places", overlap.places},
                     {"apart_m", overlap.apart_m},
                     {"left_m", overlap.left_m}});
  }
  const Json root{{"schema", 1},
                  {"kind", "lockstep-calibration-check"},
                  {"take", all.seen.scene.take},
                  {"calibration", all.seen.file.string()},
                  {"simulated", all.seen.scene.simulated},
                  {"ticks_looked_at", all.seen.scene.ticks_looked_at},
                  {"verdict", headline(all)},
                  {"cameras", cameras},
                  {"pairs", pairs},
                  {"not_in_calibration", all.seen.scene.uncalibrated},
                  {"not_in_take", all.seen.scene.absent}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

int run_check(const SceneRequest& request) {
  const auto seen = look_at_scene(request);
  if (!seen) return report_failure(seen.error());
  const auto check = [&] {
    const UndividedJob job("stopped: no camera was judged");
    return check_poses(seen->scene.cameras);
  }();
  if (!check) return report_failure(check.error());
  const Checked all{*seen, *check};
  print_as_is(stdout, request.json ? to_json(all) : to_text(all, takes_color(stdout)));
  return all.good() ? kExitGood : kExitFallsShort;
}

}  // namespace lockstep

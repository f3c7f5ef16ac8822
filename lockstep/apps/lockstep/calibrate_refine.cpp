// SPDX-License-Identifier: MIT
// `lockstep calibrate --refine`: poses that the scene improves.
#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/common/text_table.h"
#include "lockstep/apps/common/undivided_job.h"
#include "lockstep/apps/lockstep/calibrate_scene.h"
#include "lockstep/apps/lockstep/calibration_file.h"
#include "lockstep/base/files.h"
#include "lockstep/base/new_files.h"
#include "lockstep/calibrate/pose_check.h"
#include "lockstep/calibrate/pose_refinement.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Refined {
  const CalibratedScene& seen;
  const PoseRefinement& refinement;
  RigCalibration calibration;
};

/// What the scene says of every camera. A pose held to a calibration from which the camera has
/// moved would be neither: unusable_input.
Result<PoseCheck> check_none_moved(const CalibratedScene& seen) {
  auto check = check_poses(seen.scene.cameras);
  if (!check) return check;
  for (size_t i = 0; i < check->cameras.size(); ++i) {
    const MoveVerdict verdict = check->cameras[i].verdict;
    if (verdict != MoveVerdict::moved && verdict != MoveVerdict::one_of) continue;
    return Error{Errc::unusable_input,
                 fmt::format("'{}' {} moved since {}: 'lockstep calibrate --check' says by how "
                             "much. Calibrate with a board again.",
                             seen.scene.cameras[i].name,
                             verdict == MoveVerdict::moved ? "has" : "or another camera has",
                             seen.file.string())};
  }
  return check;
}

[[nodiscard]] bool all_open(const RefinedCamera& camera) {
  return camera.open_shifts.size() == 3 && camera.open_turns.size() == 3;
}

/// Poses that the scene does not improve are those that were there before: where that is all, no
/// new file shall look like more.
Result<void> some_refined(const CalibratedScene& seen, const PoseCheck& check,
                          const PoseRefinement& refinement) {
  std::vector<std::string> untold;
  bool would_show = true;
  size_t held = 0;
  for (size_t i = 0; i < refinement.cameras.size(); ++i) {
    const bool reference = seen.scene.cameras[i].covariance.isZero();
    held += reference ? 1 : 0;
    if (reference || !all_open(refinement.cameras[i])) continue;
    untold.push_back(seen.scene.cameras[i].name);
    would_show = would_show && check.cameras[i].verdict == MoveVerdict::stayed;
  }
  if (untold.empty()) return {};
  const std::string of = fmt::format(
      "this scene says less of {} than {} does, in every direction{}", listing(untold),
      seen.file.string(),
      would_show ? ", and agrees with it: there is nothing to refine."
                 : ": a camera that was bumped would not show. Record it where two cameras see "
                   "surfaces that face three ways.");
  if (untold.size() + held == refinement.cameras.size())
    return Error{Errc::unusable_input, of + " Nothing is written."};
  say("warning: " + of);
  return {};
}

/// The folder of `output` is made first, so that no work is lost for it.
Result<PoseRefinement> refine(const CalibratedScene& seen, const std::string& output) {
  const UndividedJob job;
  const auto check = check_none_moved(seen);
  if (!check) return check.error();
  if (auto made = make_folder_of(output); !made) return std::move(made).error();
  auto refinement = refine_poses(seen.scene.cameras);
  if (!refinement) return refinement;
  if (auto some = some_refined(seen, *check, *refinement); !some) return std::move(some).error();
  return refinement;
}

RigCalibration with(const CalibratedScene& seen, const PoseRefinement& refinement) {
  RigCalibration calibration = seen.calibration;
  for (size_t i = 0; i < refinement.cameras.size(); ++i) {
    for (CalibratedCamera& camera : calibration.cameras) {
      if (camera.serial != seen.scene.serials[i]) continue;
      camera.rig_from_depth = refinement.cameras[i].rig_from_depth;
      camera.depth_offset_m = refinement.cameras[i].depth_offset_m;
      camera.covariance = refinement.cameras[i].covariance;
    }
  }
  return calibration;
}

/// How far a camera's pose went, metres and radians.
std::pair<double, double> step(const Refined& all, size_t i) {
  const RigidTransform moved =
      all.seen.scene.cameras[i].rig_from_depth.inverse() * all.refinement.cameras[i].rig_from_depth;
  return {moved.translation.norm(), turn_angle_rad(moved.rotation)};
}

std::string left_open(const RefinedCamera& camera) {
  const std::string text = directions_in_words(camera.open_shifts, camera.open_turns);
  return text.empty() ? "nothing" : text;
}

std::string to_text(const Refined& all, const fs::path& file) {
  TextTable cameras({{"camera"},
                     {"went", Align::right},
                     {"known to, mm", Align::right},
                     {"before", Align::right},
                     {"the scene leaves open"}});
  for (size_t i = 0; i < all.refinement.cameras.size(); ++i) {
    const RefinedCamera& camera = all.refinement.cameras[i];
    const double before = known_to(all.seen.scene.cameras[i].covariance).shift_m;
    const auto [metres, radians] = step(all, i);
    cameras.add_row({all.seen.scene.cameras[i].name,
                     fmt::format("{:.1f} mm {:.2f}°", 1000 * metres, kDegPerRad * radians),
                     fmt::format("{:.2f}", 1000 * known_to(camera.covariance).shift_m),
                     fmt::format("{:.2f}", 1000 * before),
                     before == 0 ? "held: it is the reference" : left_open(camera)});
  }
  std::string text =
      wrapped(fmt::format("{}: {} refined by what {} show of the scene{}", all.seen.file.string(),
                          counted(static_cast<int64_t>(all.refinement.cameras.size()), "camera"),
                          counted(all.seen.scene.ticks_looked_at, "tick"),
                          all.seen.scene.simulated ? " (simulated)" : ""),
              2) +
      "\n\n" + cameras.text();
  TextTable pairs({{"pair"},
                   {"surfaces apart, mm", Align::right},
                   {"before", Align::right},
                   {"places", Align::right}});
  for (const SceneOverlap& overlap : all.refinement.overlaps) {
    pairs.add_row({all.seen.scene.cameras[static_cast<size_t>(overlap.one)].name + " – " +
                       all.seen.scene.cameras[static_cast<size_t>(overlap.other)].name,
                   fmt::format("{:.1f}", 1000 * overlap.left_m),
                   fmt::format("{:.1f}", 1000 * overlap.apart_m), std::to_string(overlap.places)});
  }
  return text + "\n" + pairs.text() + fmt::format("\n{}: written\n", file.string());
}

/// calibration.json with what was refined beside it.
std::string to_json(const Refined& all) {
  Json root = Json::parse(write_rig_calibration(all.calibration));
  root["simulated"] = all.seen.scene.simulated;
  root["take"] = all.seen.scene.take;
  Json cameras = Json::array();
  for (size_t i = 0; i < all.refinement.cameras.size(); ++i) {
    const auto [metres, radians] = step(all, i);
    cameras.push_back({{"camera", all.seen.scene.cameras[i].name},
                       {"went_m", metres},
                       {"went_rad", radians},
                       {"left_open", left_open(all.refinement.cameras[i])}});
  }
  Json pairs = Json::array();
  for (const SceneOverlap& overlap : all.refinement.overlaps) {
    pairs.push_back({{"a", all.seen.scene.cameras[static_cast<size_t>(overlap.one)].name},
                     {"b", all.seen.scene.cameras[static_cast<size_t>(overlap.other)].name},
                     {"places", overlap.places},
                     {"apart_m", overlap.left_m},
                     {"apart_before_m", overlap.apart_m}});
  }
  root["refined"] = {{"from", all.seen.file.string()},
                     {"ticks_looked_at", all.seen.scene.ticks_looked_at},
                     {"cameras", cameras},
                     {"pairs", pairs}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

int run_refine(const SceneRequest& request) {
  const auto file = new_calibration_file(request.take, request.output);
  if (!file) return report_failure(file.error());
  const auto seen = look_at_scene(request);
  if (!seen) return report_failure(seen.error());
  const auto refinement = refine(*seen, request.output);
  if (!refinement) return report_failure(refinement.error());
  const Refined all{*seen, *refinement, with(*seen, *refinement)};
  const std::string json = to_json(all);
  if (auto written = write_file_whole(*file, json, ExistingFile::refuse); !written)
    return report_failure(written.error());
  print_as_is(stdout, request.json ? json : to_text(all, *file));
  return kExitGood;
}

}  // namespace lockstep

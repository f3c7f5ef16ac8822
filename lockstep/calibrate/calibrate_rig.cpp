// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/calibrate_rig.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "lockstep/base/text.h"
#include "lockstep/calibrate/advice.h"
#include "lockstep/calibrate/check_sightings.h"
#include "lockstep/calibrate/residuals.h"
#include "lockstep/calibrate/square_by_depth.h"

namespace lockstep {
namespace {

// A board that is so much larger or smaller than its file says is refused; a smaller difference
// that shows makes the calibration weak (advice.cpp).
constexpr double kSquareTolerance = 0.01;
// A view so many times as far off as all together contradicts them.
constexpr double kContradictingTimes = 5;
constexpr double kContradictingPx = 0.5;
constexpr double kSurelyContradictingPx = 4;
constexpr double kMostContradicting = 0.25;  // of a camera's views
// Held-out corners farther off than this, the cameras are not where they were found.
constexpr double kRefutedMm = 50;
// Where no pair of cameras is so far off, no held-out view contradicts the others.
constexpr double kFarOffMm = 2;

Result<void> check_size(const SquareByDepth& square, const Board& board) {
  if (square.ratio == 0 || std::abs(square.ratio - 1) < kSquareTolerance ||
      std::abs(square.ratio - 1) < kSurelyOtherSigmas * square.sigma)
    return {};
  return Error{
      Errc::unusable_input,
      fmt::format("the board file says squares of {:.1f} mm, and by depth they measure {:.1f} mm: "
                  "measure a square of the board and put it into the file, or give the file of the "
                  "board that was shown.",
                  board.square_m * 1000, board.square_m * square.ratio * 1000)};
}

/// Views that are far off where all others say that the board is.
std::set<const BoardView*> contradicting(const std::vector<ViewResidual>& residuals,
                                         const ResidualNoise& noise) {
  std::set<const BoardView*> wrong;
  for (const ViewResidual& residual : residuals) {
    const double usual_px =
        residual.view->sensor == BoardSensor::color ? noise.color_px : noise.infrared_px;
    // A few corners that are elsewhere are the robust loss's business.
    if (residual.median_px >
        std::clamp(kContradictingTimes * usual_px, kContradictingPx, kSurelyContradictingPx))
      wrong.insert(residual.view);
  }
  return wrong;
}

/// The cameras of which so much contradicts all others that they were not where they were: more
/// than one tick.
std::vector<std::string> contradicting_cameras(const BoardEvidence& evidence,
                                               const std::vector<BoardView>& views,
                                               const std::set<const BoardView*>& wrong) {
  std::vector<size_t> all(evidence.cameras.size()), off(evidence.cameras.size());
  std::vector<std::set<int64_t>> off_ticks(evidence.cameras.size());
  for (const BoardView& view : views) {
    const auto camera = static_cast<size_t>(view.camera);
    ++all[camera];
    if (!wrong.contains(&view)) continue;
    ++off[camera];
    off_ticks[camera].insert(view.tick);
  }
  std::vector<std::string> cameras;
  for (size_t i = 0; i < all.size(); ++i) {
    const double most = kMostContradicting * static_cast<double>(all[i]);
    if (static_cast<double>(off[i]) > most && off_ticks[i].size() > 1)
      cameras.push_back(evidence.cameras[i].name);
  }
  return cameras;
}

int count_ticks(const std::vector<BoardView>& views) {
  std::set<int64_t> ticks;
  for (const BoardView& view : views) ticks.insert(view.tick);
  return static_cast<int>(ticks.size());
}

RigCalibration calibration_of(const BoardEvidence& evidence, const SolvedRig& rig) {
  RigCalibration calibration;
  for (size_t i = 0; i < rig.cameras.size(); ++i) {
    const SolvedCamera& solved = rig.cameras[i];
    const CameraToSolve& factory = evidence.cameras[i];
    calibration.cameras.push_back({factory.name,
                                   evidence.serials[i],
                                   solved.rig_from_depth,
                                   solved.color_from_depth,
                                   {corrected(factory.color, solved.color), solved.color},
                                   {corrected(factory.depth, solved.depth), solved.depth},
                                   solved.depth_offset_m,
                                   solved.covariance});
  }
  return calibration;
}

/// Solves; what was left out before is said where it cannot.
Result<SolvedRig> solve(const BoardEvidence& evidence, const SolveOptions& options,
                        const ViewSelection& selection) {
  auto rig = solve_rig(evidence.cameras, evidence.board, selection.solve, options);
  const LeftOut& left = selection.left_out;
  std::vector<std::string> out;
  for (const auto& [count, why] : {std::pair(left.blurred, "for being blurred"),
                                   std::pair(left.few_corners, "for showing too few corners"),
                                   std::pair(left.contradicting, "for contradicting all others")}) {
    if (count > 0) out.push_back(fmt::format("{} {}", counted(count, "image"), why));
  }
  if (rig || out.empty()) return rig;
  return Error{rig.error().code,
               fmt::format("{} Left out were {}.", rig.error().message, listing(out))};
}

void leave_out(const std::set<const BoardView*>& wrong, std::vector<BoardView>& views,
               LeftOut& left_out) {
  left_out.contradicting += static_cast<int>(wrong.size());
  std::vector<BoardView> kept;
  for (const BoardView& view : views) {
    if (!wrong.contains(&view)) kept.push_back(view);
  }
  views = std::move(kept);
}

/// Solves, and once more without the views that contradict the others.
Result<SolvedRig> solve_without_contradicting(const BoardEvidence& evidence,
                                              const SolveOptions& options,
                                              ViewSelection& selection) {
  auto rig = solve(evidence, options, selection);
  if (!rig) return rig;
  const auto residuals = view_residuals(evidence.cameras, evidence.board, *rig, selection.solve);
  const auto wrong = contradicting(residuals, rig->noise);
  if (wrong.empty()) return rig;
  if (const auto moved = contradicting_cameras(evidence, selection.solve, wrong); !moved.empty()) {
    return Error{
        Errc::unusable_input,
        fmt::format("no poses explain what {} saw: much of it contradicts the others. Was a camera "
                    "moved during the take, or the board carried too fast? Nothing is written.",
                    listing(moved))};
  }
  leave_out(wrong, selection.solve, selection.left_out);
  return solve(evidence, options, selection);
}

/// The held-out error, without views that no calibration would explain: a second board, or a
/// mirror. Where there are many it is the calibration that is wrong, and they stay.
HeldOutError judge(const BoardEvidence& evidence, const SolvedRig& rig, ViewSelection& selection) {
  const auto error = [&] {
    return held_out_error(evidence.cameras, evidence.board, rig, selection.held_out);
  };
  HeldOutError all = error();
  const bool any_far = std::any_of(all.pairs.begin(), all.pairs.end(), [](const CarriedPair& pair) {
    return pair.carried.mm > kFarOffMm;
  });
  if (!any_far) return all;
  const auto wrong = contradicting_held_out(evidence.cameras, evidence.board, rig,
                                            selection.held_out, kSurelyContradictingPx);
  if (wrong.empty() || !contradicting_cameras(evidence, selection.held_out, wrong).empty())
    return all;
  leave_out(wrong, selection.held_out, selection.left_out);
  return error();
}

std::vector<int> corner_sightings(const BoardEvidence& evidence) {
  std::vector<int> counts(static_cast<size_t>(evidence.board.corner_count()));
  for (const BoardSighting& sighting : evidence.sightings) {
    for (const SeenCorner& corner : sighting.view.corners) ++counts[static_cast<size_t>(corner.id)];
  }
  return counts;
}

}  // namespace

Result<CalibrationReport> calibrate_rig(const BoardEvidence& evidence,
                                        const SolveOptions& options) {
  if (auto fine = check_sightings(evidence); !fine) return std::move(fine).error();
  ViewSelection selection = select_views(evidence.sightings);
  CalibrationReport report;
  report.board = evidence.board;
  report.corner_sightings = corner_sightings(evidence);
  report.markers = count_markers(evidence.sightings);
  report.square_by_depth = square_by_depth(evidence.cameras, evidence.board, selection.solve);
  if (auto size = check_size(report.square_by_depth, evidence.board); !size)
    return std::move(size).error();
  const auto rig = solve_without_contradicting(evidence, options, selection);
  if (!rig) return rig.error();

  report.calibration = calibration_of(evidence, *rig);
  report.rig_from_board = rig->rig_from_board;
  report.held_out = judge(evidence, *rig, selection);
  report.left_out = selection.left_out;
  report.noise = rig->noise;
  report.solve_ticks = count_ticks(selection.solve);
  report.held_out_ticks = count_ticks(selection.held_out);
  if (report.held_out.all.mm > kRefutedMm) {
    return Error{Errc::unusable_input,
                 fmt::format("no poses explain what the cameras saw: at ticks that the solve did "
                             "not see, corners come out {:.0f} mm from where they were measured. "
                             "Was a camera moved during the take, or is the board not flat? "
                             "Nothing is written.",
                             report.held_out.all.mm)};
  }
  const auto residuals = view_residuals(evidence.cameras, evidence.board, *rig, selection.solve);
  report.cameras =
      camera_evidence(evidence.cameras, evidence.board, *rig, selection.solve, residuals);
  report.pairs = pair_evidence(selection, report.held_out);
  report.shown = shown_views(residuals);
  report.advice = advise(report);
  return report;
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/residuals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "lockstep/calibrate/coverage.h"
#include "lockstep/time/line_fit.h"

namespace lockstep {
namespace {

const CameraModel& lens_of(const CameraToSolve& camera, BoardSensor sensor) {
  return sensor == BoardSensor::color ? camera.color : camera.depth;
}

ViewResidual residual_of(const CameraToSolve& solved, const SolvedCamera& camera,
                         const Board& board, const RigidTransform& rig_from_board,
                         const BoardView& view) {
  ViewResidual residual{&view, 0, 0, {}, {}};
  const RigidTransform depth_from_board = camera.rig_from_depth.inverse() * rig_from_board;
  const bool color = view.sensor == BoardSensor::color;
  std::vector<double> off_px;
  double sum = 0;
  for (const SeenCorner& seen : view.corners) {
    const Eigen::Vector3d in_depth = depth_from_board * board.corner(seen.id);
    const auto pixel = project(lens_of(solved, view.sensor),
                               color ? solved.color_from_depth * in_depth : in_depth);
    if (!pixel) {
      off_px.push_back(std::numeric_limits<double>::infinity());
      continue;
    }
    residual.corners.push_back({seen.id, seen.pixel, *pixel});
    off_px.push_back((seen.pixel - *pixel).norm());
    sum += (seen.pixel - *pixel).squaredNorm();
    if (seen.depth_m)
      residual.depth_off_m.push_back(*seen.depth_m - camera.depth_offset_m - in_depth.z());
  }
  residual.median_px = median(off_px);
  if (!residual.corners.empty())
    residual.rms_px = std::sqrt(sum / static_cast<double>(residual.corners.size()));
  return residual;
}

/// What goes into a SensorEvidence.
struct SensorSums {
  Coverage coverage;
  double square_px = 0;
  int corners = 0;
};

void add(const CameraModel& lens, const ViewResidual& residual, SensorSums& sums,
         SensorEvidence& evidence) {
  ++evidence.views;
  evidence.worst_view_px = std::max(evidence.worst_view_px, residual.rms_px);
  for (const ReprojectedCorner& corner : residual.corners) {
    sums.coverage.add(corner.seen_px, lens.width_px, lens.height_px);
    sums.square_px += (corner.seen_px - corner.expected_px).squaredNorm();
    ++sums.corners;
  }
}

void finish(const SensorSums& sums, SensorEvidence& evidence) {
  evidence.coverage = sums.coverage.share();
  if (sums.corners > 0) evidence.rms_px = std::sqrt(sums.square_px / sums.corners);
}

void place_boards(const SolvedCamera& camera, const Board& board, const SolvedRig& rig,
                  const std::set<int64_t>& ticks, CameraEvidence& evidence) {
  const Eigen::Vector3d middle(board.width_m() / 2, board.height_m() / 2, 0);
  std::vector<Eigen::Vector3d> normals;
  for (const int64_t tick : ticks) {
    const auto placed = rig.rig_from_board.find(tick);
    if (placed == rig.rig_from_board.end()) continue;
    const RigidTransform depth_from_board = camera.rig_from_depth.inverse() * placed->second;
    const double far_m = (depth_from_board * middle).norm();
    evidence.nearest_m = normals.empty() ? far_m : std::min(evidence.nearest_m, far_m);
    evidence.farthest_m = std::max(evidence.farthest_m, far_m);
    normals.push_back(depth_from_board.rotation.col(2));
  }
  evidence.most_tilt_deg = widest_angle_deg(normals);
}

std::map<std::pair<int, int>, std::set<int64_t>> shared_ticks(const ViewSelection& selection) {
  std::map<int64_t, std::set<int>> seen;
  for (const auto* views : {&selection.solve, &selection.held_out}) {
    for (const BoardView& view : *views) seen[view.tick].insert(view.camera);
  }
  std::map<std::pair<int, int>, std::set<int64_t>> pairs;
  for (const auto& [tick, cameras] : seen) {
    for (const int a : cameras) {
      for (const int b : cameras) {
        if (a < b) pairs[{a, b}].insert(tick);
      }
    }
  }
  return pairs;
}

/// Both directions of a pair as one.
CarriedCorners together(const CarriedCorners& a, const CarriedCorners& b) {
  const auto mean = [&](double x, double y) {
    const double n = a.corners + b.corners;
    return n == 0 ? 0 : std::sqrt((x * x * a.corners + y * y * b.corners) / n);
  };
  return {a.corners + b.corners,
          std::max(a.ticks, b.ticks),
          mean(a.mm, b.mm),
          mean(a.disagreement_mm, b.disagreement_mm),
          mean(a.with_noise_mm, b.with_noise_mm),
          mean(a.px, b.px)};
}

}  // namespace

std::vector<ViewResidual> view_residuals(const std::vector<CameraToSolve>& cameras,
                                         const Board& board, const SolvedRig& rig,
                                         const std::vector<BoardView>& views) {
  const std::vector<CameraToSolve> solved = as_solved(cameras, rig);
  std::vector<ViewResidual> residuals;
  for (const BoardView& view : views) {
    const auto placed = rig.rig_from_board.find(view.tick);
    if (placed == rig.rig_from_board.end()) continue;
    const auto camera = static_cast<size_t>(view.camera);
    residuals.push_back(
        residual_of(solved[camera], rig.cameras[camera], board, placed->second, view));
  }
  return residuals;
}

std::vector<CameraEvidence> camera_evidence(const std::vector<CameraToSolve>& cameras,
                                            const Board& board, const SolvedRig& rig,
                                            const std::vector<BoardView>& views,
                                            const std::vector<ViewResidual>& residuals) {
  std::vector<CameraEvidence> all(cameras.size());
  std::vector<std::array<SensorSums, 2>> sums(cameras.size());
  std::vector<std::vector<double>> depth_off_m(cameras.size());
  std::vector<std::set<int64_t>> ticks(cameras.size());
  for (const BoardView& view : views) ticks[static_cast<size_t>(view.camera)].insert(view.tick);
  for (const ViewResidual& residual : residuals) {
    const auto camera = static_cast<size_t>(residual.view->camera);
    const bool color = residual.view->sensor == BoardSensor::color;
    add(lens_of(cameras[camera], residual.view->sensor), residual, sums[camera][color ? 0 : 1],
        color ? all[camera].color : all[camera].infrared);
    depth_off_m[camera].insert(depth_off_m[camera].end(), residual.depth_off_m.begin(),
                               residual.depth_off_m.end());
  }
  for (size_t i = 0; i < all.size(); ++i) {
    finish(sums[i][0], all[i].color);
    finish(sums[i][1], all[i].infrared);
    double square = 0;
    for (const double off_m : depth_off_m[i]) square += off_m * off_m;
    if (!depth_off_m[i].empty())
      all[i].depth_rms_mm = 1000 * std::sqrt(square / static_cast<double>(depth_off_m[i].size()));
    place_boards(rig.cameras[i], board, rig, ticks[i], all[i]);
  }
  return all;
}

std::vector<PairEvidence> pair_evidence(const ViewSelection& selection,
                                        const HeldOutError& held_out) {
  std::vector<PairEvidence> pairs;
  for (const auto& [cameras, ticks] : shared_ticks(selection)) {
    PairEvidence pair{cameras.first, cameras.second, static_cast<int>(ticks.size()), {}};
    for (const CarriedPair& carried : held_out.pairs) {
      if (std::minmax(carried.from, carried.to) != std::minmax(pair.a, pair.b)) continue;
      pair.held_out = pair.held_out ? together(*pair.held_out, carried.carried) : carried.carried;
    }
    pairs.push_back(pair);
  }
  return pairs;
}

std::vector<ShownView> shown_views(const std::vector<ViewResidual>& residuals) {
  std::map<std::pair<int, BoardSensor>, std::pair<const ViewResidual*, const ViewResidual*>> picked;
  for (const ViewResidual& residual : residuals) {
    auto& [fullest, worst] = picked[{residual.view->camera, residual.view->sensor}];
    if (fullest == nullptr || residual.corners.size() > fullest->corners.size())
      fullest = &residual;
    if (worst == nullptr || residual.rms_px > worst->rms_px) worst = &residual;
  }
  std::vector<ShownView> shown;
  const auto show = [&](const ViewResidual& residual, bool worst) {
    shown.push_back({residual.view->camera, residual.view->sensor, residual.view->tick, worst,
                     residual.rms_px, residual.corners});
  };
  for (const auto& [sensor, views] : picked) {
    show(*views.first, false);
    if (views.second != views.first) show(*views.second, true);
  }
  return shown;
}

}  // namespace lockstep

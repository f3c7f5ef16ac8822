// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/held_out.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "lockstep/calibrate/residuals.h"

namespace lockstep {
namespace {

/// Where each camera alone sees the board at each tick.
using Placed = std::map<std::pair<int, int64_t>, RigidTransform>;

Placed place_by_themselves(const std::vector<CameraToSolve>& solved, const Board& board,
                           const SolvedRig& rig, const std::vector<BoardView>& views) {
  SolveOptions options;
  options.tolerance = {0, 0, 0, 0, 0};
  options.color_px = rig.noise.color_px;
  options.infrared_px = rig.noise.infrared_px;
  options.depth_m = rig.noise.depth_m;
  Placed placed;
  for (size_t camera = 0; camera < solved.size(); ++camera) {
    std::vector<BoardView> own;
    for (const BoardView& view : views) {
      if (view.camera != static_cast<int>(camera)) continue;
      own.push_back(view);
      own.back().camera = 0;
      for (SeenCorner& corner : own.back().corners) {
        if (corner.depth_m) *corner.depth_m -= rig.cameras[camera].depth_offset_m;
      }
    }
    if (own.empty()) continue;
    const auto alone = solve_rig({solved[camera]}, board, own, options);
    if (!alone) continue;
    for (const auto& [tick, pose] : alone->rig_from_board)
      placed[{static_cast<int>(camera), tick}] = pose;
  }
  return placed;
}

/// Which corners a camera may carry: those amid what it saw of the board. Farther away, small
/// errors of a board of which it saw but a strip grow, and tell nothing of where the cameras are.
class Amid {
 public:
  Amid(const Board& board, const std::set<int>& seen) : board_(board) {
    const auto n = static_cast<double>(seen.size());
    for (const int id : seen) middle_ += place(id) / n;
    Eigen::Matrix2d scatter = Eigen::Matrix2d::Zero();
    for (const int id : seen) {
      const Eigen::Vector2d off = place(id) - middle_;
      scatter += off * off.transpose();
    }
    // What lies on one line says nothing of what lies beside it.
    const double line = 1e-6 * board.square_m * board.square_m;
    if (scatter.determinant() > line * scatter.trace()) inverse_ = scatter.inverse();
    share_ = 1 / n;
  }

  /// A plane through n points is known at each of these to 3/n of the square of their noise, on
  /// average; here to no more than half of it.
  [[nodiscard]] bool holds(int id) const {
    constexpr double kMost = 0.5;
    if (!inverse_) return false;
    const Eigen::Vector2d off = place(id) - middle_;
    return share_ + off.dot(*inverse_ * off) <= kMost;
  }

 private:
  [[nodiscard]] Eigen::Vector2d place(int id) const { return board_.corner(id).head<2>(); }

  const Board& board_;
  Eigen::Vector2d middle_ = Eigen::Vector2d::Zero();
  std::optional<Eigen::Matrix2d> inverse_;
  double share_ = 0;
};

/// By camera and tick.
std::map<std::pair<int, int64_t>, Amid> seen_parts(const Board& board,
                                                   const std::vector<BoardView>& views) {
  std::map<std::pair<int, int64_t>, std::set<int>> seen;
  for (const BoardView& view : views) {
    for (const SeenCorner& corner : view.corners) seen[{view.camera, view.tick}].insert(corner.id);
  }
  std::map<std::pair<int, int64_t>, Amid> parts;
  for (const auto& [camera_and_tick, ids] : seen) parts.emplace(camera_and_tick, Amid(board, ids));
  return parts;
}

/// The views of a tick that contradict the board where it explains most of them.
std::set<const BoardView*> contradicting_at(const std::vector<CameraToSolve>& cameras,
                                            const Board& board, const SolvedRig& rig,
                                            const std::vector<BoardView>& views,
                                            const std::vector<RigidTransform>& rig_from_board,
                                            double most_px) {
  std::set<const BoardView*> least;
  double least_px = std::numeric_limits<double>::infinity();
  for (const RigidTransform& placed : rig_from_board) {
    SolvedRig here;
    here.cameras = rig.cameras;
    here.rig_from_board[views.front().tick] = placed;
    std::set<const BoardView*> wrong;
    std::set<int> agreeing;
    double sum_px = 0;
    for (const ViewResidual& residual : view_residuals(cameras, board, here, views)) {
      const bool agrees = residual.median_px <= most_px;
      if (agrees) agreeing.insert(residual.view->camera);
      if (!agrees) wrong.insert(residual.view);
      sum_px += std::min(residual.median_px, most_px);
    }
    if (agreeing.size() < 2) {  // a camera that agrees with itself alone
      for (const BoardView& view : views) wrong.insert(&view);
    }
    if (sum_px >= least_px) continue;
    least_px = sum_px;
    least = std::move(wrong);
  }
  return least;
}

/// Expected square of what a measured place is off by since lens and depth offset of its camera are
/// known no better: no disagreement shows it, since the solve made all cameras agree about it.
double shared_square_m(const CameraModel& lens, const SolvedCamera& camera,
                       const Eigen::Vector3d& measured) {
  Eigen::Matrix<double, 3, 5> by = Eigen::Matrix<double, 3, 5>::Zero();
  by(0, 0) = -measured.x();
  by(1, 1) = -measured.y();
  by(0, 2) = -measured.z() / lens.fx_px;
  by(1, 3) = -measured.z() / lens.fy_px;
  by.col(4) = -measured / measured.z();
  return (by * camera.measuring_covariance * by.transpose()).trace();
}

/// Expected square of the noise of one corner that a camera measured, along its optical axis and
/// across it.
struct CornerNoise {
  double along_square_m = 0;
  double across_square_m = 0;
};

/// Of one view: how its corners scatter about the board laid onto them as it fits best. What they
/// are off by together, an offset of depths above all, is no noise. That of all corners of a take
/// would not do for one: a corner by an edge of the image, or far away, is measured worse.
CornerNoise scatter_of(const std::vector<Eigen::Vector3d>& measured,
                       const std::vector<Eigen::Vector3d>& on_board) {
  const auto n = static_cast<Eigen::Index>(measured.size());
  if (measured.size() < kLeastCornersOfAView) return {};
  Eigen::Matrix3Xd there(3, n), here(3, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    there.col(i) = measured[static_cast<size_t>(i)];
    here.col(i) = on_board[static_cast<size_t>(i)];
  }
  const Eigen::Affine3d laid(Eigen::umeyama(here, there, false));
  const Eigen::Matrix3Xd off = there - laid * here;
  // A pose takes three of its six from each.
  const auto count = static_cast<double>(n);
  return {off.row(2).squaredNorm() / (count - 3),
          2 * off.topRows(2).squaredNorm() / (2 * count - 3)};
}

using NoiseOfViews = std::map<std::pair<int, int64_t>, CornerNoise>;

NoiseOfViews noise_of_views(const std::vector<CarriedCorner>& corners, const Board& board) {
  struct Points {
    std::vector<Eigen::Vector3d> measured, on_board;
    std::set<int> ids;
  };
  std::map<std::pair<int, int64_t>, Points> views;
  for (const CarriedCorner& corner : corners) {
    Points& view = views[{corner.to, corner.tick}];
    if (!view.ids.insert(corner.id).second) continue;  // came from another camera, too
    view.measured.push_back(corner.measured);
    view.on_board.push_back(board.corner(corner.id));
  }
  NoiseOfViews noise;
  for (const auto& [view, points] : views)
    noise[view] = scatter_of(points.measured, points.on_board);
  return noise;
}

/// Sums of squares over corners.
struct Sums {
  double square_m = 0, noise_square_m = 0, shared_square_m = 0, square_px = 0, noise_square_px = 0;
  int corners = 0;
  std::set<int64_t> ticks;

  void add(const Sums& other) {
    square_m += other.square_m;
    noise_square_m += other.noise_square_m;
    shared_square_m += other.shared_square_m;
    square_px += other.square_px;
    noise_square_px += other.noise_square_px;
    corners += other.corners;
    ticks.insert(other.ticks.begin(), other.ticks.end());
  }
};

/// What is taken for noise is no more than there is.
void bound_noise(Sums& sums) {
  sums.noise_square_m = std::min(sums.noise_square_m, sums.square_m);
  sums.noise_square_px = std::min(sums.noise_square_px, sums.square_px);
}

CarriedCorners summed(const Sums& sums) {
  CarriedCorners out;
  out.corners = sums.corners;
  out.ticks = static_cast<int>(sums.ticks.size());
  if (sums.corners == 0) return out;
  const double n = sums.corners;
  out.with_noise_mm = 1000 * std::sqrt(sums.square_m / n);
  out.disagreement_mm = 1000 * std::sqrt(std::max(0.0, sums.square_m - sums.noise_square_m) / n);
  out.mm = std::hypot(out.disagreement_mm, 1000 * std::sqrt(sums.shared_square_m / n));
  out.px = std::sqrt(std::max(0.0, sums.square_px - sums.noise_square_px) / n);
  return out;
}

}  // namespace

std::vector<CameraToSolve> as_solved(const std::vector<CameraToSolve>& cameras,
                                     const SolvedRig& rig) {
  std::vector<CameraToSolve> solved = cameras;
  for (size_t i = 0; i < solved.size(); ++i) {
    solved[i].color = corrected(cameras[i].color, rig.cameras[i].color);
    solved[i].depth = corrected(cameras[i].depth, rig.cameras[i].depth);
    solved[i].color_from_depth = rig.cameras[i].color_from_depth;
  }
  return solved;
}

std::vector<CarriedCorner> carry_corners(const std::vector<CameraToSolve>& cameras,
                                         const Board& board, const SolvedRig& rig,
                                         const std::vector<BoardView>& held_out) {
  const std::vector<CameraToSolve> solved = as_solved(cameras, rig);
  const Placed placed = place_by_themselves(solved, board, rig, held_out);
  const auto parts = seen_parts(board, held_out);
  std::vector<CarriedCorner> all;
  for (const BoardView& view : held_out) {
    if (view.sensor != BoardSensor::infrared) continue;
    const auto to = static_cast<size_t>(view.camera);
    for (int from = 0; from < static_cast<int>(cameras.size()); ++from) {
      const auto there = placed.find({from, view.tick});
      if (from == view.camera || there == placed.end()) continue;
      const Amid& part = parts.at({from, view.tick});
      const RigidTransform to_from_board = rig.cameras[to].rig_from_depth.inverse() *
                                           rig.cameras[static_cast<size_t>(from)].rig_from_depth *
                                           there->second;
      for (const SeenCorner& corner : view.corners) {
        if (!corner.depth_m || !part.holds(corner.id)) continue;
        const auto measured = unproject(solved[to].depth, corner.pixel,
                                        *corner.depth_m - rig.cameras[to].depth_offset_m);
        if (!measured) continue;
        all.push_back({view.tick, from, view.camera, corner.id,
                       to_from_board * board.corner(corner.id), *measured, corner.pixel});
      }
    }
  }
  return all;
}

std::set<const BoardView*> contradicting_held_out(const std::vector<CameraToSolve>& cameras,
                                                  const Board& board, const SolvedRig& rig,
                                                  const std::vector<BoardView>& held_out,
                                                  double most_px) {
  const Placed placed = place_by_themselves(as_solved(cameras, rig), board, rig, held_out);
  std::map<int64_t, std::vector<RigidTransform>> rig_from_board;
  for (const auto& [camera_and_tick, pose] : placed) {
    const auto& [camera, tick] = camera_and_tick;
    rig_from_board[tick].push_back(rig.cameras[static_cast<size_t>(camera)].rig_from_depth * pose);
  }
  std::set<const BoardView*> wrong;
  for (const auto& [tick, poses] : rig_from_board) {
    if (poses.size() < 2) continue;  // nobody could contradict
    std::vector<BoardView> views;
    std::vector<const BoardView*> of;
    for (const BoardView& view : held_out) {
      if (view.tick != tick) continue;
      views.push_back(view);
      of.push_back(&view);
    }
    for (const BoardView* view : contradicting_at(cameras, board, rig, views, poses, most_px))
      wrong.insert(of[static_cast<size_t>(view - views.data())]);
  }
  return wrong;
}

HeldOutError held_out_error(const std::vector<CameraToSolve>& cameras, const Board& board,
                            const SolvedRig& rig, const std::vector<BoardView>& held_out) {
  const std::vector<CameraToSolve> solved = as_solved(cameras, rig);
  std::map<std::pair<int, int>, Sums> pairs;
  const std::vector<CarriedCorner> corners = carry_corners(cameras, board, rig, held_out);
  const NoiseOfViews noise = noise_of_views(corners, board);
  for (const CarriedCorner& corner : corners) {
    const CameraModel& lens = solved[static_cast<size_t>(corner.to)].depth;
    const auto pixel = project(lens, corner.carried);
    if (!pixel) continue;
    const CornerNoise& of_view = noise.at({corner.to, corner.tick});
    const double px_of_m = lens.fx_px / corner.measured.z();
    pairs[{corner.from, corner.to}].add(
        {(corner.carried - corner.measured).squaredNorm(),
         of_view.along_square_m + of_view.across_square_m,
         shared_square_m(lens, rig.cameras[static_cast<size_t>(corner.to)], corner.measured),
         (*pixel - corner.measured_px).squaredNorm(),
         of_view.across_square_m * px_of_m * px_of_m,
         1,
         {corner.tick}});
  }
  // Of all is what each pair is left with: noise that one is given too much of takes nothing off
  // what others disagree by, and all is never less than the least of them.
  HeldOutError error;
  Sums all;
  for (auto& [pair, sums] : pairs) {
    bound_noise(sums);
    error.pairs.push_back({pair.first, pair.second, summed(sums)});
    all.add(sums);
  }
  error.all = summed(all);
  return error;
}

}  // namespace lockstep

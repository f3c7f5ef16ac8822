// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/rig_solver.h"

#include <ceres/ceres.h>
#include <ceres/covariance.h>
#include <ceres/normal_prior.h>
#include <fmt/core.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <memory>
#include <utility>

#include "lockstep/calibrate/pose_parameters.h"
#include "lockstep/calibrate/projection.h"
#include "lockstep/calibrate/solver_log.h"
#include "lockstep/calibrate/view_graph.h"
#include "lockstep/time/line_fit.h"

namespace lockstep {
namespace {

// Beyond so many sigmas a residual pulls no harder.
constexpr double kRobust = 2.0;

// What is made small, in sigmas. Parameters: a pose is an angle-axis vector and a shift,
// x_in_target = R x_in_source + t; a lens is (scale of fx - 1, scale of fy - 1, shift of cx, shift
// of cy) in pixels.

/// A fixed motion before one that is solved for.
template <typename T>
Point3<T> moved(const Eigen::Matrix3d& rotation, const Eigen::Vector3d& translation,
                const Point3<T>& from) {
  Point3<T> to;
  for (int i = 0; i < 3; ++i) {
    to.x[i] = rotation(i, 0) * from.x[0] + rotation(i, 1) * from.x[1] + rotation(i, 2) * from.x[2] +
              T(translation[i]);
  }
  return to;
}

/// A camera with a correction.
template <typename T>
SolvedFor<T> corrected_by(const CameraModel& camera, const T* lens) {
  SolvedFor<T> solved = constants_of<T>(camera);
  solved.fx *= T(1) + lens[0];
  solved.fy *= T(1) + lens[1];
  solved.cx += lens[2];
  solved.cy += lens[3];
  return solved;
}

/// A corner in infrared: board in the rig, rig in the camera, lens.
struct InfraredCorner {
  const CameraModel& camera;
  Eigen::Vector3d corner;
  Eigen::Vector2d pixel;
  double sigma_px;

  template <typename T>
  bool operator()(const T* rig_from_board, const T* depth_from_rig, const T* lens,
                  T* residual) const {
    const Point3<T> point = moved(depth_from_rig, moved(rig_from_board, on_board<T>(corner)));
    if (!project(corrected_by(camera, lens), point, residual)) return false;
    for (int i = 0; i < 2; ++i) residual[i] = (residual[i] - T(pixel[i])) / T(sigma_px);
    return true;
  }
};

/// A corner in colour; `turn` corrects the factory's colour_from_depth, in the colour camera.
struct ColorCorner {
  const CameraModel& camera;
  const Eigen::Matrix3d& color_from_depth_rotation;
  const Eigen::Vector3d& color_from_depth_translation;
  Eigen::Vector3d corner;
  Eigen::Vector2d pixel;
  double sigma_px;

  template <typename T>
  bool operator()(const T* rig_from_board, const T* depth_from_rig, const T* correction,
                  const T* lens, T* residual) const {
    const Point3<T> in_depth = moved(depth_from_rig, moved(rig_from_board, on_board<T>(corner)));
    const Point3<T> point =
        moved(correction, moved(color_from_depth_rotation, color_from_depth_translation, in_depth));
    if (!project(corrected_by(camera, lens), point, residual)) return false;
    for (int i = 0; i < 2; ++i) residual[i] = (residual[i] - T(pixel[i])) / T(sigma_px);
    return true;
  }
};

/// What the depth camera measured at a corner.
struct DepthOfCorner {
  Eigen::Vector3d corner;
  double depth_m;
  double sigma_m;

  template <typename T>
  bool operator()(const T* rig_from_board, const T* depth_from_rig, const T* offset_m,
                  T* residual) const {
    const Point3<T> point = moved(depth_from_rig, moved(rig_from_board, on_board<T>(corner)));
    residual[0] = (T(depth_m) - offset_m[0] - point.x[2]) / T(sigma_m);
    return true;
  }
};

/// What is solved for of one camera.
struct CameraParameters {
  PoseParameters depth_from_rig{};
  PoseParameters color_correction{};
  std::array<double, 4> color_lens{};
  std::array<double, 4> depth_lens{};
  double depth_offset_m = 0;
};

enum class Kind { color, infrared, depth };

struct Term {
  Kind kind;
  ceres::ResidualBlockId block;
};

/// How the turn of rig_from_depth about the camera's axes, and its shift along them, follow from a
/// change of the parameters of depth_from_rig.
Eigen::Matrix<double, 6, 6> turn_and_shift_by(const PoseParameters& depth_from_rig) {
  const Eigen::Map<const Eigen::Vector3d> axis(depth_from_rig.data());
  const Eigen::Map<const Eigen::Vector3d> shift(depth_from_rig.data() + 3);
  const double angle = axis.norm();
  const Eigen::Matrix3d turn = cross_matrix(axis);
  Eigen::Matrix3d left = Eigen::Matrix3d::Identity() + turn / 2;
  if (angle > 1e-6) {
    left = Eigen::Matrix3d::Identity() + (1 - std::cos(angle)) / (angle * angle) * turn +
           (angle - std::sin(angle)) / (angle * angle * angle) * turn * turn;
  }
  Eigen::Matrix<double, 6, 6> by = Eigen::Matrix<double, 6, 6>::Zero();
  by.topLeftCorner<3, 3>() = -left;
  by.bottomLeftCorner<3, 3>() = -cross_matrix(shift) * left;
  by.bottomRightCorner<3, 3>() = -Eigen::Matrix3d::Identity();
  return by;
}

class RigProblem {
 public:
  RigProblem(const std::vector<CameraToSolve>& cameras, const Board& board,
             const SolveOptions& options)
      : cameras_(cameras), board_(board), options_(options), solved_(cameras.size()) {}

  /// Where everything is to begin with.
  void begin(const std::vector<std::optional<RigidTransform>>& rig_from,
             const std::vector<PlacedView>& placed) {
    for (size_t i = 0; i < cameras_.size(); ++i)
      solved_[i].depth_from_rig = parameters_of(rig_from[i]->inverse());
    std::map<int64_t, const PlacedView*> best;
    for (const PlacedView& view : placed) {
      const PlacedView*& kept = best[view.tick];
      if (kept == nullptr || view.ambiguity < kept->ambiguity) kept = &view;
    }
    for (const auto& [tick, view] : best) {
      boards_[tick] =
          parameters_of(*rig_from[static_cast<size_t>(view->camera)] * view->depth_from_board);
    }
  }

  Result<void> solve(const std::vector<BoardView>& views, const ResidualNoise& noise) {
    build(views, noise, true);
    if (const auto camera = out_of_all_views()) {
      return Error{Errc::unusable_input,
                   fmt::format("no poses explain what '{}' saw: where the others say that the "
                               "board was, it could not see it.",
                               cameras_[*camera].name)};
    }
    silence_solver_log();
    ceres::Solver::Options options;
    options.logging_type = ceres::SILENT;
    options.linear_solver_type = ceres::SPARSE_SCHUR;
    options.linear_solver_ordering = std::make_shared<ceres::ParameterBlockOrdering>();
    for (auto& [tick, board] : boards_) {
      if (problem_->HasParameterBlock(board.data()))
        options.linear_solver_ordering->AddElementToGroup(board.data(), 0);
    }
    for (CameraParameters& camera : solved_) {
      for (double* block : blocks_of(camera)) {
        if (problem_->HasParameterBlock(block))
          options.linear_solver_ordering->AddElementToGroup(block, 1);
      }
    }
    options.max_num_iterations = 100;
    options.function_tolerance = 1e-9;
    options.num_threads = 2;
    ceres::Solver::Summary summary;
    ceres::Solve(options, problem_.get(), &summary);
    if (!summary.IsSolutionUsable())
      return Error{Errc::unusable_input, "the views contradict each other: no poses explain them."};
    return {};
  }

  /// Of the residuals at the solution, by their median: outliers count for nothing.
  [[nodiscard]] ResidualNoise noise(const ResidualNoise& assumed) const {
    std::vector<double> sizes[3];
    for_each_residual([&](Kind kind, const Eigen::VectorXd& residual) {
      for (const double value : residual) sizes[static_cast<int>(kind)].push_back(std::abs(value));
    });
    return {assumed.color_px * kSigmaFromMad * median(sizes[0]),
            assumed.infrared_px * kSigmaFromMad * median(sizes[1]),
            assumed.depth_m * kSigmaFromMad * median(sizes[2])};
  }

  /// With covariances. `views` and `noise` are those of the last solve.
  [[nodiscard]] Result<SolvedRig> result(const std::vector<BoardView>& views,
                                         const ResidualNoise& noise) {
    build(views, plain_noise(noise), false);
    ceres::Covariance::Options options;
    options.algorithm_type = ceres::SPARSE_QR;
    ceres::Covariance covariance(options);
    std::vector<std::pair<const double*, const double*>> blocks;
    for (size_t i = 0; i < cameras_.size(); ++i) {
      const CameraParameters& of = solved_[i];
      if (i > 0) blocks.emplace_back(of.depth_from_rig.data(), of.depth_from_rig.data());
      if (!measures(i)) continue;
      blocks.emplace_back(of.depth_lens.data(), of.depth_lens.data());
      blocks.emplace_back(of.depth_lens.data(), &of.depth_offset_m);
      blocks.emplace_back(&of.depth_offset_m, &of.depth_offset_m);
    }
    if (!blocks.empty() && !covariance.Compute(blocks, problem_.get()))
      return Error{Errc::unusable_input,
                   "the views leave open where the cameras are: show the board tilted in several "
                   "ways, and at several distances."};
    SolvedRig rig;
    for (size_t i = 0; i < cameras_.size(); ++i) rig.cameras.push_back(camera(i, covariance));
    for (const auto& [tick, board] : boards_) rig.rig_from_board[tick] = pose_of(board);
    return rig;
  }

 private:
  void build(const std::vector<BoardView>& views, const ResidualNoise& noise, bool robust) {
    problem_ = std::make_unique<ceres::Problem>();
    terms_.clear();
    for (const BoardView& view : views) add(view, noise, robust);
    for (size_t i = 0; i < cameras_.size(); ++i) hold(i);
  }

  /// A camera that would have to see the board where it cannot, every time.
  [[nodiscard]] std::optional<size_t> out_of_all_views() const {
    for (size_t i = 1; i < cameras_.size(); ++i) {
      if (!problem_->HasParameterBlock(solved_[i].depth_from_rig.data())) return i;
    }
    return std::nullopt;
  }

  /// `use(kind, residual)` for all that was seen, in units of the noise that was solved with.
  template <class Use>
  void for_each_residual(const Use& use) const {
    for (const Term& term : terms_) {
      Eigen::VectorXd residual(term.kind == Kind::depth ? 1 : 2);
      double cost = 0;
      problem_->EvaluateResidualBlock(term.block, false, &cost, residual.data(), nullptr);
      use(term.kind, residual);
    }
  }

  /// Noise with which plain least squares would know as much as the robust solve does: the
  /// asymptotic variance of an M-estimator, E[psi^2] / E[psi']^2 (Huber, Robust Statistics, 1981).
  [[nodiscard]] ResidualNoise plain_noise(const ResidualNoise& solved_with) const {
    struct Kept {
      double square = 0, slope = 0, numbers = 0;
    };
    std::array<Kept, 3> kept;
    for_each_residual([&](Kind kind, const Eigen::VectorXd& residual) {
      const auto n = static_cast<double>(residual.size());
      const double weight = std::min(1.0, kRobust / std::max(residual.norm(), 1e-12));
      Kept& of_kind = kept[static_cast<size_t>(kind)];
      of_kind.square += weight * weight * residual.squaredNorm();
      of_kind.slope += weight < 1 ? weight * (n - 1) : n;
      of_kind.numbers += n;
    });
    std::array<double, 3> wider{1, 1, 1};
    for (size_t i = 0; i < wider.size(); ++i) {
      if (kept[i].slope > 0) wider[i] = std::sqrt(kept[i].square * kept[i].numbers) / kept[i].slope;
    }
    return {solved_with.color_px * wider[0], solved_with.infrared_px * wider[1],
            solved_with.depth_m * wider[2]};
  }

  static std::array<double*, 5> blocks_of(CameraParameters& camera) {
    return {camera.depth_from_rig.data(), camera.color_correction.data(), camera.color_lens.data(),
            camera.depth_lens.data(), &camera.depth_offset_m};
  }

  /// Whether infrared and depth of the camera were solved with.
  [[nodiscard]] bool measures(size_t index) const {
    return problem_->HasParameterBlock(solved_[index].depth_lens.data()) &&
           problem_->HasParameterBlock(&solved_[index].depth_offset_m);
  }

  [[nodiscard]] SolvedCamera camera(size_t index, const ceres::Covariance& covariance) const {
    const CameraParameters& from = solved_[index];
    SolvedCamera camera;
    camera.rig_from_depth = pose_of(from.depth_from_rig).inverse();
    camera.color_from_depth = pose_of(from.color_correction) * cameras_[index].color_from_depth;
    const auto lens = [](const std::array<double, 4>& p) {
      return LensCorrection{p[0], p[1], p[2], p[3]};
    };
    camera.color = lens(from.color_lens);
    camera.depth = lens(from.depth_lens);
    camera.depth_offset_m = from.depth_offset_m;
    if (index > 0) {
      Eigen::Matrix<double, 6, 6, Eigen::RowMajor> of_pose;
      covariance.GetCovarianceBlock(from.depth_from_rig.data(), from.depth_from_rig.data(),
                                    of_pose.data());
      const auto by = turn_and_shift_by(from.depth_from_rig);
      camera.covariance = by * of_pose * by.transpose();
    }
    if (!measures(index)) return camera;
    Eigen::Matrix<double, 4, 4, Eigen::RowMajor> of_lens;
    Eigen::Vector4d with_offset;
    double of_offset = 0;
    const double* const lens_block = from.depth_lens.data();
    covariance.GetCovarianceBlock(lens_block, lens_block, of_lens.data());
    covariance.GetCovarianceBlock(lens_block, &from.depth_offset_m, with_offset.data());
    covariance.GetCovarianceBlock(&from.depth_offset_m, &from.depth_offset_m, &of_offset);
    camera.measuring_covariance << of_lens, with_offset, with_offset.transpose(), of_offset;
    return camera;
  }

  void add(const BoardView& view, const ResidualNoise& noise, bool robust) {
    const auto board = boards_.find(view.tick);
    if (board == boards_.end()) return;
    double* const rig_from_board = board->second.data();
    const CameraToSolve& camera = cameras_[static_cast<size_t>(view.camera)];
    CameraParameters& to = solved_[static_cast<size_t>(view.camera)];
    const auto keep = [&](Kind kind, ceres::CostFunction* cost, auto... blocks) {
      terms_.push_back(
          {kind, problem_->AddResidualBlock(cost, robust ? new ceres::HuberLoss(kRobust) : nullptr,
                                            rig_from_board, to.depth_from_rig.data(), blocks...)});
    };
    const auto in_color = [&](const SeenCorner& seen) {
      return ColorCorner{camera.color,
                         camera.color_from_depth.rotation,
                         camera.color_from_depth.translation,
                         board_.corner(seen.id),
                         seen.pixel,
                         noise.color_px};
    };
    const auto in_infrared = [&](const SeenCorner& seen) {
      return InfraredCorner{camera.depth, board_.corner(seen.id), seen.pixel, noise.infrared_px};
    };
    const bool color = view.sensor == BoardSensor::color;
    const auto begins = [&](const SeenCorner& seen) {
      std::array<double, 2> off{};
      const double* const depth_from_rig = to.depth_from_rig.data();
      return color ? in_color(seen)(rig_from_board, depth_from_rig, to.color_correction.data(),
                                    to.color_lens.data(), off.data())
                   : in_infrared(seen)(rig_from_board, depth_from_rig, to.depth_lens.data(),
                                       off.data());
    };
    for (const SeenCorner& seen : that_begin(view, begins)) {
      if (color) {
        keep(Kind::color,
             new ceres::AutoDiffCostFunction<ColorCorner, 2, 6, 6, 6, 4>(
                 new ColorCorner(in_color(seen))),
             to.color_correction.data(), to.color_lens.data());
        continue;
      }
      keep(Kind::infrared,
           new ceres::AutoDiffCostFunction<InfraredCorner, 2, 6, 6, 4>(
               new InfraredCorner(in_infrared(seen))),
           to.depth_lens.data());
      if (!seen.depth_m) continue;
      keep(Kind::depth,
           new ceres::AutoDiffCostFunction<DepthOfCorner, 1, 6, 6, 1>(
               new DepthOfCorner{board_.corner(seen.id), *seen.depth_m, noise.depth_m}),
           &to.depth_offset_m);
    }
  }

  /// The corners of a view that have a residual where everything is now. Behind a camera and beyond
  /// its lens model there is none, and a solve that begins so ends at once. A view of which that is
  /// half or more is elsewhere as a whole, and contradicts the others.
  template <class Begins>
  static std::vector<SeenCorner> that_begin(const BoardView& view, const Begins& begins) {
    std::vector<SeenCorner> corners;
    std::copy_if(view.corners.begin(), view.corners.end(), std::back_inserter(corners), begins);
    if (2 * corners.size() <= view.corners.size()) corners.clear();
    return corners;
  }

  /// Holds corrections to what the factory may be off by, and the first camera to the rig.
  void hold(size_t index) {
    CameraParameters& camera = solved_[index];
    const FactoryTolerance& t = options_.tolerance;
    const std::array<double, 4> lens{t.focal_length, t.focal_length, t.center_px, t.center_px};
    const std::array<double, 6> turn{t.color_turn_rad, t.color_turn_rad, t.color_turn_rad,
                                     t.color_shift_m,  t.color_shift_m,  t.color_shift_m};
    hold_block(camera.color_lens.data(), lens);
    hold_block(camera.depth_lens.data(), lens);
    hold_block(camera.color_correction.data(), turn);
    hold_block(&camera.depth_offset_m, std::array<double, 1>{t.depth_offset_m});
    if (index == 0 && problem_->HasParameterBlock(camera.depth_from_rig.data()))
      problem_->SetParameterBlockConstant(camera.depth_from_rig.data());
  }

  template <size_t N>
  void hold_block(double* block, const std::array<double, N>& sigmas) {
    if (!problem_->HasParameterBlock(block)) return;
    if (*std::min_element(sigmas.begin(), sigmas.end()) <= 0)
      return problem_->SetParameterBlockConstant(block);
    ceres::Matrix weight = ceres::Matrix::Zero(N, N);
    for (size_t i = 0; i < N; ++i) weight(static_cast<int>(i), static_cast<int>(i)) = 1 / sigmas[i];
    problem_->AddResidualBlock(new ceres::NormalPrior(weight, ceres::Vector::Zero(N)), nullptr,
                               block);
  }

  const std::vector<CameraToSolve>& cameras_;
  const Board& board_;
  const SolveOptions& options_;
  std::vector<CameraParameters> solved_;
  std::map<int64_t, PoseParameters> boards_;
  std::unique_ptr<ceres::Problem> problem_;
  std::vector<Term> terms_;
};

Result<void> check(const std::vector<CameraToSolve>& cameras, const Board& board,
                   const std::vector<BoardView>& views) {
  for (const BoardView& view : views) {
    if (view.camera < 0 || static_cast<size_t>(view.camera) >= cameras.size())
      return Error{Errc::invalid_argument, fmt::format("There is no camera {}.", view.camera)};
    for (const SeenCorner& corner : view.corners) {
      if (corner.id < 0 || corner.id >= board.corner_count())
        return Error{Errc::invalid_argument,
                     fmt::format("The board has {} corners, and none with the number {}.",
                                 board.corner_count(), corner.id)};
    }
  }
  return {};
}

/// Why no path of views that place the board reaches a camera.
Error not_joined(const std::vector<CameraToSolve>& cameras, size_t camera,
                 const std::vector<BoardView>& views) {
  for (const std::vector<int>& group : joined_groups(cameras.size(), views)) {
    const auto has = [&](int who) {
      return std::find(group.begin(), group.end(), who) != group.end();
    };
    if (!has(0) || !has(static_cast<int>(camera))) continue;
    return {Errc::unusable_input,
            fmt::format("where '{}' saw the board together with a camera that is joined to '{}', "
                        "its image does not say which way the board is tilted: show it nearer, or "
                        "tilted more.",
                        cameras[camera].name, cameras[0].name)};
  }
  return {Errc::unusable_input,
          fmt::format("none of the images that count shows the board to '{}' together with a "
                      "camera that is joined to '{}': show it to both at once.",
                      cameras[camera].name, cameras[0].name)};
}

}  // namespace

Result<SolvedRig> solve_rig(const std::vector<CameraToSolve>& cameras, const Board& board,
                            const std::vector<BoardView>& views, const SolveOptions& options) {
  if (auto fine = check(cameras, board, views); !fine) return std::move(fine).error();
  const std::vector<PlacedView> placed = place_views(cameras, board, views);
  const auto rig_from = initial_poses(cameras.size(), placed);
  for (size_t i = 0; i < cameras.size(); ++i) {
    if (!rig_from[i]) return not_joined(cameras, i, views);
  }
  RigProblem problem(cameras, board, options);
  problem.begin(rig_from, placed);
  // Once with the noise that is assumed, and once with what came out: only then do pixels and
  // millimetres weigh against each other as they should.
  ResidualNoise noise{options.color_px, options.infrared_px, options.depth_m};
  ResidualNoise solved_with;
  for (int pass = 0; pass < 2; ++pass) {
    if (auto solved = problem.solve(views, noise); !solved) return std::move(solved).error();
    solved_with = noise;
    const ResidualNoise found = problem.noise(noise);
    const auto sane = [](double value, double assumed) { return std::max(value, assumed / 50); };
    noise = {sane(found.color_px, options.color_px), sane(found.infrared_px, options.infrared_px),
             sane(found.depth_m, options.depth_m)};
  }
  auto rig = problem.result(views, solved_with);
  if (!rig) return rig;
  rig->noise = noise;
  return rig;
}

}  // namespace lockstep

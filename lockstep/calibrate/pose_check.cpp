// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/pose_check.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace lockstep {
namespace {

// Of a chi square with six degrees of freedom: one camera of 200 that stayed is above it where the
// covariances are as large as the errors.
constexpr double kMovedChiSquare = 18.55;
// How far above six its mean must be for every second one to be above that.
constexpr double kShownChiSquare = 13.5;
// Explanations whose chi squares differ by less are both possible.
constexpr double kRivalChiSquare = 12;
// A direction in which not even a move so many times as large as is asked for would show tells
// nothing: what little decides it there is, as often as not, two surfaces taken for one.
constexpr double kTellingTimes = 1.5;

/// The scene and the calibration as quadratic functions of the corrections, for any set of cameras
/// that may have moved: their calibration counts for nothing.
class Explanations {
 public:
  Explanations(const std::vector<SceneCamera>& cameras, const SceneAlignment& alignment,
               const DepthTolerance& tolerance)
      : alignment_(alignment) {
    for (const SceneCamera& camera : cameras) {
      stayed_.push_back(prior_information(camera, camera.covariance, tolerance));
      moved_.push_back(prior_information(camera, anywhere(), tolerance));
    }
  }

  /// Correction of a camera and its covariance when the cameras in `moved` may have moved.
  void solve(const std::vector<bool>& moved, size_t camera, SceneCorrection& correction,
             PoseCovariance& covariance) const {
    const Eigen::MatrixXd prior = prior_of(moved);
    const Eigen::LDLT<Eigen::MatrixXd> all((alignment_.information + prior).ldlt());
    const Eigen::VectorXd back = all.solve(prior * corrections());
    const auto at = static_cast<Eigen::Index>(kSceneUnknowns * camera);
    correction = alignment_.corrections[camera] - back.segment<kSceneUnknowns>(at);
    Eigen::MatrixXd own = Eigen::MatrixXd::Zero(prior.rows(), 6);
    own.block<6, 6>(at, 0).setIdentity();
    covariance = all.solve(own).block<6, 6>(at, 0);
  }

 private:
  [[nodiscard]] Eigen::MatrixXd prior_of(const std::vector<bool>& moved) const {
    const auto size = static_cast<Eigen::Index>(kSceneUnknowns * stayed_.size());
    Eigen::MatrixXd prior = Eigen::MatrixXd::Zero(size, size);
    for (size_t i = 0; i < stayed_.size(); ++i) {
      const auto at = static_cast<Eigen::Index>(kSceneUnknowns * i);
      prior.block<kSceneUnknowns, kSceneUnknowns>(at, at) = moved[i] ? moved_[i] : stayed_[i];
    }
    return prior;
  }

  [[nodiscard]] Eigen::VectorXd corrections() const {
    Eigen::VectorXd all(static_cast<Eigen::Index>(kSceneUnknowns * stayed_.size()));
    for (size_t i = 0; i < stayed_.size(); ++i)
      all.segment<kSceneUnknowns>(static_cast<Eigen::Index>(kSceneUnknowns * i)) =
          alignment_.corrections[i];
    return all;
  }

  const SceneAlignment& alignment_;
  std::vector<Eigen::Matrix<double, kSceneUnknowns, kSceneUnknowns>> stayed_, moved_;
};

/// The smallest move that shows in every direction, and the directions in which one of `asked` does
/// not. `told`: information of three numbers.
double least_move(const Eigen::Matrix3d& told, double asked, std::vector<Eigen::Vector3d>& open) {
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> axes(told);
  for (int i = 0; i < 3; ++i) {
    if (!(axes.eigenvalues()[i] * asked * asked >= kShownChiSquare))
      open.emplace_back(axes.eigenvectors().col(i));
  }
  const double least = axes.eigenvalues()[0];
  return least > 0 ? std::sqrt(kShownChiSquare / least) : std::numeric_limits<double>::infinity();
}

/// The moves of a camera in units of what is asked for, so that turns and shifts are of one size,
/// along axes of which the scene tells by itself. `told`: information of a turn and a shift.
class ToldAxes {
 public:
  ToldAxes(const PoseCovariance& told, const PoseCheckOptions& options) {
    asked_ << Eigen::Vector3d::Constant(options.turn_rad),
        Eigen::Vector3d::Constant(options.shift_m);
    axes_.compute(asked_.asDiagonal() * told * asked_.asDiagonal());
  }

  [[nodiscard]] bool tells(int axis) const {
    return axes_.eigenvalues()[axis] * kTellingTimes * kTellingTimes >= kShownChiSquare;
  }
  /// Of a camera's having stayed although it comes out as moved so, along the axes that tell.
  [[nodiscard]] double chi_square(const Eigen::Matrix<double, 6, 1>& move) const {
    const Eigen::Matrix<double, 6, 1> along =
        axes_.eigenvectors().transpose() * move.cwiseQuotient(asked_);
    double sum = 0;
    for (int i = 0; i < 6; ++i) sum += tells(i) ? axes_.eigenvalues()[i] * along[i] * along[i] : 0;
    return sum;
  }
  /// Anywhere along the axes that tell, and where it was along the others.
  [[nodiscard]] PoseCovariance held_where_untold() const {
    constexpr double kFar = 3600;   // 0.3 m and 18 degrees, squared
    constexpr double kHeld = 1e-4;  // 0.05 mm and 0.003 degrees
    Eigen::Matrix<double, 6, 1> variances;
    for (int i = 0; i < 6; ++i) variances[i] = tells(i) ? kFar : kHeld;
    return asked_.asDiagonal() * axes_.eigenvectors() * variances.asDiagonal() *
           axes_.eigenvectors().transpose() * asked_.asDiagonal();
  }

 private:
  Eigen::Matrix<double, 6, 1> asked_;
  Eigen::SelfAdjointEigenSolver<PoseCovariance> axes_;
};

/// What the scene says of one camera.
struct Told {
  Eigen::Matrix<double, 6, 1> move;  ///< from where it was calibrated: a turn and a shift
  PoseCovariance covariance, information;
  double chi_square = 0;  ///< of its having stayed

  [[nodiscard]] bool is_finite() const {
    return move.allFinite() && covariance.allFinite() && information.allFinite() &&
           std::isfinite(chi_square);
  }
};

/// When the cameras in `free` may have moved, of which it is one, and all others stayed.
Told told_of(const SceneCamera& camera, const Explanations& explanations,
             const std::vector<bool>& free, size_t i, const PoseCheckOptions& options) {
  Told told;
  SceneCorrection correction;
  explanations.solve(free, i, correction, told.covariance);
  told.covariance += camera.covariance;
  told.move = correction.head<6>();
  told.information = told.covariance.ldlt().solve(PoseCovariance::Identity());
  told.chi_square = told.move.allFinite() && told.information.allFinite()
                        ? ToldAxes(told.information, options).chi_square(told.move)
                        : std::numeric_limits<double>::quiet_NaN();
  return told;
}

/// Where the scene tells too little, the surfaces alone would let a camera slide until some happen
/// to meet, decimetres away, from where small moves are no more to be told: such directions are
/// found first, and held.
SceneAlignment align(const std::vector<SceneCamera>& cameras, const PoseCheckOptions& options) {
  std::vector<PoseCovariance> priors(cameras.size(), anywhere());
  SceneAlignment first = align_scene(cameras, priors, options.tolerance);
  const Explanations explanations(cameras, first, options.tolerance);
  bool all_tell = true;
  for (size_t i = 0; i < cameras.size(); ++i) {
    std::vector<bool> free(cameras.size(), false);
    free[i] = true;
    const Told told = told_of(cameras[i], explanations, free, i, options);
    if (!told.is_finite()) continue;
    const ToldAxes axes(told.information, options);
    for (int axis = 0; axis < 6; ++axis) all_tell = all_tell && axes.tells(axis);
    priors[i] = axes.held_where_untold();
  }
  return all_tell ? first : align_scene(cameras, priors, options.tolerance);
}

/// Of a camera of which nothing can be computed: every move is open.
CameraMove nothing_told() {
  CameraMove move;
  for (int axis = 0; axis < 3; ++axis) {
    move.open_shifts.emplace_back(Eigen::Vector3d::Unit(axis));
    move.open_turns.emplace_back(Eigen::Vector3d::Unit(axis));
  }
  move.least_shift_m = move.least_turn_rad = std::numeric_limits<double>::infinity();
  return move;
}

/// One comparison of the cameras that are not known to have moved.
class Comparison {
 public:
  Comparison(const std::vector<SceneCamera>& cameras, const PoseCheckOptions& options)
      : cameras_(cameras),
        options_(options),
        alignment_(align(cameras, options)),
        explanations_(cameras, alignment_, options.tolerance) {}

  [[nodiscard]] const std::vector<SceneOverlap>& overlaps() const { return alignment_.overlaps; }

  /// The cameras that by themselves explain most of what does not fit, best first; none where all
  /// fits as it is, and where it cannot be computed, which describe() says.
  [[nodiscard]] std::vector<size_t> moved() const {
    std::vector<double> gains;
    for (size_t i = 0; i < cameras_.size(); ++i) gains.push_back(told(i, std::nullopt).chi_square);
    std::vector<size_t> alike;
    if (!std::all_of(gains.begin(), gains.end(), [](double g) { return std::isfinite(g); }))
      return alike;
    const double best = *std::max_element(gains.begin(), gains.end());
    for (size_t i = 0; best >= kMovedChiSquare && i < cameras_.size(); ++i) {
      if (gains[i] > best - kRivalChiSquare) alike.push_back(i);
    }
    std::stable_sort(alike.begin(), alike.end(),
                     [&](size_t a, size_t b) { return gains[a] > gains[b]; });
    return alike;
  }

  /// What the scene says of a camera that may have moved while all others stayed, but for `moved`.
  void describe(size_t i, std::optional<size_t> moved, CameraMove& move) const {
    const Told all = told(i, moved);
    if (!all.is_finite()) {
      move = nothing_told();
      return;
    }
    move.chi_square = all.chi_square;
    move.turn_rad = all.move.head<3>();
    move.shift_m = all.move.tail<3>();
    move.least_turn_rad =
        least_move(all.information.topLeftCorner<3, 3>(), options_.turn_rad, move.open_turns);
    move.least_shift_m =
        least_move(all.information.bottomRightCorner<3, 3>(), options_.shift_m, move.open_shifts);
    for (const Eigen::Vector3d& axis : move.open_turns)
      move.turn_rad -= axis.dot(move.turn_rad) * axis;
    for (const Eigen::Vector3d& way : move.open_shifts) move.shift_m -= way.dot(move.shift_m) * way;
    const bool all_show = move.open_shifts.empty() && move.open_turns.empty();
    move.verdict = all_show ? MoveVerdict::stayed : MoveVerdict::cannot_tell;
  }

 private:
  /// When it may have moved while all others stayed, but for `moved`.
  [[nodiscard]] Told told(size_t i, std::optional<size_t> moved) const {
    std::vector<bool> free(cameras_.size(), false);
    if (moved) free[*moved] = true;
    free[i] = true;
    return told_of(cameras_[i], explanations_, free, i, options_);
  }

  const std::vector<SceneCamera>& cameras_;
  const PoseCheckOptions& options_;
  const SceneAlignment alignment_;
  const Explanations explanations_;
};

/// Of several that may have moved each is described as if it were the one.
void name_rivals(const std::vector<size_t>& alike, const std::vector<size_t>& of_rig,
                 PoseCheck& check) {
  for (const size_t i : alike) {
    CameraMove& move = check.cameras[of_rig[i]];
    move.verdict = alike.size() > 1 ? MoveVerdict::one_of : MoveVerdict::moved;
    for (const size_t rival : alike) {
      if (rival != i) move.rivals.push_back(static_cast<int>(of_rig[rival]));
    }
  }
}

}  // namespace

Result<PoseCheck> check_poses(const std::vector<SceneCamera>& cameras,
                              const PoseCheckOptions& options) {
  if (cameras.size() < 2) {
    return Error{Errc::invalid_argument,
                 "whether a camera has moved shows against another one that sees the same: give "
                 "two cameras or more"};
  }
  PoseCheck check;
  check.cameras.resize(cameras.size());
  std::vector<size_t> left;  // not known to have moved
  for (size_t i = 0; i < cameras.size(); ++i) left.push_back(i);
  while (true) {
    std::vector<SceneCamera> compared;
    for (const size_t i : left) compared.push_back(cameras[i]);
    const Comparison comparison(compared, options);
    if (left.size() == cameras.size()) check.overlaps = comparison.overlaps();
    const std::vector<size_t> moved = comparison.moved();
    const std::optional<size_t> best = moved.empty() ? std::nullopt : std::optional(moved[0]);
    for (size_t i = 0; i < left.size(); ++i) {
      const bool rival = std::find(moved.begin(), moved.end(), i) != moved.end();
      check.cameras[left[i]] = {};
      comparison.describe(i, rival ? std::nullopt : best, check.cameras[left[i]]);
    }
    name_rivals(moved, left, check);
    if (moved.size() != 1 || left.size() < 3) return check;
    left.erase(left.begin() + static_cast<ptrdiff_t>(*best));
  }
}

}  // namespace lockstep

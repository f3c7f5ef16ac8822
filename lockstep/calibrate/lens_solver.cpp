// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/lens_solver.h"

#include <ceres/ceres.h>
#include <ceres/normal_prior.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

#include "lockstep/base/text.h"
#include "lockstep/calibrate/coverage.h"
#include "lockstep/calibrate/plane_pose.h"
#include "lockstep/calibrate/pose_parameters.h"
#include "lockstep/calibrate/projection.h"
#include "lockstep/calibrate/solver_log.h"
#include "lockstep/calibrate/view_selection.h"
#include "lockstep/time/line_fit.h"

namespace lockstep {
namespace {

constexpr double kRobustPx = 1.0;
constexpr double kLeastTiltDeg = 15;
constexpr double kUnexplainedPx = 5;
// Photographs of one lens differ by a third; that of another one is ten times as far off.
constexpr double kContradictingTimes = 3;
constexpr double kContradictingPx = 0.3;
constexpr double kMostContradicting = 0.2;  // share of the photographs
constexpr size_t kRoundsToSettle = 4;
// Coefficients of real lenses of this class are below ten; where corners leave them open, they stay
// small.
constexpr double kCoefficientSigma = 5;
constexpr double kTangentialSigma = 0.1;
constexpr size_t kPhotosToBegin = 12;

/// fx, fy, cx, cy, k1..k6, p1, p2.
using LensParameters = std::array<double, 12>;

template <typename T>
SolvedFor<T> lens_of(const T* p) {
  SolvedFor<T> lens{p[0], p[1], p[2], p[3], {p[4], p[5], p[6], p[7], p[8], p[9]}, p[10], p[11]};
  lens.metric_radius = 10;
  return lens;
}

struct PhotoCorner {
  Eigen::Vector3d corner;
  Eigen::Vector2d pixel;

  template <typename T>
  bool operator()(const T* camera_from_board, const T* lens, T* residual) const {
    if (!project(lens_of(lens), moved(camera_from_board, on_board<T>(corner)), residual))
      return false;
    for (int i = 0; i < 2; ++i) residual[i] -= T(pixel[i]);
    return true;
  }
};

CameraModel pinhole(int width_px, int height_px, double focal_px) {
  CameraModel camera;
  camera.width_px = width_px;
  camera.height_px = height_px;
  camera.fx_px = camera.fy_px = focal_px;
  camera.cx_px = (width_px - 1) / 2.0;
  camera.cy_px = (height_px - 1) / 2.0;
  camera.metric_radius = 10;
  return camera;
}

/// Mean rms of the photographs under a lens; unplaced ones count as very bad.
double misfit_px(const CameraModel& lens, const Board& board,
                 std::span<const BoardPhoto* const> photos) {
  double sum = 0;
  for (const BoardPhoto* photo : photos) {
    const auto pose = plane_pose(lens, board, photo->corners);
    sum += pose ? std::min(pose->rms_px, 100.0) : 100.0;
  }
  return sum / static_cast<double>(photos.size());
}

/// The focal length under which boards come out flattest, give or take eight percent.
double first_focal_px(int width_px, int height_px, const Board& board,
                      const std::vector<const BoardPhoto*>& photos) {
  std::vector<const BoardPhoto*> some;
  const size_t step = std::max<size_t>(1, photos.size() / kPhotosToBegin);
  for (size_t i = 0; i < photos.size(); i += step) some.push_back(photos[i]);
  double best_px = width_px;
  double least = std::numeric_limits<double>::infinity();
  for (double focal_px = 0.3 * width_px; focal_px < 6 * width_px; focal_px *= 1.08) {
    const double misfit = misfit_px(pinhole(width_px, height_px, focal_px), board, some);
    if (misfit >= least) continue;
    least = misfit;
    best_px = focal_px;
  }
  return best_px;
}

/// Largest radius up to which the lens is one to one.
double one_to_one_radius(const CameraModel& lens) {
  constexpr double kStep = 0.002;
  constexpr double kFarthest = 3;
  const auto distorted = [&](double r) {
    const double r2 = r * r;
    const auto& k = lens.k;
    return r * (1 + r2 * (k[0] + r2 * (k[1] + r2 * k[2]))) /
           (1 + r2 * (k[3] + r2 * (k[4] + r2 * k[5])));
  };
  double before = 0;
  for (double r = kStep; r < kFarthest; r += kStep) {
    const double after = distorted(r);
    if (!(after > before)) return r - kStep;
    before = after;
  }
  return kFarthest;
}

CameraModel model_of(const LensParameters& p, int width_px, int height_px) {
  CameraModel lens;
  lens.width_px = width_px;
  lens.height_px = height_px;
  lens.fx_px = p[0];
  lens.fy_px = p[1];
  lens.cx_px = p[2];
  lens.cy_px = p[3];
  std::copy_n(p.begin() + 4, 6, lens.k.begin());
  lens.p1 = p[10];
  lens.p2 = p[11];
  lens.metric_radius = one_to_one_radius(lens);
  return lens;
}

/// A lens and the boards of its photographs, all at once.
class LensProblem {
 public:
  LensProblem(const Board& board, const std::vector<const BoardPhoto*>& photos,
              const CameraModel& begin)
      : lens_{begin.fx_px, begin.fy_px, begin.cx_px, begin.cy_px} {
    poses_.reserve(photos.size());
    for (const BoardPhoto* photo : photos) {
      const auto pose = plane_pose(begin, board, photo->corners);
      if (!pose) continue;
      poses_.push_back(parameters_of(pose->camera_from_board));
      for (const SeenCorner& seen : photo->corners) {
        problem_.AddResidualBlock(new ceres::AutoDiffCostFunction<PhotoCorner, 2, 6, 12>(
                                      new PhotoCorner{board.corner(seen.id), seen.pixel}),
                                  new ceres::HuberLoss(kRobustPx), poses_.back().data(),
                                  lens_.data());
      }
    }
    ceres::Matrix weight = ceres::Matrix::Zero(8, 12);
    for (int i = 0; i < 8; ++i)
      weight(i, 4 + i) = 1 / (i < 6 ? kCoefficientSigma : kTangentialSigma);
    problem_.AddResidualBlock(new ceres::NormalPrior(weight, ceres::Vector::Zero(12)), nullptr,
                              lens_.data());
  }

  /// First with no distortion, so that none is found where the focal length was off.
  bool solve() {
    if (poses_.empty()) return false;
    problem_.SetManifold(lens_.data(), new ceres::SubsetManifold(12, {4, 5, 6, 7, 8, 9, 10, 11}));
    if (!run()) return false;
    problem_.SetManifold(lens_.data(), nullptr);
    return run();
  }

  [[nodiscard]] const LensParameters& lens() const { return lens_; }

 private:
  bool run() {
    silence_solver_log();
    ceres::Solver::Options options;
    options.logging_type = ceres::SILENT;
    options.linear_solver_type = ceres::DENSE_SCHUR;
    options.max_num_iterations = 200;
    options.function_tolerance = 1e-10;
    ceres::Solver::Summary summary;
    ceres::Solve(options, &problem_, &summary);
    return summary.IsSolutionUsable();
  }

  LensParameters lens_{};
  std::vector<PoseParameters> poses_;
  ceres::Problem problem_;
};

/// Why a photograph is left out, if it is; `seen`: those before it that are not.
std::optional<PhotoUse> left_out(const BoardPhoto& photo, double widest_sharp_px,
                                 const std::vector<const BoardPhoto*>& seen) {
  if (photo.corners.size() < kLeastCornersOfAView) return PhotoUse::few_corners;
  if (photo.edge_width_px > widest_sharp_px) return PhotoUse::blurred;
  const bool known = std::any_of(seen.begin(), seen.end(), [&](const BoardPhoto* earlier) {
    return show_one_place(earlier->corners, photo.corners);
  });
  return known ? std::optional(PhotoUse::alike) : std::nullopt;
}

/// Decides what each photograph is for; returns all that are not left out.
std::vector<const BoardPhoto*> sort_out(const std::vector<BoardPhoto>& photos,
                                        std::vector<PhotoResidual>& residuals) {
  std::vector<double> widths;
  for (const BoardPhoto& photo : photos) widths.push_back(photo.edge_width_px);
  const double widest_sharp_px = widest_sharp_edge_px(std::move(widths));
  std::vector<const BoardPhoto*> seen;
  for (size_t i = 0; i < photos.size(); ++i) {
    PhotoUse& use = residuals[i].use;
    if (const auto why = left_out(photos[i], widest_sharp_px, seen)) {
      use = *why;
      continue;
    }
    seen.push_back(&photos[i]);
    if (seen.size() > kLeastPhotos && seen.size() % kHoldOutEvery == 0) use = PhotoUse::held_out;
  }
  return seen;
}

/// The lens that explains these photographs best.
std::optional<CameraModel> lens_that_took(const CameraModel& begin, const Board& board,
                                          const std::vector<const BoardPhoto*>& photos) {
  LensProblem problem(board, photos, begin);
  if (!problem.solve()) return std::nullopt;
  return model_of(problem.lens(), begin.width_px, begin.height_px);
}

/// Those of `photos` that come out much worse than the others under their lens, worst first.
std::vector<const BoardPhoto*> badly_explained(const CameraModel& lens, const Board& board,
                                               const std::vector<const BoardPhoto*>& photos) {
  std::vector<std::pair<double, const BoardPhoto*>> rms_px;
  std::vector<double> all;
  for (const BoardPhoto* photo : photos) {
    if (const auto pose = plane_pose(lens, board, photo->corners)) {
      rms_px.emplace_back(pose->rms_px, photo);
      all.push_back(pose->rms_px);
    }
  }
  const double most = std::max(kContradictingTimes * median(all), kContradictingPx);
  std::stable_sort(rms_px.begin(), rms_px.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<const BoardPhoto*> bad;
  for (const auto& [rms, photo] : rms_px) {
    if (rms > most) bad.push_back(photo);
  }
  return bad;
}

/// Finds the photographs that another lens took. It is judged by a lens of all, those to be held
/// out too: at the image's edge a lens that was found without them is off for their very want. A
/// photograph of another lens bends it towards itself, and others come out badly for that: so the
/// worst go first, and what a lens of the rest explains comes back.
class ForeignPhotos {
 public:
  ForeignPhotos(const CameraModel& begin, const Board& board,
                const std::vector<const BoardPhoto*>& seen)
      : begin_(begin), board_(board), seen_(seen) {}

  /// None where so many contradict that none can be called the others.
  [[nodiscard]] std::vector<const BoardPhoto*> find() const {
    const auto most = static_cast<size_t>(kMostContradicting * static_cast<double>(seen_.size()));
    Photos out;
    for (size_t round = 0; round < most + kRoundsToSettle; ++round) {
      auto found = bad_without(out);
      if (!found) break;
      Photos& bad = *found;
      if (std::is_permutation(bad.begin(), bad.end(), out.begin(), out.end()))
        return without_explained(std::move(out));
      if (bad.size() <= most) {
        out = std::move(bad);
      } else if (out.size() < most) {
        out.push_back(*std::find_if(bad.begin(), bad.end(),
                                    [&](const BoardPhoto* photo) { return !holds(out, photo); }));
      } else {
        break;
      }
    }
    return {};
  }

 private:
  using Photos = std::vector<const BoardPhoto*>;

  static bool holds(const Photos& photos, const BoardPhoto* photo) {
    return std::find(photos.begin(), photos.end(), photo) != photos.end();
  }

  /// What a lens of all but `out` explains badly, worst first. Nothing where there is no such lens.
  [[nodiscard]] std::optional<Photos> bad_without(const Photos& out) const {
    Photos rest;
    std::remove_copy_if(seen_.begin(), seen_.end(), std::back_inserter(rest),
                        [&](const BoardPhoto* photo) { return holds(out, photo); });
    const auto lens = lens_that_took(begin_, board_, rest);
    if (!lens) return std::nullopt;
    return badly_explained(*lens, board_, seen_);
  }

  /// Takes back, the best first, each that is explained as soon as the lens is found with it.
  [[nodiscard]] Photos without_explained(Photos out) const {
    for (const BoardPhoto* photo : Photos(out.rbegin(), out.rend())) {
      Photos others;
      std::remove_copy(out.begin(), out.end(), std::back_inserter(others), photo);
      const auto bad = bad_without(others);
      const bool explained =
          bad && std::all_of(bad->begin(), bad->end(),
                             [&](const BoardPhoto* each) { return holds(others, each); });
      if (explained) out = std::move(others);
    }
    return out;
  }

  const CameraModel& begin_;
  const Board& board_;
  const Photos& seen_;
};

/// Judges every photograph that is used under the solved lens, which places its board anew.
void judge(const Board& board, const std::vector<BoardPhoto>& photos, SolvedLens& solved) {
  double sums[2] = {};
  size_t counts[2] = {};
  std::vector<Eigen::Vector3d> normals;
  Coverage coverage;
  for (size_t i = 0; i < photos.size(); ++i) {
    const PhotoUse use = solved.photos[i].use;
    if (use != PhotoUse::solved_with && use != PhotoUse::held_out) continue;
    const auto pose = plane_pose(solved.lens, board, photos[i].corners);
    if (!pose) continue;
    solved.photos[i].rms_px = pose->rms_px;
    const size_t which = use == PhotoUse::held_out ? 1 : 0;
    sums[which] += pose->rms_px * pose->rms_px * static_cast<double>(photos[i].corners.size());
    counts[which] += photos[i].corners.size();
    normals.emplace_back(pose->camera_from_board.rotation.col(2));
    for (const SeenCorner& corner : photos[i].corners)
      coverage.add(corner.pixel, solved.lens.width_px, solved.lens.height_px);
  }
  const auto rms = [&](size_t which) {
    return std::sqrt(sums[which] / static_cast<double>(counts[which]));
  };
  solved.rms_px = rms(0);
  if (counts[1] > 0) solved.held_out_rms_px = rms(1);
  solved.coverage = coverage.share();
  solved.most_tilt_deg = widest_angle_deg(normals);
}

}  // namespace

Result<SolvedLens> solve_lens(int width_px, int height_px, const Board& board,
                              const std::vector<BoardPhoto>& photos) {
  SolvedLens solved;
  solved.photos.resize(photos.size());
  const auto seen = sort_out(photos, solved.photos);
  if (seen.size() < kLeastPhotos) {
    return Error{Errc::unusable_input,
                 fmt::format("the board was found, sharp and each time at another place, in {} of "
                             "{} photographs, and a lens takes {} and more (twenty are good): show "
                             "all of the board, well lit",
                             seen.size(), photos.size(), kLeastPhotos)};
  }
  const CameraModel begin =
      pinhole(width_px, height_px, first_focal_px(width_px, height_px, board, seen));
  const auto foreign = ForeignPhotos(begin, board, seen).find();
  std::vector<const BoardPhoto*> used;
  for (size_t i = 0; i < photos.size(); ++i) {
    PhotoUse& use = solved.photos[i].use;
    if (std::find(foreign.begin(), foreign.end(), &photos[i]) != foreign.end())
      use = PhotoUse::contradicting;
    if (use == PhotoUse::solved_with) used.push_back(&photos[i]);
  }
  if (used.size() < kLeastPhotos) {
    return Error{
        Errc::unusable_input,
        fmt::format(
            "{} to the other {}, as one of another camera or at another zoom does: "
            "a lens takes {} and more of one camera at one zoom",
            foreign.size() == 1
                ? foreign.front()->name + " does not belong"
                : counted(static_cast<int64_t>(foreign.size()), "photograph") + " do not belong",
            used.size(), kLeastPhotos)};
  }
  const auto lens = lens_that_took(begin, board, used);
  if (!lens) return Error{Errc::unusable_input, "no lens explains these photographs of the board"};
  solved.lens = *lens;
  judge(board, photos, solved);
  if (solved.most_tilt_deg < kLeastTiltDeg) {
    return Error{Errc::unusable_input,
                 fmt::format("the board was tilted by {:.0f}° at most between two photographs, "
                             "which leaves the focal length open: tilt it to all sides by 30° and "
                             "more",
                             solved.most_tilt_deg)};
  }
  if (!(solved.rms_px < kUnexplainedPx)) {
    return Error{Errc::unusable_input,
                 fmt::format("no lens explains these photographs: corners come out {:.1f} px from "
                             "where they are. Are all of one camera at one zoom, and is the board "
                             "the one of the file?",
                             solved.rms_px)};
  }
  return solved;
}

Result<RegisteredPair> register_pair(const CameraModel& lens_a, const BoardPhoto& a,
                                     const CameraModel& lens_b, const BoardPhoto& b,
                                     const Board& board) {
  // No solve follows that could mend it: the poses are the result, and nearer to each other than
  // where a solve begins.
  constexpr double kOnePoseRad = 0.1;
  std::array<std::optional<PlanePose>, 2> poses{plane_pose(lens_a, board, a.corners),
                                                plane_pose(lens_b, board, b.corners)};
  const std::array<const BoardPhoto*, 2> photos{&a, &b};
  for (size_t i = 0; i < 2; ++i) {
    if (photos[i]->corners.size() < kLeastCornersOfAView) {
      return Error{Errc::unusable_input,
                   fmt::format("{} shows {} corners of the board, and {} and more are needed: show "
                               "all of it, sharp and well lit",
                               photos[i]->name, photos[i]->corners.size(), kLeastCornersOfAView)};
    }
    if (!poses[i]) {
      return Error{
          Errc::unusable_input,
          fmt::format("the corners that {} shows tell no place of the board, as where they "
                      "lie on one line: show all of it",
                      photos[i]->name)};
    }
    if (!(poses[i]->rms_px < kUnexplainedPx)) {
      return Error{Errc::unusable_input,
                   fmt::format("no place of the board explains {}: corners come out {:.1f} px from "
                               "where they are. Is the lens that of its camera at that zoom, and "
                               "the board the one of the file?",
                               photos[i]->name, poses[i]->rms_px)};
    }
    if (ambiguity(*poses[i], kOnePoseRad) >= kTooAmbiguous) {
      return Error{Errc::unusable_input,
                   fmt::format("{} alone does not say which way the board is tilted: show it "
                               "nearer, or tilted more",
                               photos[i]->name)};
    }
  }
  return RegisteredPair{poses[1]->camera_from_board * poses[0]->camera_from_board.inverse(),
                        static_cast<int>(a.corners.size()), static_cast<int>(b.corners.size()),
                        poses[0]->rms_px, poses[1]->rms_px};
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/scene_alignment.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

#include "lockstep/calibrate/surface_patches.h"
#include "lockstep/time/line_fit.h"

namespace lockstep {
namespace {

constexpr double kWidestM = 0.2;         // surfaces so far apart may be one, to begin with
constexpr double kNarrowing = 0.7;       // of what is taken for one surface, from step to step
constexpr double kTukey = 4.685;         // sigmas beyond which a sample counts for nothing
constexpr double kLeastAgreement = 0.9;  // cosine between the normals of one surface
constexpr int kMostSteps = 40;
constexpr double kNfovFocalPx = 504;

using Block = Eigen::Matrix<double, kSceneUnknowns, 3>;

/// A camera where it is taken to be.
struct Placed {
  RigidTransform rig_from_depth;
  Eigen::Vector4d lens = Eigen::Vector4d::Zero();  ///< the last four of a correction
};

/// How a point moves with the last four of a correction.
Eigen::Matrix<double, 3, 4> by_lens(const SceneCamera& camera, const Eigen::Vector3d& point) {
  Eigen::Matrix<double, 3, 4> by = Eigen::Matrix<double, 3, 4>::Zero();
  by.col(0) = -point / point.z();
  by.col(1) = Eigen::Vector3d(-point.x(), -point.y(), 0);
  by(0, 2) = -point.z() / camera.depth.fx_px;
  by(1, 3) = -point.z() / camera.depth.fy_px;
  return by;
}

/// A patch of one camera and the one of another that it lies on.
struct Match {
  Eigen::Vector3d point;   ///< in the one
  Eigen::Vector3d landed;  ///< the same in the other
  Eigen::Vector3d normal;  ///< in the other
  double off_m = 0;        ///< along the normal
  double variance_m2 = 0;
  double normal_variance = 0;
};

class Aligner {
 public:
  Aligner(const std::vector<SceneCamera>& cameras, const std::vector<PoseCovariance>& pose_priors,
          const DepthTolerance& tolerance)
      : cameras_(cameras), tolerance_(tolerance) {
    for (size_t i = 0; i < cameras.size(); ++i) {
      patches_.emplace_back(cameras[i]);
      placed_.push_back({cameras[i].rig_from_depth, Eigen::Vector4d::Zero()});
      priors_.push_back(prior_information(cameras[i], pose_priors[i], tolerance));
      held_.push_back(pose_priors[i].isZero(0));
    }
  }

  SceneAlignment align() {
    double width_m = kWidestM;
    for (int step = 0; step < kMostSteps; ++step) {
      const double moved = improve(width_m);
      const bool narrow = width_m <= kTukey * tolerance_.surface_m;
      if (narrow && moved < 1e-6) break;
      width_m = std::max(width_m * kNarrowing, kTukey * tolerance_.surface_m);
    }
    SceneAlignment result;
    for (size_t i = 0; i < cameras_.size(); ++i) result.corrections.push_back(correction(i));
    result.information = information(kTukey * tolerance_.surface_m);
    result.overlaps = overlaps();
    // As a calibration has it: nobody is told of focal lengths and centres.
    for (Placed& placed : placed_) placed.lens.tail<3>().setZero();
    for (SceneOverlap& overlap : result.overlaps) overlap.left_m = apart_m(overlap);
    place_as_calibrated();
    for (SceneOverlap& overlap : result.overlaps) overlap.apart_m = apart_m(overlap);
    return result;
  }

 private:
  /// What was corrected of a camera so far.
  [[nodiscard]] SceneCorrection correction(size_t i) const {
    const RigidTransform moved = cameras_[i].rig_from_depth.inverse() * placed_[i].rig_from_depth;
    const Eigen::AngleAxisd turn(moved.rotation);
    SceneCorrection all;
    all << turn.angle() * turn.axis(), moved.translation, placed_[i].lens;
    return all;
  }

  [[nodiscard]] Eigen::Vector3d lens_corrected(size_t i, const Eigen::Vector3d& point) const {
    return point + by_lens(cameras_[i], point) * placed_[i].lens;
  }

  /// Calls `with(match)` for every patch of camera `one` that lies on one of `other`, at most
  /// `width_m` apart.
  template <typename With>
  void for_each_match(size_t one, size_t other, double width_m, const With& with) const {
    const RigidTransform other_from_one =
        placed_[other].rig_from_depth.inverse() * placed_[one].rig_from_depth;
    for (const SurfacePatch& patch : patches_[one].all()) {
      Match match;
      match.point = lens_corrected(one, patch.middle);
      match.landed = other_from_one * match.point;
      const auto pixel = project(cameras_[other].depth, match.landed);
      const SurfacePatch* const under = pixel ? patches_[other].near(*pixel) : nullptr;
      if (under == nullptr) continue;
      match.normal = under->normal;
      if (match.normal.dot(other_from_one.rotation * patch.normal) < kLeastAgreement) continue;
      const Eigen::Vector3d way = match.landed - lens_corrected(other, under->middle);
      match.off_m = match.normal.dot(way);
      if (std::abs(match.off_m) > width_m) continue;
      match.normal_variance = under->normal_sigma * under->normal_sigma;
      match.variance_m2 = tolerance_.surface_m * tolerance_.surface_m +
                          patch.sigma_m * patch.sigma_m + under->sigma_m * under->sigma_m +
                          match.normal_variance * way.squaredNorm();
      with(match);
    }
  }

  /// How the distance of a match changes with the corrections of both: times the normal.
  void derivatives(size_t one, size_t other, const Match& match, Block& by_one,
                   Block& by_other) const {
    const Eigen::Matrix3d one_from_other =
        placed_[one].rig_from_depth.rotation.transpose() * placed_[other].rig_from_depth.rotation;
    by_one.topRows<3>() = cross_matrix(match.point) * one_from_other;
    by_one.middleRows<3>(3) = one_from_other;
    by_one.bottomRows<4>() = by_lens(cameras_[one], match.point).transpose() * one_from_other;
    by_other.topRows<3>() = -cross_matrix(match.landed);
    by_other.middleRows<3>(3) = -Eigen::Matrix3d::Identity();
    by_other.bottomRows<4>() = -by_lens(cameras_[other], match.landed).transpose();
  }

  /// Calls `with(one, other, match, by_one, by_other, weight)` for the matches of all pairs.
  template <typename With>
  void for_each_weighed(double width_m, const With& with) const {
    Block by_one, by_other;
    for (size_t one = 0; one < cameras_.size(); ++one) {
      for (size_t other = one + 1; other < cameras_.size(); ++other) {
        for_each_match(one, other, width_m, [&](const Match& match) {
          const double part = match.off_m / width_m;
          const double trust = (1 - part * part) * (1 - part * part);
          derivatives(one, other, match, by_one, by_other);
          with(one, other, match, by_one, by_other, trust / match.variance_m2);
        });
      }
    }
  }

  /// One step; how far the corrections went, in metres and radians.
  double improve(double width_m) {
    const auto size = static_cast<Eigen::Index>(kSceneUnknowns * cameras_.size());
    Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(size, size);
    Eigen::VectorXd pull = Eigen::VectorXd::Zero(size);
    for_each_weighed(width_m, [&](size_t one, size_t other, const Match& match, const Block& by_one,
                                  const Block& by_other, double weight) {
      const SceneCorrection to_one = by_one * match.normal;
      const SceneCorrection to_other = by_other * match.normal;
      const auto at_one = static_cast<Eigen::Index>(kSceneUnknowns * one);
      const auto at_other = static_cast<Eigen::Index>(kSceneUnknowns * other);
      const auto block = [&](Eigen::Index row, Eigen::Index column) {
        return normal.block<kSceneUnknowns, kSceneUnknowns>(row, column);
      };
      block(at_one, at_one) += weight * to_one * to_one.transpose();
      block(at_other, at_other) += weight * to_other * to_other.transpose();
      block(at_one, at_other) += weight * to_one * to_other.transpose();
      block(at_other, at_one) += weight * to_other * to_one.transpose();
      pull.segment<kSceneUnknowns>(at_one) -= weight * match.off_m * to_one;
      pull.segment<kSceneUnknowns>(at_other) -= weight * match.off_m * to_other;
    });
    for (size_t i = 0; i < cameras_.size(); ++i) {
      const auto at = static_cast<Eigen::Index>(kSceneUnknowns * i);
      normal.block<kSceneUnknowns, kSceneUnknowns>(at, at) += priors_[i];
      pull.segment<kSceneUnknowns>(at) -= priors_[i] * correction(i);
      if (!held_[i]) continue;
      normal.middleRows<6>(at).setZero();
      normal.middleCols<6>(at).setZero();
      normal.block<6, 6>(at, at).setIdentity();
      pull.segment<6>(at).setZero();
    }
    const Eigen::VectorXd step = normal.ldlt().solve(pull);
    double farthest = 0;
    for (size_t i = 0; i < cameras_.size(); ++i) {
      const SceneCorrection own =
          step.segment<kSceneUnknowns>(static_cast<Eigen::Index>(kSceneUnknowns * i));
      placed_[i].rig_from_depth = corrected(placed_[i].rig_from_depth, own);
      placed_[i].lens += own.tail<4>();
      farthest = std::max(farthest, own.head<6>().lpNorm<Eigen::Infinity>());
    }
    return farthest;
  }

  /// Normals are noisy themselves, and seem to say something of directions in which a surface says
  /// nothing: as much as their noise is expected to say is taken off.
  [[nodiscard]] Eigen::MatrixXd information(double width_m) const {
    const auto size = static_cast<Eigen::Index>(kSceneUnknowns * cameras_.size());
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(size, size);
    for_each_weighed(width_m, [&](size_t one, size_t other, const Match& match, const Block& by_one,
                                  const Block& by_other, double weight) {
      const Eigen::Matrix3d along = match.normal * match.normal.transpose();
      const Eigen::Matrix3d told =
          weight * (along - match.normal_variance * (Eigen::Matrix3d::Identity() - along));
      const auto at_one = static_cast<Eigen::Index>(kSceneUnknowns * one);
      const auto at_other = static_cast<Eigen::Index>(kSceneUnknowns * other);
      const auto block = [&](Eigen::Index row, Eigen::Index column) {
        return sum.block<kSceneUnknowns, kSceneUnknowns>(row, column);
      };
      block(at_one, at_one) += by_one * told * by_one.transpose();
      block(at_other, at_other) += by_other * told * by_other.transpose();
      const Eigen::Matrix<double, kSceneUnknowns, kSceneUnknowns> mixed =
          by_one * told * by_other.transpose();
      block(at_one, at_other) += mixed;
      block(at_other, at_one) += mixed.transpose();
    });
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> parts(sum);
    return parts.eigenvectors() * parts.eigenvalues().cwiseMax(0.0).asDiagonal() *
           parts.eigenvectors().transpose();
  }

  [[nodiscard]] std::vector<double> distances(size_t one, size_t other, double width_m) const {
    std::vector<double> all;
    for_each_match(one, other, width_m,
                   [&](const Match& match) { all.push_back(std::abs(match.off_m)); });
    return all;
  }

  /// The pairs that see surfaces together, without how far apart those are.
  [[nodiscard]] std::vector<SceneOverlap> overlaps() const {
    std::vector<SceneOverlap> all;
    for (size_t one = 0; one < cameras_.size(); ++one) {
      for (size_t other = one + 1; other < cameras_.size(); ++other) {
        const size_t places = distances(one, other, kTukey * tolerance_.surface_m).size();
        if (places > 0)
          all.push_back({static_cast<int>(one), static_cast<int>(other), places, 0, 0});
      }
    }
    return all;
  }

  /// Median distance of the surfaces of a pair, as its cameras are placed.
  [[nodiscard]] double apart_m(const SceneOverlap& overlap) const {
    return median(
        distances(static_cast<size_t>(overlap.one), static_cast<size_t>(overlap.other), kWidestM));
  }

  void place_as_calibrated() {
    for (size_t i = 0; i < cameras_.size(); ++i)
      placed_[i] = {cameras_[i].rig_from_depth, Eigen::Vector4d::Zero()};
  }

  const std::vector<SceneCamera>& cameras_;
  const DepthTolerance& tolerance_;
  std::vector<SurfacePatches> patches_;
  std::vector<Placed> placed_;
  std::vector<Eigen::Matrix<double, kSceneUnknowns, kSceneUnknowns>> priors_;
  std::vector<bool> held_;  ///< its pose is known, and stays
};

}  // namespace

SceneAlignment align_scene(const std::vector<SceneCamera>& cameras,
                           const std::vector<PoseCovariance>& pose_priors,
                           const DepthTolerance& tolerance) {
  return Aligner(cameras, pose_priors, tolerance).align();
}

Eigen::Matrix<double, kSceneUnknowns, kSceneUnknowns> prior_information(
    const SceneCamera& camera, const PoseCovariance& pose_prior, const DepthTolerance& tolerance) {
  // The reference has no uncertainty, and numbers must be divided by it. What
  // rounding made negative is none, either.
  constexpr double kLeastVariance = 1e-10;  // 1e-5 rad and m, squared
  const Eigen::SelfAdjointEigenSolver<PoseCovariance> axes(pose_prior);
  const PoseCovariance pose_told =
      axes.eigenvectors() *
      (axes.eigenvalues().array().max(0.0) + kLeastVariance).inverse().matrix().asDiagonal() *
      axes.eigenvectors().transpose();
  const auto told = [](double sigma) { return 1 / std::max(1e-20, sigma * sigma); };
  const double center_px = tolerance.center_px * camera.depth.fx_px / kNfovFocalPx;
  Eigen::Matrix<double, kSceneUnknowns, kSceneUnknowns> prior;
  prior.setZero();
  prior.topLeftCorner<6, 6>() = pose_told;
  prior(6, 6) = told(tolerance.depth_offset_m);
  prior(7, 7) = told(tolerance.focal_length);
  prior(8, 8) = told(center_px);
  prior(9, 9) = told(center_px);
  return prior;
}

RigidTransform corrected(const RigidTransform& rig_from_depth, const SceneCorrection& correction) {
  return rig_from_depth *
         RigidTransform{rotation_by(correction.head<3>()), correction.segment<3>(3)};
}

}  // namespace lockstep

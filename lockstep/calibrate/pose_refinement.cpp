// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/pose_refinement.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

namespace lockstep {
namespace {

using Information = Eigen::Matrix<double, kSceneUnknowns, kSceneUnknowns>;

/// Covariance of a camera's pose; `priors`: what is known of each camera beforehand.
PoseCovariance pose_covariance(const Eigen::MatrixXd& scene, const std::vector<Information>& priors,
                               size_t camera) {
  Eigen::MatrixXd all = scene;
  for (size_t i = 0; i < priors.size(); ++i) {
    const auto at = static_cast<Eigen::Index>(kSceneUnknowns * i);
    all.block<kSceneUnknowns, kSceneUnknowns>(at, at) += priors[i];
  }
  const auto at = static_cast<Eigen::Index>(kSceneUnknowns * camera);
  Eigen::MatrixXd own = Eigen::MatrixXd::Zero(all.rows(), 6);
  own.block<6, 6>(at, 0).setIdentity();
  const PoseCovariance covariance = all.ldlt().solve(own).block<6, 6>(at, 0);
  return (covariance + covariance.transpose()) / 2;
}

/// Directions of which the scene tells less than was known.
std::vector<Eigen::Vector3d> open(const Eigen::Matrix3d& told, const Eigen::Matrix3d& known) {
  std::vector<Eigen::Vector3d> all;
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> axes(told);
  for (int i = 0; i < 3; ++i) {
    const Eigen::Vector3d way = axes.eigenvectors().col(i);
    if (axes.eigenvalues()[i] * way.dot(known * way) < 1) all.push_back(way);
  }
  return all;
}

}  // namespace

Result<PoseRefinement> refine_poses(const std::vector<SceneCamera>& cameras,
                                    const DepthTolerance& tolerance) {
  if (cameras.size() < 2)
    return Error{Errc::invalid_argument, "one camera has no other to be refined against"};
  std::vector<PoseCovariance> covariances;
  std::vector<Information> priors;
  for (const SceneCamera& camera : cameras) {
    covariances.push_back(camera.covariance);
    priors.push_back(prior_information(camera, camera.covariance, tolerance));
  }
  const SceneAlignment alignment = align_scene(cameras, covariances, tolerance);
  if (alignment.overlaps.empty()) {
    return Error{Errc::unusable_input,
                 "no two cameras see a surface together: turn them so that they share floor, walls "
                 "or furniture."};
  }
  PoseRefinement refined;
  refined.overlaps = alignment.overlaps;
  for (size_t i = 0; i < cameras.size(); ++i) {
    const SceneCorrection& correction = alignment.corrections[i];
    RefinedCamera camera;
    camera.rig_from_depth = corrected(cameras[i].rig_from_depth, correction);
    camera.depth_offset_m = cameras[i].depth_offset_m + correction[6];
    if (!cameras[i].covariance.isZero()) {
      camera.covariance = pose_covariance(alignment.information, priors, i);
      std::vector<Information> scene_alone = priors;
      scene_alone[i] = prior_information(cameras[i], anywhere(), tolerance);
      const PoseCovariance told = pose_covariance(alignment.information, scene_alone, i)
                                      .ldlt()
                                      .solve(PoseCovariance::Identity());
      const PoseCovariance& known = cameras[i].covariance;
      camera.open_turns = open(told.topLeftCorner<3, 3>(), known.topLeftCorner<3, 3>());
      camera.open_shifts = open(told.bottomRightCorner<3, 3>(), known.bottomRightCorner<3, 3>());
    }
    refined.cameras.push_back(std::move(camera));
  }
  return refined;
}

}  // namespace lockstep

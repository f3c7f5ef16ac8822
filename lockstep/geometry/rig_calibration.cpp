// SPDX-License-Identifier: MIT
#include "lockstep/geometry/rig_calibration.h"

#include <fmt/core.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <tuple>

namespace lockstep {
namespace {

// 10 km and as many radians, squared: nothing is known of the pose.
constexpr double kMostVariance = 1e8;
// Of correlations: a covariance written with ten digits is one to far better than this.
constexpr double kNoCorrelation = 1e-6;
// Of the width of a picture: two lenses of one camera that was measured twice are nearer.
constexpr double kOneLens = 0.01;

}  // namespace

CameraModel corrected(CameraModel camera, const LensCorrection& correction) {
  camera.fx_px *= 1 + correction.focal_x;
  camera.fy_px *= 1 + correction.focal_y;
  camera.cx_px += correction.center_x_px;
  camera.cy_px += correction.center_y_px;
  return camera;
}

bool is_covariance(const PoseCovariance& matrix) {
  // Correlations, whose size does not depend on units; a number without variance has none.
  PoseCovariance correlation = PoseCovariance::Identity();
  for (int row = 0; row < 6; ++row) {
    if (!(matrix(row, row) >= 0 && matrix(row, row) <= kMostVariance)) return false;
    for (int column = 0; column < 6; ++column) {
      if (column == row) continue;
      const double sigmas = std::sqrt(matrix(row, row)) * std::sqrt(matrix(column, column));
      if (!std::isfinite(matrix(row, column)) || (sigmas == 0 && matrix(row, column) != 0))
        return false;
      correlation(row, column) = sigmas == 0 ? 0 : matrix(row, column) / sigmas;
    }
  }
  const PoseCovariance skew = correlation - correlation.transpose();
  if (!(skew.cwiseAbs().maxCoeff() <= kNoCorrelation)) return false;
  const Eigen::SelfAdjointEigenSolver<PoseCovariance> axes(correlation, Eigen::EigenvaluesOnly);
  return axes.eigenvalues()[0] >= -kNoCorrelation;
}

PoseSigma known_to(const PoseCovariance& covariance) {
  return {std::sqrt(covariance.topLeftCorner<3, 3>().trace()),
          std::sqrt(covariance.bottomRightCorner<3, 3>().trace())};
}

const CalibratedCamera* RigCalibration::find(std::string_view serial) const {
  if (serial.empty()) return nullptr;
  const auto found = std::find_if(cameras.begin(), cameras.end(),
                                  [&](const CalibratedCamera& c) { return c.serial == serial; });
  return found == cameras.end() ? nullptr : &*found;
}

bool agrees_with(const CalibratedLens& lens, const CameraModel& factory) {
  if (lens.model.width_px != factory.width_px || lens.model.height_px != factory.height_px)
    return true;
  const CameraModel own = corrected(factory, lens.correction);
  for (const double x : {-0.4, 0.0, 0.4}) {
    for (const double y : {-0.3, 0.0, 0.3}) {
      const auto expected = project(own, {x, y, 1}), stated = project(lens.model, {x, y, 1});
      if (expected.has_value() != stated.has_value()) return false;
      if (expected && (*expected - *stated).norm() > kOneLens * factory.width_px) return false;
    }
  }
  return true;
}

Result<void> check_lenses_agree(const CalibratedCamera& camera,
                                const std::optional<CameraModel>& factory_depth,
                                const std::optional<CameraModel>& factory_color) {
  for (const auto& [sensor, lens, factory] :
       {std::tuple("depth", &camera.depth, &factory_depth),
        std::tuple("colour", &camera.color, &factory_color)}) {
    if (!*factory || agrees_with(*lens, **factory)) continue;
    return Error{Errc::unusable_input,
                 fmt::format("the calibration contradicts itself about the {0} lens of '{1}': its "
                             "correction makes another lens of the factory calibration of the "
                             "take than the one that it states. The file was changed, or it is "
                             "another camera's: calibrate again.",
                             sensor, camera.name)};
  }
  return {};
}

CameraModel in_mode(const CalibratedLens& lens, const CameraModel& factory) {
  LensCorrection correction = lens.correction;
  const double factory_fx_px = lens.model.fx_px / (1 + correction.focal_x);
  const double factory_fy_px = lens.model.fy_px / (1 + correction.focal_y);
  correction.center_x_px *= factory.fx_px / factory_fx_px;
  correction.center_y_px *= factory.fy_px / factory_fy_px;
  return corrected(factory, correction);
}

}  // namespace lockstep

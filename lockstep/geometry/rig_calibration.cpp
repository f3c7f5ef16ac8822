// SPDX-License-Identifier: MIT
#include "lockstep/geometry/rig_calibration.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace lockstep {
namespace {

// 10 km and as many radians, squared: nothing is known of the pose.
constexpr double kMostVariance = 1e8;
// Of correlations: a covariance written with ten digits is one to far better than this.
constexpr double kNoCorrelation = 1e-6;
// Numbers written with six digits, as some programs do, are as they were to better than this.
constexpr double kRounded = 1e-5;

}  // namespace

CameraModel corrected(CameraModel camera, const LensCorrection& correction) {
  camera.fx_px *= 1 + correction.focal_x;
  camera.fy_px *= 1 + correction.focal_y;
  camera.cx_px += correction.center_x_px;
  camera.cy_px += correction.center_y_px;
  return camera;
}

bool is_covariance(const Eigen::Matrix<double, 6, 6>& matrix) {
  // Correlations, whose size does not depend on units; a number without variance has none.
  Eigen::Matrix<double, 6, 6> correlation = Eigen::Matrix<double, 6, 6>::Identity();
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
  const Eigen::Matrix<double, 6, 6> skew = correlation - correlation.transpose();
  if (!(skew.cwiseAbs().maxCoeff() <= kNoCorrelation)) return false;
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix<double, 6, 6>> axes(correlation,
                                                                        Eigen::EigenvaluesOnly);
  return axes.eigenvalues()[0] >= -kNoCorrelation;
}

PoseSigma known_to(const Eigen::Matrix<double, 6, 6>& covariance) {
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
  const auto near = [](double a, double b, double rounding) {
    return std::abs(a - b) <= rounding * std::max(1.0, std::abs(b));
  };
  bool same =
      near(lens.model.fx_px, own.fx_px, kRounded) && near(lens.model.fy_px, own.fy_px, kRounded) &&
      near(lens.model.cx_px, own.cx_px, kRounded) && near(lens.model.cy_px, own.cy_px, kRounded) &&
      near(lens.model.p1, own.p1, kRounded) && near(lens.model.p2, own.p2, kRounded);
  for (size_t i = 0; i < own.k.size(); ++i)
    same = same && near(lens.model.k[i], own.k[i], kRounded);
  return same;
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

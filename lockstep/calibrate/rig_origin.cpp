// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/rig_origin.h"

#include <Eigen/Eigenvalues>
#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <utility>

#include "lockstep/time/line_fit.h"

namespace lockstep {
namespace {

constexpr size_t kLeastSamples = 20;
constexpr double kGravityMps2 = 9.81;
constexpr double kNotAtRestMps2 = 0.6;

constexpr int kPlanesTried = 1500;
constexpr double kSameLevelM = 0.005;
constexpr double kMostTiltCosine = 0.866;  // 30 degrees
constexpr double kLeastShare = 0.05;
// Beneath a floor there is nothing but what depth cameras see in mirrors.
constexpr double kMostBelow = 0.02;
constexpr double kBelowM = 0.08;

constexpr double kBinM = 0.002;
constexpr double kReachM = 0.06;
constexpr int kBins = static_cast<int>(2 * kReachM / kBinM) + 1;

using Heights = std::array<double, kBins>;

struct Support {
  Heights heights{};  ///< how many points are how high about the plane, in bins of kBinM
  size_t below = 0;
};

Support support(const std::vector<Eigen::Vector3d>& points, const Eigen::Vector3d& up,
                double height_m) {
  Support found;
  for (const Eigen::Vector3d& point : points) {
    const double above_m = up.dot(point) - height_m;
    found.below += above_m < -kBelowM ? 1 : 0;
    if (std::abs(above_m) >= kReachM) continue;
    ++found.heights[static_cast<size_t>((above_m + kReachM) / kBinM)];
  }
  return found;
}

/// A peak is as wide as depth is noisy.
Heights smoothed(const Heights& count) {
  Heights smooth{};
  constexpr int kHalf = 2;
  for (int i = kHalf; i + kHalf < kBins; ++i) {
    for (int j = -kHalf; j <= kHalf; ++j)
      smooth[static_cast<size_t>(i)] += count[static_cast<size_t>(i + j)];
  }
  return smooth;
}

/// Largest where the points lie on few levels, a floor and a rug upon it: a plane that leans from
/// one to the other has more points near it and is neither, so that bins are not smoothed here.
double sharpness(const Support& found) {
  double sum = 0;
  for (const double count : found.heights) sum += count * count;
  return sum;
}

/// Three points of a noisy level, or of two, say its tilt to a degree: the tilt near by that is
/// sharpest.
FloorPlane sharpest(const std::vector<Eigen::Vector3d>& points, FloorPlane plane) {
  constexpr int kSteps = 6;
  std::vector<Eigen::Vector3d> near;
  Eigen::Vector3d pivot = Eigen::Vector3d::Zero();
  for (const Eigen::Vector3d& point : points) {
    if (std::abs(plane.up.dot(point) - plane.height_m) >= 2 * kReachM) continue;
    near.push_back(point);
    pivot += point;
  }
  pivot /= static_cast<double>(near.size());
  for (const double step_rad : {0.004, 0.0007}) {
    const FloorPlane from = plane;
    const Eigen::Vector3d along = from.up.unitOrthogonal();
    const Eigen::Vector3d across = from.up.cross(along);
    double most = 0;
    for (int i = -kSteps; i <= kSteps; ++i) {
      for (int j = -kSteps; j <= kSteps; ++j) {
        const Eigen::Vector3d up = (from.up + step_rad * (i * along + j * across)).normalized();
        const double sharp = sharpness(support(near, up, up.dot(pivot)));
        if (sharp <= most) continue;
        most = sharp;
        plane.up = up;
        plane.height_m = up.dot(pivot);
      }
    }
  }
  return plane;
}

/// The heights near a plane at which many points are, the lowest first.
std::vector<double> levels(const std::vector<Eigen::Vector3d>& points, const FloorPlane& plane) {
  constexpr double kManyOfMost = 0.08;
  const Heights smooth = smoothed(support(points, plane.up, plane.height_m).heights);
  const double most = *std::max_element(smooth.begin(), smooth.end());
  std::vector<double> found;
  for (size_t i = 1; i + 1 < smooth.size(); ++i) {
    const bool peak = smooth[i] >= smooth[i - 1] && smooth[i] > smooth[i + 1];
    if (peak && smooth[i] > kManyOfMost * most)
      found.push_back(plane.height_m - kReachM + (static_cast<double>(i) + 0.5) * kBinM);
  }
  return found;
}

/// The lowest level near a plane: least squares with one normal for all levels, since a rug lies as
/// the floor does, of which a camera may see but a strip.
FloorPlane refined(const std::vector<Eigen::Vector3d>& points, const FloorPlane& plane) {
  struct Level {
    std::vector<Eigen::Vector3d> on;
    Eigen::Vector3d mean = Eigen::Vector3d::Zero();
  };
  const std::vector<double> heights = levels(points, plane);
  std::vector<Level> found(heights.size());
  size_t on = 0;
  for (const Eigen::Vector3d& point : points) {
    const double height_m = plane.up.dot(point);
    size_t nearest = 0;
    for (size_t i = 1; i < heights.size(); ++i) {
      if (std::abs(height_m - heights[i]) < std::abs(height_m - heights[nearest])) nearest = i;
    }
    if (heights.empty() || std::abs(height_m - heights[nearest]) >= kSameLevelM) continue;
    found[nearest].on.push_back(point);
    found[nearest].mean += point;
    ++on;
  }
  if (on < 3) return plane;
  Eigen::Matrix3d spread = Eigen::Matrix3d::Zero();
  for (Level& level : found) {
    if (level.on.empty()) continue;
    level.mean /= static_cast<double>(level.on.size());
    for (const Eigen::Vector3d& point : level.on)
      spread += (point - level.mean) * (point - level.mean).transpose();
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> solver(spread);
  FloorPlane better;
  better.up = solver.eigenvectors().col(0).normalized();
  if (better.up.dot(plane.up) < 0) better.up = -better.up;
  const Level& lowest = *std::find_if(found.begin(), found.end(),
                                      [](const Level& level) { return !level.on.empty(); });
  better.height_m = better.up.dot(lowest.mean);
  better.middle = lowest.mean;
  better.share = static_cast<double>(on) / static_cast<double>(points.size());
  return better;
}

}  // namespace

std::optional<Eigen::Vector3d> up_in_depth(const FactoryCalibration& factory,
                                           std::span<const ImuSample> samples) {
  if (samples.size() < kLeastSamples) return std::nullopt;
  Eigen::Vector3d reading;
  for (int axis = 0; axis < 3; ++axis) {
    std::vector<double> values;
    for (const ImuSample& sample : samples)
      values.push_back(static_cast<double>(sample.acceleration_mps2[axis]));
    reading[axis] = median(values);
  }
  if (std::abs(reading.norm() - kGravityMps2) > kNotAtRestMps2) return std::nullopt;
  return (factory.accelerometer.sensor_from_depth.rotation.transpose() * reading).normalized();
}

RigidTransform upright_from_rig(const RigidTransform& rig_from_first, const Eigen::Vector3d& up,
                                const Eigen::Vector3d& origin) {
  const auto level = [&](const Eigen::Vector3d& v) -> Eigen::Vector3d {
    return v - up * up.dot(v);
  };
  Eigen::Vector3d x = level(rig_from_first.rotation.col(2));
  if (x.norm() < 0.1) x = level(rig_from_first.rotation.col(0));
  x.normalize();
  RigidTransform to;
  to.rotation.row(0) = x.transpose();
  to.rotation.row(1) = up.cross(x).transpose();
  to.rotation.row(2) = up.transpose();
  to.translation = -(to.rotation * origin);
  return to;
}

void add_points(const CalibratedCamera& camera, const Image& depth, int step,
                std::vector<Eigen::Vector3d>& points) {
  const auto samples = depth.samples();
  for (int y = 0; y < depth.height_px; y += step) {
    for (int x = 0; x < depth.width_px; x += step) {
      const uint16_t depth_mm =
          samples[static_cast<size_t>(y) * static_cast<size_t>(depth.width_px) +
                  static_cast<size_t>(x)];
      if (depth_mm == 0) continue;
      if (const auto point =
              unproject(camera.depth.model, {x, y}, depth_mm / 1000.0 - camera.depth_offset_m))
        points.push_back(camera.rig_from_depth * *point);
    }
  }
}

std::optional<FloorPlane> find_floor(const std::vector<Eigen::Vector3d>& points,
                                     const Eigen::Vector3d& up_guess) {
  if (points.size() < 100) return std::nullopt;
  std::mt19937_64 random(1);
  const auto any = [&]() -> const Eigen::Vector3d& { return points[random() % points.size()]; };
  std::optional<FloorPlane> best;
  double most = 0;
  for (int i = 0; i < kPlanesTried; ++i) {
    const Eigen::Vector3d a = any();
    const Eigen::Vector3d b = any();
    const Eigen::Vector3d c = any();
    Eigen::Vector3d normal = (b - a).cross(c - a);
    if (normal.norm() < 1e-3) continue;
    normal.normalize();
    if (normal.dot(up_guess) < 0) normal = -normal;
    if (normal.dot(up_guess) < kMostTiltCosine * up_guess.norm()) continue;
    const Support found = support(points, normal, normal.dot(a));
    if (static_cast<double>(found.below) > kMostBelow * static_cast<double>(points.size()))
      continue;
    const double sharp = sharpness(found);
    if (sharp <= most) continue;
    most = sharp;
    best = FloorPlane{normal, normal.dot(a), a, 0};
  }
  if (!best) return std::nullopt;
  best = sharpest(points, *best);
  for (int pass = 0; pass < 4; ++pass) best = refined(points, *best);
  if (best->share < kLeastShare) return std::nullopt;
  return best;
}

Eigen::Vector3d up_of_upright_cameras(const RigCalibration& calibration) {
  Eigen::Vector3d up = Eigen::Vector3d::Zero();
  for (const CalibratedCamera& camera : calibration.cameras)
    up -= camera.rig_from_depth.rotation.col(1);
  return up.norm() < 1e-6 ? Eigen::Vector3d(0, -1, 0) : Eigen::Vector3d(up.normalized());
}

RigidTransform board_from_rig(const RigidTransform& rig_from_board) {
  RigidTransform frame = rig_from_board;
  frame.rotation.col(1) = -frame.rotation.col(1);
  frame.rotation.col(2) = -frame.rotation.col(2);
  return frame.inverse();
}

void set_origin(RigCalibration& calibration, RigOrigin origin, const RigidTransform& new_from_rig) {
  calibration.origin = origin;
  for (CalibratedCamera& camera : calibration.cameras)
    camera.rig_from_depth = new_from_rig * camera.rig_from_depth;
}

}  // namespace lockstep

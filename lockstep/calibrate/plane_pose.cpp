// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/plane_pose.h"

#include <Eigen/Cholesky>
#include <Eigen/Geometry>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace lockstep {
namespace {

constexpr size_t kLeastCornersOfAPlane = 4;
constexpr double kEquallyGoodPx = 0.05;
// The ambiguity of a board that is hardly tilted, at most: better than two poses that cannot be
// told apart, and worse than one that can.
constexpr double kHardlyTilted = 0.7;

/// A corner on the board, in metres, and the ray (x, y, 1) that reached its pixel.
struct Match {
  Eigen::Vector2d on_board;
  Eigen::Vector2d ray;
  Eigen::Vector2d pixel;
};

std::vector<Match> matches_of(const CameraModel& camera, const Board& board,
                              std::span<const SeenCorner> corners) {
  std::vector<Match> matches;
  for (const SeenCorner& corner : corners) {
    if (corner.id < 0 || corner.id >= board.corner_count()) continue;
    const auto ray = unproject_ray(camera, corner.pixel);
    if (ray) matches.push_back({board.corner(corner.id).head<2>(), *ray, corner.pixel});
  }
  return matches;
}

/// Moves points to their mean and scales them to a mean distance of sqrt(2), as 3 x 3.
template <typename Of>
Eigen::Matrix3d conditioning(const std::vector<Match>& matches, const Of& of) {
  Eigen::Vector2d mean = Eigen::Vector2d::Zero();
  for (const Match& match : matches) mean += of(match);
  mean /= static_cast<double>(matches.size());
  double distance = 0;
  for (const Match& match : matches) distance += (of(match) - mean).norm();
  const double scale = std::sqrt(2.0) * static_cast<double>(matches.size()) /
                       std::max(distance, std::numeric_limits<double>::min());
  Eigen::Matrix3d transform = Eigen::Matrix3d::Identity() * scale;
  transform.topRightCorner<2, 1>() = -scale * mean;
  transform(2, 2) = 1;
  return transform;
}

/// ray ~ H * (board x, board y, 1). Nothing where the corners lie on one line.
std::optional<Eigen::Matrix3d> homography(const std::vector<Match>& matches) {
  const Eigen::Matrix3d of_board = conditioning(matches, [](const Match& m) { return m.on_board; });
  const Eigen::Matrix3d of_rays = conditioning(matches, [](const Match& m) { return m.ray; });
  Eigen::MatrixXd equations(2 * static_cast<Eigen::Index>(matches.size()), 9);
  Eigen::Index row = 0;
  for (const Match& match : matches) {
    const Eigen::Vector3d b = of_board * match.on_board.homogeneous();
    const Eigen::Vector3d r = of_rays * match.ray.homogeneous();
    equations.row(row++) << b.transpose(), Eigen::RowVector3d::Zero(), -r.x() * b.transpose();
    equations.row(row++) << Eigen::RowVector3d::Zero(), b.transpose(), -r.y() * b.transpose();
  }
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(equations, Eigen::ComputeFullV);
  const auto& values = svd.singularValues();
  if (!(values(7) > 1e-6 * values(0))) return std::nullopt;
  const Eigen::Matrix<double, 9, 1> h = svd.matrixV().col(8);
  Eigen::Matrix3d conditioned;
  conditioned << h.head<3>().transpose(), h.segment<3>(3).transpose(), h.tail<3>().transpose();
  return of_rays.inverse() * conditioned * of_board;
}

Eigen::Matrix3d nearest_rotation(const Eigen::Matrix3d& matrix) {
  const Eigen::JacobiSVD<Eigen::Matrix3d> svd(matrix, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Eigen::Matrix3d u = svd.matrixU();
  if ((u * svd.matrixV().transpose()).determinant() < 0) u.col(2) *= -1;
  return u * svd.matrixV().transpose();
}

RigidTransform pose_from(Eigen::Matrix3d h) {
  h /= (h.col(0).norm() + h.col(1).norm()) / 2;
  if (h(2, 2) < 0) h *= -1;  // in front of the camera
  Eigen::Matrix3d axes;
  axes << h.col(0), h.col(1), h.col(0).cross(h.col(1));
  return {nearest_rotation(axes), h.col(2)};
}

/// The pose that looks nearly alike from afar: the normal mirrored about the line of sight.
RigidTransform mirrored(const RigidTransform& pose, const Eigen::Vector3d& middle) {
  const Eigen::Vector3d sight = (pose * middle).normalized();
  const Eigen::Vector3d normal = pose.rotation.col(2);
  const Eigen::Vector3d axis = sight.cross(normal);
  if (axis.norm() < 1e-9) return pose;
  const double angle = std::atan2(axis.norm(), sight.dot(normal));
  const Eigen::Matrix3d turn = rotation_about(axis.normalized(), -2 * angle);
  const Eigen::Vector3d center = pose * middle;
  return {turn * pose.rotation, center - turn * pose.rotation * middle};
}

using Vector6d = Eigen::Matrix<double, 6, 1>;
using Matrix6d = Eigen::Matrix<double, 6, 6>;

/// Sum of squared pixels; with the normal equations for a turn about the camera and a shift.
double errors(const CameraModel& camera, const std::vector<Match>& matches,
              const RigidTransform& pose, Matrix6d* normal, Vector6d* gradient) {
  double sum = 0;
  for (const Match& match : matches) {
    const Eigen::Vector3d turned =
        pose.rotation * Eigen::Vector3d(match.on_board.x(), match.on_board.y(), 0);
    const Eigen::Vector3d point = turned + pose.translation;
    if (!(point.z() > 0)) return std::numeric_limits<double>::infinity();
    Eigen::Matrix2d pixel_by_ray;
    const auto pixel = project_ray(camera, point.head<2>() / point.z(), &pixel_by_ray);
    if (!pixel) return std::numeric_limits<double>::infinity();
    const Eigen::Vector2d miss = *pixel - match.pixel;
    sum += miss.squaredNorm();
    if (normal == nullptr) continue;
    Eigen::Matrix<double, 2, 3> ray_by_point;
    ray_by_point << 1, 0, -point.x() / point.z(), 0, 1, -point.y() / point.z();
    ray_by_point /= point.z();
    Eigen::Matrix<double, 3, 6> point_by_step;
    point_by_step << 0, turned.z(), -turned.y(), 1, 0, 0,  //
        -turned.z(), 0, turned.x(), 0, 1, 0,               //
        turned.y(), -turned.x(), 0, 0, 0, 1;
    const Eigen::Matrix<double, 2, 6> by_step = pixel_by_ray * ray_by_point * point_by_step;
    *normal += by_step.transpose() * by_step;
    *gradient += by_step.transpose() * miss;
  }
  return sum;
}

RigidTransform stepped(const RigidTransform& pose, const Vector6d& step) {
  return {nearest_rotation(rotation_by(step.head<3>()) * pose.rotation),
          pose.translation + step.tail<3>()};
}

/// Levenberg and Marquardt's method; the rms of the corners, infinite when it never was in front.
std::pair<RigidTransform, double> refined(const CameraModel& camera,
                                          const std::vector<Match>& matches, RigidTransform pose) {
  double damping = 1e-4;
  double best = errors(camera, matches, pose, nullptr, nullptr);
  for (int pass = 0; pass < 40 && std::isfinite(best); ++pass) {
    Matrix6d normal = Matrix6d::Zero();
    Vector6d gradient = Vector6d::Zero();
    errors(camera, matches, pose, &normal, &gradient);
    normal.diagonal() *= 1 + damping;
    const Vector6d step = normal.ldlt().solve(-gradient);
    const RigidTransform next = stepped(pose, step);
    const double error = errors(camera, matches, next, nullptr, nullptr);
    if (!(error < best)) {
      damping *= 10;
      if (damping > 1e8) break;
      continue;
    }
    const bool done = best - error < 1e-12 * best;
    best = error;
    pose = next;
    damping = std::max(1e-12, damping / 10);
    if (done) break;
  }
  return {pose, std::sqrt(best / static_cast<double>(matches.size()))};
}

}  // namespace

double apart_rad(const PlanePose& pose) {
  return turn_angle_rad(pose.camera_from_board.rotation.transpose() *
                        pose.other_camera_from_board.rotation);
}

double ambiguity(const PlanePose& pose, double one_pose_rad) {
  const double ratio =
      std::max(pose.rms_px, kEquallyGoodPx) / std::max(pose.other_rms_px, kEquallyGoodPx);
  return apart_rad(pose) < one_pose_rad ? std::min(ratio, kHardlyTilted) : ratio;
}

std::optional<PlanePose> plane_pose(const CameraModel& camera, const Board& board,
                                    std::span<const SeenCorner> corners) {
  const std::vector<Match> matches = matches_of(camera, board, corners);
  if (matches.size() < kLeastCornersOfAPlane) return std::nullopt;
  const auto h = homography(matches);
  if (!h) return std::nullopt;
  Eigen::Vector2d mean = Eigen::Vector2d::Zero();
  for (const Match& match : matches) mean += match.on_board / static_cast<double>(matches.size());
  const Eigen::Vector3d middle(mean.x(), mean.y(), 0);

  auto first = refined(camera, matches, pose_from(*h));
  auto second = refined(camera, matches, mirrored(first.first, middle));
  if (second.second < first.second) std::swap(first, second);
  if (!std::isfinite(first.second)) return std::nullopt;
  return PlanePose{first.first, first.second, second.second, second.first};
}

}  // namespace lockstep

// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <random>
#include <utility>
#include <vector>

#include "lockstep/calibrate/rig_solver.h"
#include "lockstep/geometry/calibration.h"
#include "tests/support/files.h"
#include "tests/support/poses.h"

// What cameras with known errors see of a board that is carried about, without pictures: corners
// are projected through the true lenses and get the noise of a detector.

namespace lockstep::testing {

/// How far the truth is from what the cameras' blobs say, and how well corners are found.
struct SyntheticErrors {
  double focal_length = 0.0003;
  double center_px = 0.5;
  double color_turn_deg = 0.02;
  double color_shift_m = 0.0003;
  double depth_bias_m = 0.005;
  double color_noise_px = 0.1;
  double infrared_noise_px = 0.1;
  double depth_noise_m = 0.0015;
};

/// A camera as it is.
struct TrueCamera {
  CameraToSolve optics;
  RigidTransform world_from_depth;
  double depth_bias_m = 0;
};

// Numbers are drawn between braces or one by one, never as arguments, whose order is the
// compiler's.
class SyntheticRig {
 public:
  SyntheticRig(uint64_t seed, const SyntheticErrors& errors)
      : SyntheticRig(seed, errors, real_optics()) {}
  /// Of cameras with these optics.
  SyntheticRig(uint64_t seed, const SyntheticErrors& errors, CameraToSolve optics)
      : random_(seed), errors_(errors), factory_(std::move(optics)) {}

  /// Cameras on a circle around the origin of the floor, at 1.2 m, looking at its middle.
  void stand_on_circle(int cameras, double radius_m) {
    for (int i = 0; i < cameras; ++i) {
      const double around = 2 * M_PI * i / cameras;
      stand({radius_m * std::cos(around), radius_m * std::sin(around), 1.2}, {0, 0, 1.0});
    }
  }
  /// Cameras `apart_m` from each other on a line, all looking the same way.
  void stand_in_line(int cameras, double apart_m) {
    for (int i = 0; i < cameras; ++i) stand({i * apart_m, 0, 1.2}, {i * apart_m, 2.0, 1.1});
  }

  void stand(const Eigen::Vector3d& eye, const Eigen::Vector3d& target) {
    TrueCamera camera;
    camera.optics = factory_;
    camera.optics.name = "cam" + std::to_string(truth.size());
    camera.world_from_depth = looking(eye, target);
    camera.depth_bias_m = uniform(errors_.depth_bias_m);
    CameraToSolve blob = camera.optics;
    for (CameraModel* lens : {&blob.color, &blob.depth}) {
      const double scale = 1 + normal(errors_.focal_length);
      lens->fx_px *= scale;
      lens->fy_px *= scale;
      lens->cx_px += normal(errors_.center_px);
      lens->cy_px += normal(errors_.center_px);
    }
    const Eigen::Vector3d turn = vector(errors_.color_turn_deg * M_PI / 180);
    blob.color_from_depth.rotation =
        rotation_about(turn.normalized(), turn.norm()) * blob.color_from_depth.rotation;
    blob.color_from_depth.translation += vector(errors_.color_shift_m);
    truth.push_back(camera);
    factory.push_back(blob);
  }

  /// Shows the board for `ticks` ticks around `middle`, facing `towards` give or take.
  void show(int ticks, const Eigen::Vector3d& middle, const Eigen::Vector3d& towards) {
    for (int i = 0; i < ticks; ++i) {
      const Eigen::Matrix3d axes = facing(middle, towards);
      const double pitch = uniform(0.5);
      const double yaw = uniform(0.5);
      const Eigen::Matrix3d tilt =
          rotation_about(axes.col(0), pitch) * rotation_about(axes.col(1), yaw);
      const Eigen::Matrix3d turn = rotation_about(Eigen::Vector3d::UnitZ(), uniform(0.6));
      const Eigen::Vector3d away{uniform(0.4), uniform(0.4), uniform(0.35)};
      show_at(middle + away, tilt * axes * turn);
    }
  }

  /// The same without turning it; at one distance from who looks along y, or moved to and fro, too.
  void show_untilted(int ticks, const Eigen::Vector3d& middle, const Eigen::Vector3d& towards,
                     bool one_distance) {
    for (int i = 0; i < ticks; ++i) {
      const Eigen::Vector3d away{uniform(0.3), one_distance ? 0 : uniform(0.5), uniform(0.25)};
      show_at(middle + away, facing(middle, towards));
    }
  }

  /// Shows the board for one tick.
  void show_at(const RigidTransform& world_from_board) {
    world_from_boards[tick_] = world_from_board;
    for (size_t camera = 0; camera < truth.size(); ++camera) look(camera, world_from_board);
    ++tick_;
  }

  /// Each neighbouring pair of the circle for `ticks` ticks.
  void show_to_neighbours_on_circle(int ticks) {
    const size_t cameras = truth.size();
    for (size_t i = 0; i < cameras; ++i) {
      const Eigen::Vector3d between = (truth[i].world_from_depth.translation +
                                       truth[(i + 1) % cameras].world_from_depth.translation) /
                                      2;
      show(ticks, Eigen::Vector3d(0, 0, 1.1) + 0.2 * between.cwiseProduct(Eigen::Vector3d(1, 1, 0)),
           between);
    }
  }
  void show_to_neighbours_in_line(int ticks, double distance_m) {
    for (size_t i = 0; i + 1 < truth.size(); ++i) {
      const Eigen::Vector3d between =
          (truth[i].world_from_depth.translation + truth[i + 1].world_from_depth.translation) / 2;
      show(ticks, between + Eigen::Vector3d(0, distance_m, -0.1), between);
    }
  }

  /// Where camera `i` is, in the frame of camera 0.
  [[nodiscard]] RigidTransform rig_from_depth(size_t i) const {
    return truth[0].world_from_depth.inverse() * truth[i].world_from_depth;
  }

  double uniform(double limit) {
    return std::uniform_real_distribution<double>(-limit, limit)(random_);
  }
  double normal(double sigma) { return std::normal_distribution<double>(0, 1)(random_) * sigma; }
  Eigen::Vector3d vector(double sigma) { return {normal(sigma), normal(sigma), normal(sigma)}; }

  Board board;
  std::vector<TrueCamera> truth;
  std::vector<CameraToSolve> factory;
  std::vector<BoardView> views;
  std::map<int64_t, RigidTransform> world_from_boards;

 private:
  static CameraToSolve real_optics() {
    const auto calibration = parse_calibration(read_file(factory_calibration_file()));
    return {"", calibration->color_camera(ColorResolution::p1080),
            calibration->depth_camera(DepthMode::nfov_unbinned), calibration->color_from_depth()};
  }

  static Eigen::Matrix3d facing(const Eigen::Vector3d& middle, const Eigen::Vector3d& towards) {
    return looking(towards, middle).rotation;  // z into the board
  }

  void show_at(const Eigen::Vector3d& place, const Eigen::Matrix3d& rotation) {
    const Eigen::Vector3d center(board.width_m() / 2, board.height_m() / 2, 0);
    show_at({rotation, place - rotation * center});
  }

  void look(size_t camera, const RigidTransform& world_from_board) {
    const TrueCamera& from = truth[camera];
    const RigidTransform depth_from_board = from.world_from_depth.inverse() * world_from_board;
    // From behind, and edge on, nothing is found.
    const Eigen::Vector3d sight = (depth_from_board * board.corner(0)).normalized();
    if (sight.dot(depth_from_board.rotation.col(2)) < 0.35) return;
    BoardView color{tick_, static_cast<int>(camera), BoardSensor::color, {}};
    BoardView infrared{tick_, static_cast<int>(camera), BoardSensor::infrared, {}};
    for (int id = 0; id < board.corner_count(); ++id) {
      const Eigen::Vector3d in_depth = depth_from_board * board.corner(id);
      const Eigen::Vector3d in_color = from.optics.color_from_depth * in_depth;
      if (const auto pixel = seen(from.optics.color, in_color, errors_.color_noise_px))
        color.corners.push_back({id, *pixel, std::nullopt});
      if (const auto pixel = seen(from.optics.depth, in_depth, errors_.infrared_noise_px)) {
        const double depth_m = in_depth.z() + from.depth_bias_m + normal(errors_.depth_noise_m);
        infrared.corners.push_back({id, *pixel, depth_m});
      }
    }
    constexpr size_t kLeast = 8;
    if (color.corners.size() >= kLeast) views.push_back(std::move(color));
    if (infrared.corners.size() >= kLeast) views.push_back(std::move(infrared));
  }

  std::optional<Eigen::Vector2d> seen(const CameraModel& lens, const Eigen::Vector3d& point,
                                      double noise_px) {
    auto pixel = project(lens, point);
    if (!pixel || pixel->x() < 2 || pixel->y() < 2 || pixel->x() > lens.width_px - 3 ||
        pixel->y() > lens.height_px - 3)
      return std::nullopt;
    return Eigen::Vector2d(*pixel + Eigen::Vector2d{normal(noise_px), normal(noise_px)});
  }

  std::mt19937_64 random_;
  SyntheticErrors errors_;
  CameraToSolve factory_;
  int64_t tick_ = 0;
};

}  // namespace lockstep::testing

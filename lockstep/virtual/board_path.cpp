// SPDX-License-Identifier: MIT
#include "lockstep/virtual/board_path.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

#include "lockstep/rig/world_board.h"
#include "lockstep/virtual/pose.h"

namespace lockstep {
namespace {

constexpr double kTwoPi = 6.283185307179586;
constexpr double kTilt = 0.6;  // radians, of either axis
constexpr double kRoll = 0.5;  // radians
constexpr double kAsideM = 0.35;
constexpr double kUpM = 0.25;

/// -1..1; no two frames of a pair agree in all of them, for their numbers of turns differ.
double wave(double share, double turns, double phase) {
  return std::sin(kTwoPi * (share * turns + phase));
}

}  // namespace

int board_frames(const RigWorld& world, int cameras) {
  return std::max(1, cameras - 1) * world.board->ticks_per_pair;
}

RigidTransform world_from_board(const RigWorld& world, int cameras, int frame) {
  const Board& board = world.board->board;
  const int ticks = world.board->ticks_per_pair;
  const int pair = std::clamp(frame / ticks, 0, std::max(0, cameras - 2));
  const double share = (frame % ticks + 0.5) / ticks;
  const auto eye = [&](int camera) -> Eigen::Vector3d {
    return pose_on_arc(world, std::min(camera, cameras - 1), cameras).translation;
  };
  const Eigen::Vector3d between = (eye(pair) + eye(pair + 1)) / 2;
  const Eigen::Vector3d middle =
      Eigen::Vector3d(0.2 * between.x(), 0.2 * between.y(), 1.15) +
      Eigen::Vector3d(kAsideM * wave(share, 2.3, 0.1), kAsideM * wave(share, 1.7, 0.6),
                      kUpM * wave(share, 3.1, 0.3));
  Eigen::Matrix3d axes;  // of the board that faces `between`
  axes.col(2) = (middle - between).normalized();
  axes.col(0) = axes.col(2).cross(Eigen::Vector3d::UnitZ()).normalized();
  axes.col(1) = axes.col(2).cross(axes.col(0));
  const Eigen::Matrix3d rotation =
      rotation_about(axes.col(0), kTilt * wave(share, 2.9, 0.2)) *
      rotation_about(axes.col(1), kTilt * wave(share, 1.3, 0.8)) * axes *
      rotation_about(Eigen::Vector3d::UnitZ(), kRoll * wave(share, 1.9, 0.45));
  const Eigen::Vector3d center(board.width_m() / 2, board.height_m() / 2, 0);
  return {rotation, middle - rotation * center};
}

}  // namespace lockstep
